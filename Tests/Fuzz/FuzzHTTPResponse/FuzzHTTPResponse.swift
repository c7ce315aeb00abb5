import FuzzKit
import HTTP
import HTTPTypes

/// A response to our client: however it is cut, the same is read; within the limits; and after an error nothing.
@c(LLVMFuzzerTestOneInput)
package func readResponse(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    Fuzz.run(start, count) { bytes in
        // The first byte says what was asked.
        guard let first = bytes.first else { return }
        let rest = Array(bytes.dropFirst())
        let readings = Cuts(rest).ways.map { ResponseReading(rest, $0, toHead: first & 1 != 0) }
        for other in readings.dropFirst() {
            agree(readings[0], other, "the response depends on where it was cut")
        }
    }
}

/// What a parser makes of one way to cut the bytes, the pieces of a body joined.
struct ResponseReading: Equatable {
    private static let limits = ResponseLimits(
        statusLine: 96, headerSection: 384, fieldCount: 12, body: 200, chunkExtensions: 16,
        trailerSection: 64,
        interims: 2)

    private var head: ResponseHead?
    private var body: [UInt8] = []
    private var trailers: HTTPFields?
    private var error: BadResponse?

    init(_ bytes: [UInt8], _ pieces: [Range<Int>], toHead: Bool) {
        var parser = ResponseParser(toHead: toHead, limits: ResponseReading.limits)
        do throws(BadResponse) {
            for range in pieces {
                let piece = Array(bytes[range])
                var position = 0
                while let event = try parser.next(piece.span, from: &position) { take(event, piece) }
                hold(position == piece.count || trailers != nil, "bytes of a response are left")
                if trailers != nil { break }
            }
            if let event = try parser.connectionDidEnd() { take(event, []) }
        } catch {
            self.error = error
            let more = Array("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".utf8)
            agree(ResponseReading.next(&parser, more), .failure(error), "a parser that has failed goes on")
        }
        hold(error != nil || trailers != nil, "a response neither ends nor fails")
    }

    private mutating func take(_ event: ResponseParser.Event, _ piece: [UInt8]) {
        hold(trailers == nil, "something comes after the end")
        switch event {
        case .head(let head):
            hold(self.head == nil, "there are two heads")
            hold(head.fields.count <= ResponseReading.limits.fieldCount, "there are more fields than may be")
            self.head = head
        case .body(let range):
            hold(head != nil && !range.isEmpty, "a body has no head")
            body += piece[range]
            hold(body.count <= ResponseReading.limits.body, "a body is longer than its limit")
        case .end(let trailers): self.trailers = trailers
        }
    }
    /// The first event of some bytes.
    private static func next(
        _ parser: inout ResponseParser, _ bytes: [UInt8]
    ) -> Result<ResponseParser.Event?, BadResponse> {
        var position = 0
        return Result { () throws(BadResponse) in try parser.next(bytes.span, from: &position) }
    }
}
