package import LiveProtocol
import WebSocket

/// Messages of the live protocol as whole WebSocket frames, encoded once and shared.
package enum LiveFrame {
    /// The server's ping: an empty object.
    static let ping = FrameEncoder.text("{}")

    /// One push in one frame.
    package static func push(_ push: Push) -> [UInt8] {
        var joiner = FrameJoiner(capacity: 256)
        joiner.append(push)
        return FrameEncoder.text(joiner.takeFrame().span)
    }

    /// One reply in one frame.
    package static func reply(_ reply: Reply) -> [UInt8] {
        var joiner = FrameJoiner(capacity: 128)
        joiner.append(reply)
        return FrameEncoder.text(joiner.takeFrame().span)
    }

    /// Several publications of one channel in one frame.
    static func publications(_ publications: [Publication], in channel: String) -> [UInt8] {
        var joiner = FrameJoiner(capacity: 4096)
        for publication in publications { joiner.append(Push(channel: channel, .publication(publication))) }
        return FrameEncoder.text(joiner.takeFrame().span)
    }
}
