import HTTP
import Testing

struct `Request limits` {
    private static func letters(_ count: Int) -> String { String(repeating: "a", count: count) }

    @Test func `the request line`() {
        let limits = RequestLimits(requestLine: 100)
        // "GET /" and " HTTP/1.1" are 14 bytes.
        #expect(Reading(request("GET /\(Self.letters(86)) HTTP/1.1"), limits: limits).error == nil)
        #expect(
            Reading(request("GET /\(Self.letters(87)) HTTP/1.1"), limits: limits).error == .requestLineTooLong
        )
        #expect(Reading(Self.letters(101), limits: limits).error == nil)
        #expect(Reading(Self.letters(102), limits: limits).error == .requestLineTooLong)
    }

    @Test func `the bytes of the header section`() {
        let limits = RequestLimits(headerSection: 100)
        // "Host: a" and its CRLF are 9 bytes, "X: " and CRLF are 5.
        #expect(Reading(request("GET / HTTP/1.1", "X: " + Self.letters(86)), limits: limits).error == nil)
        #expect(
            Reading(request("GET / HTTP/1.1", "X: " + Self.letters(87)), limits: limits).error
                == .headerSectionTooLarge)
        #expect(
            Reading(request("GET / HTTP/1.1", "X: " + Self.letters(86), "Y:"), limits: limits).error
                == .headerSectionTooLarge)
    }

    @Test func `an endless field line`() {
        let text = "GET / HTTP/1.1\r\nX: " + Self.letters(20_000)
        #expect(Reading(text).error == .headerSectionTooLarge)
    }

    @Test func `the number of fields`() {
        let limits = RequestLimits(fieldCount: 3)
        #expect(Reading(request("GET / HTTP/1.1", "X: 1", "X: 2"), limits: limits).error == nil)
        #expect(
            Reading(request("GET / HTTP/1.1", "X: 1", "X: 2", "X: 3"), limits: limits).error == .tooManyFields
        )
    }

    @Test func `a body with a length`() {
        let limits = RequestLimits(body: 5)
        let fitting = Reading(request("POST / HTTP/1.1", "Content-Length: 5", body: "hello"), limits: limits)
        #expect(fitting.error == nil)
        #expect(fitting.requests.first?.text == "hello")
        let large = Reading(request("POST / HTTP/1.1", "Content-Length: 6"), limits: limits)
        #expect(large.error == .bodyTooLarge)
        #expect(large.requests.isEmpty)
    }

    @Test func `a body in chunks as it comes`() {
        let limits = RequestLimits(body: 5)
        #expect(Reading(chunked("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"), limits: limits).error == nil)
        let large = Reading(chunked("3\r\nabc\r\n3\r\n"), limits: limits)
        #expect(large.error == .bodyTooLarge)
        #expect(large.requests.first?.text == "abc")
    }

    @Test func `chunk extensions taken together`() {
        let limits = RequestLimits(chunkExtensions: 6)
        #expect(Reading(chunked("1;ab\r\nx\r\n1;cd\r\ny\r\n0\r\n\r\n"), limits: limits).error == nil)
        #expect(Reading(chunked("1;ab\r\nx\r\n1;cde\r\n"), limits: limits).error == .chunkExtensionsTooLarge)
        #expect(Reading(chunked("1;abcdef\r\n"), limits: limits).error == .chunkExtensionsTooLarge)
        #expect(Reading(chunked(Self.letters(30)), limits: limits).error == .chunkExtensionsTooLarge)
    }

    @Test func `the trailers' bytes and number`() {
        let limits = RequestLimits(fieldCount: 2, trailerSection: 20)
        #expect(Reading(chunked("0\r\nX: 12345\r\nY: 12345\r\n\r\n"), limits: limits).error == nil)
        #expect(
            Reading(chunked("0\r\nX: 12345\r\nY: 123456\r\n\r\n"), limits: limits).error
                == .trailerSectionTooLarge)
        let three = chunked("0\r\nTe:\r\nTe:\r\nTe:\r\n\r\n")
        #expect(Reading(three, limits: limits).error == .tooManyFields)
        #expect(Reading(three, cuts: [three.utf8.count - 4], limits: limits).error == .tooManyFields)
    }

    @Test func `every request anew`() {
        let limits = RequestLimits(headerSection: 30, fieldCount: 2, body: 5)
        let one = request("POST / HTTP/1.1", "Content-Length: 5", body: "hello")
        let reading = Reading(one + one + one, limits: limits)
        #expect(reading.error == nil)
        #expect(reading.requests.count == 3)
    }

    @Test func `a route's own lower one for a declared length`() throws {
        var parser = RequestParser()
        let bytes = Array(request("POST / HTTP/1.1", "Content-Length: 6", body: "hello!").utf8)
        var position = 0
        _ = try parser.next(in: bytes, from: &position)
        try parser.limitBody(to: 6)
        #expect(throws: HTTPError.bodyTooLarge) { try parser.limitBody(to: 5) }
        #expect(throws: HTTPError.bodyTooLarge) { try parser.next(in: bytes, from: &position) }
    }

    @Test func `a route's own lower one for chunks`() throws {
        var parser = RequestParser()
        let bytes = Array(chunked("3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n").utf8)
        var position = 0
        _ = try parser.next(in: bytes, from: &position)
        try parser.limitBody(to: 5)
        guard case .body? = try parser.next(in: bytes, from: &position) else {
            Issue.record("the first chunk is missing")
            return
        }
        #expect(throws: HTTPError.bodyTooLarge) { try parser.next(in: bytes, from: &position) }
    }
}
