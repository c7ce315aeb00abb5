import HTTP
import HTTPTypes
import Testing

struct `Request parser` {
    @Test func `reads a browser's request`() throws {
        let reading = Reading(
            request(
                "GET /courses/1?tab=quiz HTTP/1.1", "User-Agent: Mozilla/5.0", "accept: text/html",
                "X-Own: 1",
                "Accept-Encoding:gzip, br  ", host: "Host: School.example:8080"))
        let head = try #require(reading.requests.first?.head)
        #expect(reading.error == nil)
        #expect(reading.phase == .idle)
        #expect(reading.requests.count == 1)
        #expect(reading.requests[0].trailers == HTTPFields())
        #expect(head.method == .get)
        #expect(head.target.raw == "/courses/1?tab=quiz")
        #expect(head.target.path == "/courses/1")
        #expect(head.target.query == "tab=quiz")
        #expect(head.version == .http11)
        #expect(head.host == "school.example:8080")
        #expect(head.fields[.userAgent] == "Mozilla/5.0")
        #expect(head.fields[.accept] == "text/html")
        #expect(head.fields[.acceptEncoding] == "gzip, br")
        #expect(head.fields.map(\.name.canonicalName).contains("x-own"))
        #expect(head.framing == .none)
        #expect(head.keepAlive)
    }

    @Test(arguments: Corpus.accepted)
    func `accepts`(text: String) {
        let reading = Reading(text)
        #expect(reading.error == nil)
        #expect(!reading.requests.isEmpty)
        #expect(reading.requests.allSatisfy { $0.trailers != nil })
        #expect(reading.phase == .idle)
    }

    @Test(arguments: Corpus.refused)
    func `refuses`(text: String, error: HTTPError) {
        let reading = Reading(text)
        #expect(reading.error == error, "\(text.debugDescription)")
        #expect(reading.phase == .failed)
    }

    @Test func `throws the same error for ever after`() {
        var parser = RequestParser()
        for text in ["G(T / HTTP/1.1\r\n", request(), ""] {
            var position = 0
            #expect(throws: HTTPError.invalidMethod) {
                _ = try parser.next(in: Array(text.utf8), from: &position)
            }
        }
    }

    @Test(arguments: [
        ("GET / HTTP/1.1", "", true), ("GET / HTTP/1.1", "close", false),
        ("GET / HTTP/1.1", "Keep-Alive, CLOSE", false),
        ("GET / HTTP/1.1", ", x,, keep-alive ,", true), ("GET / HTTP/1.0", "", false),
        ("GET / HTTP/1.0", "keep-alive", true), ("GET / HTTP/1.0", "keep-alive, close", false),
    ])
    func `decides whether the connection stays`(line: String, connection: String, stays: Bool) {
        let reading = Reading(request(line, "Connection: \(connection)"))
        #expect(reading.requests.first?.head.keepAlive == stays)
    }

    @Test func `takes several Connection fields together`() {
        let reading = Reading(request("GET / HTTP/1.1", "Connection: x", "Connection: close"))
        #expect(reading.requests.first?.head.connection == [.close])
    }

    @Test func `names the protocols to change to`() throws {
        let fields = ["Upgrade: WebSocket, h2c", "Upgrade: a/1"]
        let upgrade = Reading(request("GET / HTTP/1.1", "Connection: upgrade", fields[0], fields[1]))
        #expect(upgrade.requests.first?.head.upgrades == ["websocket", "h2c", "a/1"])
        let silent = Reading(request("GET / HTTP/1.1", fields[0]))
        #expect(silent.requests.first?.head.upgrades == [])
        let old = Reading(request("GET / HTTP/1.0", "Connection: upgrade", fields[0]))
        #expect(old.requests.first?.head.upgrades == [])
    }

    @Test(arguments: [
        ("POST / HTTP/1.1", "Content-Length: 1", true),
        ("POST / HTTP/1.1", "Transfer-Encoding: chunked", true),
        ("POST / HTTP/1.1", "Content-Length: 0", false), ("GET / HTTP/1.1", "X: y", false),
        ("POST / HTTP/1.0", "Content-Length: 1", false),
    ])
    func `knows who waits for 100`(line: String, framing: String, waits: Bool) {
        let reading = Reading(request(line, framing, "Expect: 100-continue"))
        #expect(reading.requests.first?.head.expectsContinue == waits)
    }

    @Test func `joins chunks and drops forbidden trailers`() throws {
        let text = chunked(
            "3;x=\"y\"\r\nabc\r\n2\r\nde\r\n0\r\nX-Sum: 1\r\nHost: b\r\nAuthorization: c\r\nExpect: d\r\n\r\n"
        )
        let first = try #require(Reading(text).requests.first)
        #expect(first.text == "abcde")
        #expect(first.head.framing == .chunked)
        #expect(first.trailers?.map(\.name.canonicalName) == ["x-sum"])
    }

    @Test func `leaves the next request in the buffer`() throws {
        let bytes = Array(
            (request("POST /1 HTTP/1.1", "Content-Length: 2", body: "ab") + request("GET /2 HTTP/1.1")).utf8)
        var parser = RequestParser()
        var position = 0
        var events: [RequestParser.Event] = []
        while let event = try parser.next(in: bytes, from: &position) {
            events.append(event)
            if case .end = event { break }
        }
        #expect(events.count == 3)
        #expect(events[1] == .body((position - 2)..<position))
        #expect(parser.phase == .idle)
        let rest = Array(bytes[position...])
        var restPosition = 0
        guard case .head(let head)? = try parser.next(in: rest, from: &restPosition) else {
            Issue.record("the second request is missing")
            return
        }
        #expect(head.target.path == "/2")
        #expect(restPosition == rest.count)
    }

    @Test func `leaves the bytes of another protocol behind an upgrade`() throws {
        let head = request("GET / HTTP/1.1", "Connection: upgrade", "Upgrade: websocket")
        let bytes = Array(head.utf8) + [0x81, 0x80, 0x0A, 0x00]
        var parser = RequestParser()
        var position = 0
        _ = try parser.next(in: bytes, from: &position)
        #expect(try parser.next(in: bytes, from: &position) == .end(trailers: [:]))
        #expect(position == head.utf8.count)
    }

    @Test func `says what the peer is in the middle of`() throws {
        var parser = RequestParser()
        func feed(_ text: String) throws {
            var position = 0
            while try parser.next(in: Array(text.utf8), from: &position) != nil {}
        }
        #expect(parser.phase == .idle)
        try feed("P")
        #expect(parser.phase == .head)
        try feed("OST / HTTP/1.1\r\nHost: a\r\n")
        #expect(parser.phase == .head)
        try feed("Transfer-Encoding: chunked\r\n\r\n")
        #expect(parser.phase == .body)
        try feed("1\r\nx\r\n0\r\n")
        #expect(parser.phase == .body)
        try feed("\r\n")
        #expect(parser.phase == .idle)
    }

    @Test func `costs a few bytes while idle`() {
        #expect(MemoryLayout<RequestParser>.size <= 128)
    }

    @Test func `keeps a value that is not UTF-8 as bytes`() throws {
        let bytes = Array("GET / HTTP/1.1\r\nHost: a\r\nX: ".utf8) + [0xE9, 0xFF] + Array("\r\n\r\n".utf8)
        let field = try #require(Reading(bytes).requests.first?.head.fields.last)
        #expect(field.withUnsafeBytesOfValue { Array($0) } == [0xE9, 0xFF])
    }
}
