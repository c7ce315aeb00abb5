import FuzzKit
import WebSocket

/// What arrives on a WebSocket, and what is offered before: however it is cut, the same is heard; what is heard can be sent and is heard again; the
/// masks are where they must be; what is held stays within its bound.
@c(LLVMFuzzerTestOneInput)
package func hearFrames(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    Fuzz.run(start, count) { bytes in
        // The first byte says who sends, what was agreed, and how much is taken.
        guard let first = bytes.first else { return }
        // Text in place of that is an offer of extensions.
        if first >= 0x20 { return OfferCheck.check(bytes) }
        let terms = Terms(first)
        let stream = Array(bytes.dropFirst())
        let hearings = Cuts(stream).ways.map { Hearing(stream, $0, terms) }
        for other in hearings.dropFirst() {
            agree(hearings[0].events, other.events, "what is heard depends on where it was cut")
            agree(hearings[0].error, other.error, "the error depends on where the frames were cut")
        }
        if hearings[0].error == nil { MaskCheck.check(stream, terms, finished: hearings[0].isFinished) }
        hearings[0].sendAgain()
    }
}

/// Under which terms the frames are read.
struct Terms {
    let peer: Peer
    let allowed: ReservedBits
    let limits: MessageDecoder.Limits

    init(_ choice: UInt8) {
        peer = choice & 1 == 0 ? .client : .server
        allowed = choice & 2 == 0 ? [] : .rsv1
        limits = MessageDecoder.Limits(
            maxMessageBytes: choice & 4 == 0 ? 64 : 70_000, maxFragments: choice & 8 == 0 ? 4 : 1024)
    }
}
