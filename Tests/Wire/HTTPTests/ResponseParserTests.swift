import HTTP
import HTTPTypes
import Testing

/// What a parser made of a response, cut at some places and ended by the connection's end or not.
private struct Answer: Equatable {
    var head: ResponseHead?
    var body: [UInt8] = []
    var trailers: HTTPFields?
    var error: BadResponse?
    /// Bytes behind the response, left alone.
    var left = 0

    var text: String { String(decoding: body, as: UTF8.self) }

    init(
        _ bytes: [UInt8], cuts: [Int] = [], toHead: Bool = false, ends: Bool = true,
        limits: ResponseLimits = ResponseLimits()
    ) {
        var parser = ResponseParser(toHead: toHead, limits: limits)
        var start = 0
        do throws(BadResponse) {
            for end in cuts + [bytes.count] {
                let piece = Array(bytes[start..<end])
                var position = 0
                while let event = try parser.next(piece.span, from: &position) { take(event, piece) }
                if trailers == nil { precondition(position == piece.count, "everything was taken") }
                left += piece.count - position
                start = end
            }
            if ends, let event = try parser.connectionDidEnd() { take(event, []) }
        } catch {
            self.error = error
        }
    }

    init(_ text: String, cuts: [Int] = [], toHead: Bool = false, ends: Bool = true) {
        self.init(Array(text.utf8), cuts: cuts, toHead: toHead, ends: ends)
    }

    private mutating func take(_ event: ResponseParser.Event, _ piece: [UInt8]) {
        switch event {
        case .head(let head): self.head = head
        case .body(let range): body += piece[range]
        case .end(let trailers): self.trailers = trailers
        }
    }
}

private func answer(_ line: String = "HTTP/1.1 200 OK", _ fields: String..., body: String = "") -> String {
    ([line] + fields).map { $0 + "\r\n" }.joined() + "\r\n" + body
}

private let accepted: [(text: String, status: Int, body: String)] = [
    (answer("HTTP/1.1 200 OK", "Content-Length: 5", body: "hello"), 200, "hello"),
    (answer("HTTP/1.1 200 OK", "Content-Length: 0"), 200, ""),
    (answer("HTTP/1.1 200", "Content-Length: 2", body: "ok"), 200, "ok"),
    (answer("HTTP/1.1 200 ", "Content-Length: 2", body: "ok"), 200, "ok"),
    (answer("HTTP/1.1 404 Nicht gefunden \u{fc}", "content-length: 1", body: "x"), 404, "x"),
    (answer("HTTP/1.1 200 OK", body: "until the end"), 200, "until the end"),
    (answer("HTTP/1.0 200 OK", "Connection: close", body: "old"), 200, "old"),
    (answer("HTTP/1.1 204 No Content"), 204, ""),
    (answer("HTTP/1.1 304 Not Modified", "Content-Length: 99"), 304, ""),
    (
        answer(
            "HTTP/1.1 200 OK", "Transfer-Encoding: chunked", body: "5\r\nhello\r\n1;a=b\r\n!\r\n0\r\n\r\n"),
        200, "hello!"
    ),
    (answer("HTTP/1.1 200 OK", "Transfer-Encoding: Chunked", body: "0\r\nX-Sum: 1\r\n\r\n"), 200, ""),
    (
        answer("HTTP/1.1 100 Continue") + answer("HTTP/1.1 103 Early Hints", "Link: </a>")
            + answer("HTTP/1.1 200 OK", "Content-Length: 1", body: "x"), 200, "x"
    ),
    (
        answer(
            "HTTP/1.1 301 Moved Permanently", "Location: https://b/", "Content-Length: 0", "Host: odd",
            "Upgrade: h2,", "Expect: x"), 301, ""
    ),
]

