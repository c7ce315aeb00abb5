import HTTPTypes
import Testing

@testable import WebServer

struct `Security headers` {
    @Test(arguments: [
        ("text/javascript; charset=utf-8", true), ("text/css", true),
        ("Text/JavaScript ; charset=utf-8", true),
        ("image/png", true), ("font/woff2", true),
        ("text/html; charset=utf-8", false), ("image/svg+xml; charset=utf-8", false),
        ("application/xml", false),
        ("text/plain; charset=utf-8", false), ("application/pdf", false), ("application/octet-stream", false),
        ("application/xhtml+xml", false), ("text/html;text/css", false), (";text/css", false),
        ("application/json; charset=utf-8", false),
        ("", false), (nil, false),
    ])
    func `leave out a document's rules for what is never one`(type: String?, isPart: Bool) {
        #expect(SecurityHeaders.isPart(type) == isPart)
    }

    @Test func `go by what the answer is about when it has no type`() {
        let headers = SecurityHeaders()
        var unchanged = WebResponse(status: .notModified)
        let bare = headers.fields(for: unchanged)
        unchanged.mediaType = "text/css; charset=utf-8"
        #expect(headers.fields(for: unchanged) != bare)
        #expect(headers.fields(for: .text("a{}", type: "text/css")) == headers.fields(for: unchanged))
        #expect(headers.fields(for: WebResponse(headers: [.contentType: "text/html"])) == bare)
    }
}
