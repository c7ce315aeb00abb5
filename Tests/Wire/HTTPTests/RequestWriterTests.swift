import HTTP
import HTTPTypes
import Testing

struct `Request writer` {
    private func text(
        _ method: HTTPRequest.Method = .get, target: String = "/a?b", host: String = "a:1",
        fields: HTTPFields = [:],
        body: String = ""
    ) throws(ResponseError) -> String {
        let bytes = try RequestWriter.write(
            method, target: target, host: host, fields: fields, body: Array(body.utf8))
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func `writes what our own parser reads`() throws {
        let written = try text(.post, fields: [.contentType: "text/plain"], body: "hi")
        let request = try #require(Reading(written).requests.first)
        #expect(request.head.method == .post)
        #expect(request.head.target.raw == "/a?b")
        #expect(request.head.host == "a:1")
        #expect(request.head.connection == .close)
        #expect(request.text == "hi")
        #expect(request.head.fields[.contentType] == "text/plain")
    }

    @Test func `states a length where content is expected`() throws {
        #expect(try !text().contains("Content-Length"))
        #expect(try text(.post).contains("\r\nContent-Length: 0\r\n"))
    }

    @Test func `refuses what would break out of its line`() {
        #expect(throws: ResponseError.forbiddenByte(field: "target")) {
            try text(target: "/ HTTP/1.1\r\nX: y")
        }
        #expect(throws: ResponseError.forbiddenByte(field: "target")) { try text(target: "") }
        #expect(throws: ResponseError.forbiddenByte(field: "host")) { try text(host: "a\r\nX: y") }
        #expect(throws: ResponseError.reservedField("content-length")) {
            try text(fields: [.contentLength: "1"])
        }
    }
}

struct `Cache control` {
    @Test(
        arguments: [
            ([], nil, false), (["max-age=60"], 60, false),
            (["public, Max-Age=\"60\" , immutable"], 60, false),
            (["max-age=60", "max-age=30"], 30, false), (["no-store"], nil, true),
            (["NO-CACHE, max-age=5"], 5, true),
            (["max-age"], nil, false), (["max-age=-1"], nil, false), (["max-age=1x"], nil, false),
            (["max-age=99999999999999999999999"], nil, false), (["s-maxage=9"], nil, false),
            (["x=\"max-age=1\""], nil, false),
        ] as [([String], Int?, Bool)])
    func `says how long a response is fresh`(values: [String], maxAge: Int?, asks: Bool) {
        var fields = HTTPFields()
        for value in values { fields.append(HTTPField(name: .cacheControl, value: value)) }
        let control = CacheControl(fields)
        #expect(control.maxAge == maxAge)
        #expect(control.mustAskAgain == asks)
    }
}
