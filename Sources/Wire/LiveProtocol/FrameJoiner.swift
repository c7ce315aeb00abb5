/// Puts several messages for one connection into one frame.
///
/// The joiner has no limit of its own: whoever fills it looks at `count` and takes the frame in time.
package struct FrameJoiner: Sendable {
    private let form: MessageForm
    private var bytes: [UInt8] = []

    /// Makes a joiner that has room for `capacity` bytes before it must grow.
    package init(_ form: MessageForm = .json, capacity: Int = 0) {
        self.form = form
        if capacity > 0 { bytes.reserveCapacity(capacity) }
    }

    package var isEmpty: Bool { bytes.isEmpty }

    /// How many bytes the frame has so far.
    package var count: Int { bytes.count }

    /// Adds a reply.
    package mutating func append(_ reply: Reply) {
        separate()
        MessageEncoder.append(reply, to: &bytes, form)
    }

    /// Adds a push.
    package mutating func append(_ push: Push) {
        separate()
        MessageEncoder.append(push, to: &bytes, form)
    }

    /// Adds a message that is encoded already and is not empty.
    package mutating func append(encoded message: [UInt8]) {
        separate()
        bytes.append(contentsOf: message)
    }

    /// Hands out the frame's payload and begins a new one; empty when nothing was added.
    package mutating func takeFrame() -> [UInt8] {
        var frame: [UInt8] = []
        swap(&frame, &bytes)
        return frame
    }

    /// Protobuf messages carry their lengths.
    private mutating func separate() {
        if form == .json, !bytes.isEmpty { bytes.append(UInt8(ascii: "\n")) }
    }
}
