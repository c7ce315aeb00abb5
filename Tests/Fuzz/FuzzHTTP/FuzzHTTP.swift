import FuzzKit
import HTTP
import HTTPTypes

/// Requests of one connection: however they are cut, the same is read; within the limits; and after an error nothing.
@c(LLVMFuzzerTestOneInput)
package func readRequests(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    Fuzz.run(start, count) { bytes in
        let readings = Cuts(bytes).ways.map { RequestReading(bytes, $0) }
        for other in readings.dropFirst() {
            agree(readings[0].events, other.events, "the requests depend on where they were cut")
            agree(readings[0].error, other.error, "the error depends on where the requests were cut")
        }
        for case .head(let head) in readings[0].events { FieldChecks.check(head) }
    }
}

/// What a parser makes of one way to cut the bytes, the pieces of a body joined.
struct RequestReading {
    enum Event: Equatable {
        case head(RequestHead)
        case body([UInt8])
        case end(HTTPFields)
    }

    /// Small, so that a fuzzer meets every one of them.
    static let limits = RequestLimits(
        requestLine: 96, headerSection: 384, fieldCount: 12, body: 200, chunkExtensions: 16,
        trailerSection: 64)

    private(set) var events: [Event] = []
    private(set) var error: HTTPError?
    private var parser = RequestParser(limits: limits)
    private var bodyLength = 0

    init(_ bytes: [UInt8], _ pieces: [Range<Int>]) {
        for range in pieces {
            let piece = Array(bytes[range])
            do throws(HTTPError) {
                try take(piece)
            } catch {
                self.error = error
                expectSilence(after: error)
                return
            }
        }
    }

    private mutating func take(_ piece: [UInt8]) throws(HTTPError) {
        var position = 0
        while let event = try parser.next(piece.span, from: &position) {
            switch event {
            case .head(let head):
                bodyLength = 0
                expectBounds(of: head)
                events.append(.head(head))
            case .body(let range):
                hold(!range.isEmpty && range.upperBound <= position, "a piece of a body lies outside")
                bodyLength += range.count
                hold(bodyLength <= RequestReading.limits.body, "a body is longer than its limit")
                add(Array(piece[range]))
            case .end(let trailers): events.append(.end(trailers))
            }
        }
        hold(position == piece.count, "more bytes are asked for while some are left")
    }

    private mutating func add(_ part: [UInt8]) {
        if case .body(let before)? = events.last {
            events[events.count - 1] = .body(before + part)
        } else {
            events.append(.body(part))
        }
    }

    private func expectBounds(of head: RequestHead) {
        let limits = RequestReading.limits
        hold(head.target.raw.utf8.count <= limits.requestLine, "a target is longer than its line may be")
        hold(head.fields.count <= limits.fieldCount, "there are more fields than may be")
        // A byte above 0x7F is one character, which takes two bytes as UTF-8.
        let size = head.fields.reduce(0) {
            $0 + $1.name.rawName.utf8.count + $1.value.unicodeScalars.count + 3
        }
        hold(size <= limits.headerSection, "the fields are longer than they may be")
        if case .length(let length) = head.framing {
            hold(length <= limits.body, "a body is announced that is longer than may be")
        }
        hold(head.version == .http10 || head.host != nil, "a request of HTTP/1.1 has no host")
    }

    private mutating func expectSilence(after error: HTTPError) {
        hold(parser.phase == .failed, "a parser that has failed says that it has not")
        hold(!error.sentence.isEmpty && !error.code.isEmpty, "an error has no name")
        let again = RequestReading.next(&parser, Array("GET / HTTP/1.1\r\nhost: a\r\n\r\n".utf8))
        agree(again, .failure(error), "a parser that has failed goes on")
    }
    /// The first event of some bytes.
    static func next(
        _ parser: inout RequestParser, _ bytes: [UInt8]
    ) -> Result<RequestParser.Event?, HTTPError> {
        var position = 0
        return Result { () throws(HTTPError) in try parser.next(bytes.span, from: &position) }
    }
}