private let refused: [(text: String, error: BadResponse)] = [
    ("GET / HTTP/1.1\r\n\r\n", .invalidStatusLine),
    ("\u{15}\u{3}\u{3}\0\u{2}\u{2}F", .invalidStatusLine),
    (answer("HTTP/1.1 2000 OK"), .invalidStatusLine),
    (answer("HTTP/1.1 20 OK"), .invalidStatusLine),
    (answer("HTTP/1.1 099 OK"), .invalidStatusLine),
    (answer("HTTP/1.1 600 OK"), .invalidStatusLine),
    (answer("HTTP/1.1  200 OK"), .invalidStatusLine),
    (answer("HTTP/1.1\t200 OK"), .invalidStatusLine),
    (answer("http/1.1 200 OK"), .invalidStatusLine),
    (answer("HTTP/1.1 200 O\0K"), .invalidStatusLine),
    (answer("HTTP/2.0 200 OK"), .message(.unsupportedVersion)),
    ("HTTP/1.1 200 OK\nContent-Length: 0\n\n", .message(.bareLineFeed)),
    (answer("HTTP/1.1 200 " + String(repeating: "a", count: 2000)), .statusLineTooLong),
    (answer("HTTP/1.1 101 Switching Protocols", "Upgrade: websocket"), .unexpectedSwitch),
    (String(repeating: answer("HTTP/1.1 100 Continue"), count: 9), .tooManyInterims),
    (
        answer("HTTP/1.1 200 OK", "Content-Length: 3", "Transfer-Encoding: chunked"),
        .message(.lengthWithTransferEncoding)
    ),
    (
        answer("HTTP/1.1 200 OK", "Content-Length: 3", "Content-Length: 3", body: "abc"),
        .message(.duplicateContentLength)
    ),
    (answer("HTTP/1.1 200 OK", "Content-Length: 3, 3", body: "abc"), .message(.invalidContentLength)),
    (answer("HTTP/1.1 200 OK", "Content-Length: +3", body: "abc"), .message(.invalidContentLength)),
    (answer("HTTP/1.1 200 OK", "Content-Length: 2000000"), .message(.bodyTooLarge)),
    (answer("HTTP/1.1 200 OK", "Transfer-Encoding: gzip, chunked"), .message(.unsupportedTransferCoding)),
    (answer("HTTP/1.1 200 OK", "Transfer-Encoding: gzip"), .message(.unsupportedTransferCoding)),
    (answer("HTTP/1.1 200 OK", "Transfer-Encoding: chunked, gzip"), .message(.misplacedChunked)),
    (
        answer("HTTP/1.0 200 OK", "Transfer-Encoding: chunked", body: "0\r\n\r\n"),
        .message(.transferEncodingInHTTP10)
    ),
    (answer("HTTP/1.1 200 OK", "Transfer-Encoding: chunked", body: "x\r\n"), .message(.invalidChunkSize)),
    (answer("HTTP/1.1 200 OK", "Transfer-Encoding: chunked", body: "1\r\nabc"), .message(.missingChunkEnd)),
    (answer("HTTP/1.1 200 OK", "Transfer-Encoding: chunked", body: "FFFFFF\r\n"), .message(.bodyTooLarge)),
    (answer("HTTP/1.1 200 OK", " folded: a"), .message(.foldedField)),
    (answer("HTTP/1.1 200 OK", "Bad Name: a"), .message(.whitespaceBeforeColon)),
    (answer("HTTP/1.1 200 OK", "X: a\0b"), .message(.invalidFieldValue)),
    ("", .endedEarly),
    ("HTTP/1.1 200 OK\r\nX", .endedEarly),
    (answer("HTTP/1.1 200 OK", "Content-Length: 5", body: "hell"), .endedEarly),
    (answer("HTTP/1.1 200 OK", "Transfer-Encoding: chunked", body: "5\r\nhello\r\n0\r\n"), .endedEarly),
    (answer("HTTP/1.1 100 Continue"), .endedEarly),
]

struct `Response parser` {
    @Test(arguments: accepted.indices)
    func `reads a response up to its end`(index: Int) {
        let expected = accepted[index]
        let found = Answer(expected.text)
        #expect(found.error == nil)
        #expect(found.head?.status.code == expected.status)
        #expect(found.text == expected.body)
        #expect(found.trailers != nil)
    }

    @Test(arguments: refused.indices)
    func `refuses what is ambiguous, broken or cut off`(index: Int) {
        #expect(Answer(refused[index].text).error == refused[index].error)
    }

