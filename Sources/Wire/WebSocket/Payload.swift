/// Where the octets of a frame or message are; ``FrameInput`` lends them out.
package enum Payload: Equatable, Sendable {
    /// In the input of the current call, already unmasked; gone once the read callback ends.
    case inPlace(Range<Int>)
    /// In an array of its own, because they came in several frames or several reads.
    case assembled([UInt8])

    /// How many octets there are.
    package var count: Int {
        switch self {
        case .inPlace(let range): range.count
        case .assembled(let whole): whole.count
        }
    }
}
