import HTTP
import HTTPTypes
import Testing

struct `Response writer` {
    private static let date = "Sun, 06 Nov 1994 08:49:37 GMT"

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    private func whole(
        _ writer: ResponseWriter, _ status: HTTPResponse.Status, _ fields: HTTPFields = [:], body: String = ""
    ) throws -> String {
        var writer = writer
        var output: [UInt8] = []
        try writer.whole(status, fields, bytes: Array(body.utf8), date: Self.date, into: &output)
        return text(output)
    }

    @Test func `writes a whole response`() throws {
        let written = try whole(
            ResponseWriter(keepAlive: true), .ok, [.contentType: "text/plain"], body: "hello")
        #expect(
            written
                == "HTTP/1.1 200 OK\r\nDate: \(Self.date)\r\nContent-Length: 5\r\nContent-Type: text/plain\r\n\r\nhello"
        )
    }

    @Test func `writes common fields and repeated ones`() throws {
        var writer = ResponseWriter(keepAlive: true)
        var fields = HTTPFields()
        fields.append(HTTPField(name: .setCookie, value: "a=b"))
        fields.append(HTTPField(name: .setCookie, value: "c=d"))
        let common = try EncodedFields([.server: "cohort"])
        var output: [UInt8] = Array("before".utf8)
        try writer.head(.ok, fields, common: common, framing: .length(0), date: "x", into: &output)
        try writer.end(into: &output)
        #expect(
            text(output)
                == "beforeHTTP/1.1 200 OK\r\nDate: x\r\nContent-Length: 0\r\nServer: cohort\r\nSet-Cookie: a=b\r\nSet-Cookie: c=d\r\n\r\n"
        )
    }

    @Test(arguments: [HTTPResponse.Status.noContent, .notModified])
    func `gives some statuses neither body nor length`(status: HTTPResponse.Status) throws {
        let written = try whole(ResponseWriter(keepAlive: true), status, body: "dropped")
        #expect(!written.contains("Content-Length"))
        #expect(written.hasSuffix("GMT\r\n\r\n"))
    }

    @Test func `answers HEAD with the length of the body and without it`() throws {
        let written = try whole(ResponseWriter(method: .head, keepAlive: true), .ok, body: "hello")
        #expect(written.hasSuffix("Content-Length: 5\r\n\r\n"))
        var writer = ResponseWriter(method: .head, keepAlive: true)
        var output: [UInt8] = []
        try writer.head(.ok, framing: .chunked, date: "x", into: &output)
        try writer.body([1, 2], into: &output)
        try writer.end(into: &output)
        #expect(text(output).hasSuffix("Transfer-Encoding: chunked\r\n\r\n"))
    }

    @Test(arguments: [
        (HTTPVersion.http11, true, ""), (.http11, false, "close"), (.http10, true, "keep-alive"),
        (.http10, false, "close"),
    ])
    func `says whether the connection stays`(version: HTTPVersion, stays: Bool, connection: String) throws {
        let written = try whole(ResponseWriter(version: version, keepAlive: stays), .ok)
        #expect(written.contains("Connection: \(connection)\r\n") == !connection.isEmpty)
        #expect(written.contains("Connection") == !connection.isEmpty)
    }

    @Test func `follows the request`() throws {
        let head = try #require(Reading(request("HEAD / HTTP/1.1", "Connection: close")).requests.first?.head)
        #expect(!ResponseWriter(answering: head).keepAlive)
        #expect(try !whole(ResponseWriter(answering: head), .ok, body: "hello").contains("hello"))
        let other = try #require(Reading(request()).requests.first?.head)
        #expect(ResponseWriter(answering: other).keepAlive)
        #expect(!ResponseWriter(answering: other, keepAlive: false).keepAlive)
    }

    @Test func `changes protocols`() throws {
        let written = try whole(
            ResponseWriter(keepAlive: false), .switchingProtocols,
            [.upgrade: "websocket", .secWebSocketAccept: "abc"])
        #expect(
            written
                == "HTTP/1.1 101 Switching Protocols\r\nDate: \(Self.date)\r\nConnection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: abc\r\n\r\n"
        )
        let required = try whole(ResponseWriter(keepAlive: false), .upgradeRequired, [.upgrade: "websocket"])
        #expect(required.contains("Connection: upgrade, close\r\n"))
    }

    @Test func `writes chunks and trailers`() throws {
        var writer = ResponseWriter(keepAlive: true)
        var output: [UInt8] = []
        try writer.head(.ok, framing: .chunked, date: "x", into: &output)
        let headCount = output.count
        try writer.body(Array("hello".utf8), into: &output)
        try writer.body([], into: &output)
        try writer.body([UInt8](repeating: 0x61, count: 26), into: &output)
        try writer.end(trailers: [.eTag: "\"a\""], into: &output)
        #expect(
            text(Array(output[headCount...]))
                == "5\r\nhello\r\n1a\r\n\(String(repeating: "a", count: 26))\r\n0\r\nETag: \"a\"\r\n\r\n")
    }

    @Test func `writes chunks that the parser reads back`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed of chunks: \(seed)")
        var random = SplitMix(state: seed)
        for _ in 0..<50 {
            var writer = ResponseWriter(keepAlive: true)
            var output: [UInt8] = []
            try writer.head(.ok, framing: .chunked, date: "x", into: &output)
            output = Array(chunked("").utf8)
            var body: [UInt8] = []
            for _ in 0..<Int.random(in: 0...5, using: &random) {
                let piece = (0..<Int.random(in: 0...600, using: &random)).map { _ in
                    UInt8.random(in: 0...255, using: &random)
                }
                body += piece
                try writer.body(piece, into: &output)
            }
            try writer.end(into: &output)
            let reading = Reading(output)
            #expect(reading.error == nil)
            #expect(reading.requests.first?.body == body)
            #expect(reading.requests.first?.trailers != nil)
        }
    }

    @Test func `ends a stream to an old client by closing`() throws {
        var writer = ResponseWriter(version: .http10, keepAlive: true)
        var output: [UInt8] = []
        try writer.head(.ok, framing: .chunked, date: "x", into: &output)
        try writer.body([0x61], into: &output)
        try writer.end(into: &output)
        #expect(!writer.keepAlive)
        #expect(text(output) == "HTTP/1.1 200 OK\r\nDate: x\r\nConnection: close\r\n\r\na")
    }

    @Test func `writes 100 Continue`() {
        var output: [UInt8] = []
        ResponseWriter.writeContinue(into: &output)
        #expect(text(output) == "HTTP/1.1 100 Continue\r\n\r\n")
    }

    @Test func `lets no value break out of its line`() throws {
        // The library makes blanks of CR, LF and NUL; other control characters reach the writer.
        let splitting = try whole(ResponseWriter(), .ok, [.location: "/a\r\nSet-Cookie: b=c"])
        #expect(!splitting.contains("\r\nSet-Cookie"))
        var fields = HTTPFields()
        fields.append(HTTPField(name: .location, lenientValue: [0x61, 0x1B]))
        var writer = ResponseWriter()
        var output: [UInt8] = [1, 2, 3]
        #expect(throws: ResponseError.forbiddenByte(field: "location")) {
            try writer.whole(.ok, fields, bytes: [], date: "x", into: &output)
        }
        #expect(output == [1, 2, 3])
        try writer.whole(.internalServerError, [:], bytes: [], date: "x", into: &output)
        #expect(output.count > 3)
    }

    @Test(arguments: [HTTPField.Name.connection, .contentLength, .transferEncoding, .date])
    func `refuses fields that it writes itself`(name: HTTPField.Name) {
        #expect(throws: ResponseError.reservedField(name.canonicalName)) {
            try whole(ResponseWriter(), .ok, [name: "1"])
        }
        #expect(throws: ResponseError.reservedField(name.canonicalName)) { try EncodedFields([name: "1"]) }
    }

    @Test(arguments: [0, 100, 103, 199])
    func `refuses statuses that end no request`(code: Int) {
        #expect(throws: ResponseError.invalidStatus(code)) {
            try whole(ResponseWriter(), HTTPResponse.Status(code: code))
        }
    }

    @Test func `refuses a body of another length than promised`() throws {
        var writer = ResponseWriter()
        var output: [UInt8] = []
        try writer.head(.ok, framing: .length(3), date: "x", into: &output)
        try writer.body([1, 2], into: &output)
        #expect(throws: ResponseError.bodyTooShort) { try writer.end(into: &output) }
        #expect(throws: ResponseError.bodyTooLong) { try writer.body([3, 4], into: &output) }
        try writer.body([3], into: &output)
        try writer.end(into: &output)
    }
}