    @Test func `reads the same cut at every byte`() {
        for text in accepted.map(\.text) + refused.map(\.text) {
            let bytes = Array(text.utf8)
            let whole = Answer(bytes)
            for cut in 0...min(bytes.count, 300) {
                #expect(Answer(bytes, cuts: [cut]) == whole, "\(text.debugDescription) cut at \(cut)")
            }
            #expect(Answer(bytes, cuts: Array(0..<bytes.count)) == whole, "byte by byte")
        }
    }

    @Test func `gives all that a body without a length may have before it refuses more, however it is cut`() {
        let bytes = Array(answer("HTTP/1.0 200 OK", body: "0123456789").utf8)
        let limits = ResponseLimits(body: 6)
        let whole = Answer(bytes, limits: limits)
        #expect(whole.text == "012345")
        #expect(whole.error == .message(.bodyTooLarge))
        for cut in 0...bytes.count { #expect(Answer(bytes, cuts: [cut], limits: limits) == whole) }
    }

    @Test func `knows that the answer to HEAD has no body`() {
        let text = answer("HTTP/1.1 200 OK", "Content-Length: 9999999")
        let found = Answer(text, toHead: true, ends: false)
        #expect(found.head?.bodyEnd == ResponseBodyEnd.none)
        #expect(found.trailers == [:])
        #expect(Answer(answer("HTTP/1.1 200 OK", "Transfer-Encoding: chunked"), toHead: true).error == nil)
    }

    @Test func `does not wait for the connection's end where the message says its own`() {
        for (text, _, _) in accepted where !text.contains("until the end") && !text.contains("old") {
            #expect(Answer(text, ends: false).trailers != nil, "\(text.debugDescription)")
        }
        #expect(Answer(answer(body: "until the end"), ends: false).trailers == nil)
    }

    @Test func `leaves alone what nobody asked for`() {
        let found = Answer(answer("HTTP/1.1 200 OK", "Content-Length: 2", body: "ok" + answer()))
        #expect(found.text == "ok")
        #expect(found.left == answer().utf8.count)
    }

    @Test(arguments: [
        answer("HTTP/1.1 200 OK", "Content-Length: 10", body: "0123456789"), answer(body: "0123456789"),
        answer(
            "HTTP/1.1 200 OK", "Transfer-Encoding: chunked", body: "6\r\n012345\r\n4\r\n6789\r\n0\r\n\r\n"),
    ])
    func `takes a body as long as its limit and no longer one`(text: String) {
        let bytes = Array(text.utf8)
        #expect(Answer(bytes, limits: ResponseLimits(body: 10)).text == "0123456789")
        for cuts in [[], Array(0..<bytes.count)] {
            #expect(
                Answer(bytes, cuts: cuts, limits: ResponseLimits(body: 9)).error == .message(.bodyTooLarge))
        }
    }

    @Test func `bounds fields in number and size`() {
        let many =
            "HTTP/1.1 200 OK\r\n" + String(repeating: "X: y\r\n", count: 5) + "Content-Length: 0\r\n\r\n"
        #expect(Answer(Array(many.utf8), limits: ResponseLimits(fieldCount: 6)).error == nil)
        #expect(
            Answer(Array(many.utf8), limits: ResponseLimits(fieldCount: 5)).error == .message(.tooManyFields))
        #expect(
            Answer(Array(many.utf8), limits: ResponseLimits(headerSection: 40)).error
                == .message(.headerSectionTooLarge))
    }

    @Test func `stays failed`() {
        var parser = ResponseParser()
        var position = 0
        let bytes = Array("nonsense".utf8)
        #expect(throws: BadResponse.invalidStatusLine) { try parser.next(in: bytes, from: &position) }
        position = 0
        let good = Array(answer().utf8)
        #expect(throws: BadResponse.invalidStatusLine) { try parser.next(in: good, from: &position) }
        #expect(throws: BadResponse.invalidStatusLine) { try parser.connectionDidEnd() }
    }
}

extension ResponseParser {
    fileprivate mutating func next(
        in bytes: [UInt8], from position: inout Int
    ) throws(BadResponse) -> Event? {
        try next(bytes.span, from: &position)
    }
}
