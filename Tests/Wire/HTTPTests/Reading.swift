import HTTP
import HTTPTypes

/// What a parser made of some bytes, with the pieces of bodies joined, so that different cuts can be
/// compared.
struct Reading: Equatable {
    struct Request: Equatable {
        var head: RequestHead
        var body: [UInt8] = []
        /// `nil` while the request is incomplete.
        var trailers: HTTPFields?

        var text: String { String(decoding: body, as: UTF8.self) }
    }

    var requests: [Request] = []
    var error: HTTPError?
    var phase = RequestParser.Phase.idle

    /// Reads `bytes` in pieces that end at `cuts`.
    init(_ bytes: [UInt8], cuts: [Int] = [], limits: RequestLimits = RequestLimits()) {
        var parser = RequestParser(limits: limits)
        var start = 0
        for end in cuts + [bytes.count] {
            take(Array(bytes[start..<end]), &parser)
            if error != nil { break }
            start = end
        }
        phase = parser.phase
    }

    init(_ text: String, cuts: [Int] = [], limits: RequestLimits = RequestLimits()) {
        self.init(Array(text.utf8), cuts: cuts, limits: limits)
    }

    private mutating func take(_ piece: [UInt8], _ parser: inout RequestParser) {
        var position = 0
        do throws(HTTPError) {
            while let event = try parser.next(piece.span, from: &position) {
                switch event {
                case .head(let head): requests.append(Request(head: head))
                case .body(let range): requests[requests.count - 1].body += piece[range]
                case .end(let trailers): requests[requests.count - 1].trailers = trailers
                }
            }
            precondition(position == piece.count, "nil means that everything was taken")
        } catch {
            self.error = error
        }
    }
}

// Arrays where the module takes spans, for `#expect` cannot hold a span.

extension RequestParser {
    mutating func next(in bytes: [UInt8], from position: inout Int) throws(HTTPError) -> Event? {
        try next(bytes.span, from: &position)
    }
}

extension ResponseWriter {
    mutating func body(_ bytes: [UInt8], into output: inout [UInt8]) throws(ResponseError) {
        try body(bytes.span, into: &output)
    }

    mutating func whole(
        _ status: HTTPResponse.Status, _ fields: HTTPFields, bytes: [UInt8], date: String,
        into output: inout [UInt8]
    ) throws(ResponseError) {
        try whole(status, fields, body: bytes.span, date: date, into: &output)
    }
}

/// A request text: the line, `Host` and further lines, each ended by CRLF, an empty line, and a body.
func request(
    _ line: String = "GET / HTTP/1.1", _ fields: String..., host: String? = "Host: a", body: String = ""
)
    -> String
{
    ([line] + (host.map { [$0] } ?? []) + fields).map { $0 + "\r\n" }.joined() + "\r\n" + body
}

/// A chunked request with this text behind its head.
func chunked(_ body: String) -> String {
    request("POST / HTTP/1.1", "Transfer-Encoding: chunked", body: body)
}
