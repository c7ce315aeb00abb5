import HTTP
import HTTPTypes
import Testing

@testable import Content

struct `Presentation of content` {
    @Test(arguments: [
        ("image/png", "image/png", false), ("IMAGE/PNG; x=y", "image/png", false),
        ("text/plain", "text/plain; charset=utf-8", false),
        ("text/plain; charset=utf-7", "text/plain; charset=utf-8", false),
        ("video/mp4", "video/mp4", false), ("text/html", "application/octet-stream", true),
        ("image/svg+xml", "application/octet-stream", true),
        ("application/xhtml+xml", "application/octet-stream", true),
        ("text/xml", "application/octet-stream", true),
        ("application/javascript", "application/octet-stream", true),
        ("application/pdf", "application/pdf", true), ("text/csv", "text/csv", true),
        ("", "application/octet-stream", true),
        ("image/png\r\nX: 1", "application/octet-stream", true),
        ("multipart/x-mixed-replace", "application/octet-stream", true),
        ("text/css", "application/octet-stream", true),
        ("image/png, text/html", "application/octet-stream", true),
    ])
    func `shows what no browser runs, and saves the rest`(type: String, sent: String, isAttachment: Bool) {
        let made = Presentation(contentType: type, filename: "a", wantsAttachment: false)
        #expect(made.contentType == sent)
        #expect(made.isAttachment == isAttachment)
        #expect(Presentation(contentType: type, filename: "a", wantsAttachment: true).isAttachment)
    }

    @Test(arguments: [
        ("a.txt", "filename=\"a.txt\"; filename*=UTF-8''a.txt"),
        ("a b.txt", "filename=\"a b.txt\"; filename*=UTF-8''a%20b.txt"),
        ("a\"; x=\"b", "filename=\"a__ x__b\"; filename*=UTF-8''a%22%3B%20x%3D%22b"),
        ("é\\.txt", "filename=\"___.txt\"; filename*=UTF-8''%C3%A9%5C.txt"),
        ("a\r\nX-Evil: 1", "filename=\"a__X-Evil_ 1\"; filename*=UTF-8''a%0D%0AX-Evil%3A%201"),
        ("%2e;'", "filename=\"_2e__\"; filename*=UTF-8''%252e%3B%27"),
    ])
    func `tells the name so that nothing of it ends the field`(name: String, expected: String) throws {
        let made = Presentation(contentType: "image/png", filename: name, wantsAttachment: true).disposition
        #expect(made == "attachment; " + expected)
        #expect(made.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F })
    }
}
