package import LiveProtocol
import WebSocket

/// Messages of the live protocol as whole WebSocket frames, encoded once and shared.
package enum LiveFrame {
    private static let pings = MessageForm.allCases.map { frame(MessageEncoder.ping($0), $0) }

    /// The server's ping.
    static func ping(_ form: MessageForm) -> [UInt8] { pings[Int(form.rawValue)] }

    /// One push in one frame.
    package static func push(_ push: Push, _ form: MessageForm = .json) -> [UInt8] {
        frame(payload(push, form), form)
    }

    /// One push for many in one frame, compressed where the dialect is and that saves something.
    static func push(_ push: Push, _ dialect: Dialect, _ compressor: FrameCompressor) -> [UInt8] {
        let payload = payload(push, dialect.form)
        return frame(payload, compressor.shared(payload, dialect), dialect.form)
    }

    private static func payload(_ push: Push, _ form: MessageForm) -> [UInt8] {
        var joiner = FrameJoiner(form, capacity: 256)
        joiner.append(push)
        return joiner.takeFrame()
    }

    /// One reply in one frame.
    ///
    /// Compressed where it carries publications or a state: never what has to do with credentials, beside which a client's own
    /// words could be tried until the length tells (RFC 7692 §8).
    static func reply(
        _ reply: Reply, _ dialect: Dialect, _ compressor: FrameCompressor, now: Int64
    ) -> [UInt8] {
        var joiner = FrameJoiner(dialect.form, capacity: 128)
        joiner.append(reply)
        let payload = joiner.takeFrame()
        switch reply.result {
        case .subscribe, .history:
            return frame(payload, compressor.personal(payload, dialect, now: now), dialect.form)
        default: return frame(payload, dialect.form)
        }
    }

    /// Several publications of one channel for one session in one frame.
    static func publications(
        _ publications: [Publication], in channel: String, _ dialect: Dialect,
        _ compressor: FrameCompressor, now: Int64
    ) -> [UInt8] {
        var joiner = FrameJoiner(dialect.form, capacity: 4096)
        for publication in publications { joiner.append(Push(channel: channel, .publication(publication))) }
        let payload = joiner.takeFrame()
        return frame(payload, compressor.personal(payload, dialect, now: now), dialect.form)
    }

    private static func frame(_ payload: [UInt8], _ form: MessageForm) -> [UInt8] {
        switch form {
        case .json: FrameEncoder.text(payload.span)
        case .protobuf: FrameEncoder.binary(payload.span)
        }
    }

    private static func frame(
        _ payload: [UInt8], _ compressed: [UInt8]?, _ form: MessageForm
    ) -> [UInt8] {
        guard let compressed else { return frame(payload, form) }
        return FrameEncoder.frame(form == .json ? .text : .binary, compressed.span, reserved: .rsv1)
    }
}

/// One push for many sessions: encoded, and compressed, once for each dialect that one of them speaks.
struct SharedPush {
    private let push: Push
    private let compressor: FrameCompressor
    private var frames: [[UInt8]?] = Array(repeating: nil, count: Dialect.count)

    init(_ push: Push, _ compressor: FrameCompressor) {
        self.push = push
        self.compressor = compressor
    }

    /// The frame for a session of that dialect.
    mutating func frame(_ dialect: Dialect) -> [UInt8] {
        if let frame = frames[dialect.place] { return frame }
        let frame = LiveFrame.push(push, dialect, compressor)
        frames[dialect.place] = frame
        return frame
    }
}
