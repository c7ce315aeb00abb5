package import LiveProtocol
import WebSocket

/// Messages of the live protocol as whole WebSocket frames, encoded once and shared.
package enum LiveFrame {
    private static let pings = MessageForm.allCases.map { frame(MessageEncoder.ping($0), $0) }

    /// The server's ping.
    static func ping(_ form: MessageForm) -> [UInt8] { pings[Int(form.rawValue)] }

    /// One push in one frame.
    package static func push(_ push: Push, _ form: MessageForm = .json) -> [UInt8] {
        var joiner = FrameJoiner(form, capacity: 256)
        joiner.append(push)
        return frame(joiner.takeFrame(), form)
    }

    /// One reply in one frame.
    package static func reply(_ reply: Reply, _ form: MessageForm = .json) -> [UInt8] {
        var joiner = FrameJoiner(form, capacity: 128)
        joiner.append(reply)
        return frame(joiner.takeFrame(), form)
    }

    /// Several publications of one channel in one frame.
    static func publications(
        _ publications: [Publication], in channel: String, _ form: MessageForm
    ) -> [UInt8] {
        var joiner = FrameJoiner(form, capacity: 4096)
        for publication in publications { joiner.append(Push(channel: channel, .publication(publication))) }
        return frame(joiner.takeFrame(), form)
    }

    private static func frame(_ payload: [UInt8], _ form: MessageForm) -> [UInt8] {
        switch form {
        case .json: FrameEncoder.text(payload.span)
        case .protobuf: FrameEncoder.binary(payload.span)
        }
    }
}

/// One push for many sessions: encoded once for each form that one of them speaks.
struct SharedPush {
    private let push: Push
    private var frames: [[UInt8]?] = MessageForm.allCases.map { _ in nil }

    init(_ push: Push) { self.push = push }

    /// The frame for a session of that form.
    mutating func frame(_ form: MessageForm) -> [UInt8] {
        if let frame = frames[Int(form.rawValue)] { return frame }
        let frame = LiveFrame.push(push, form)
        frames[Int(form.rawValue)] = frame
        return frame
    }
}
