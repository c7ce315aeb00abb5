package import LiveProtocol
import WebSocket

/// Messages of the live protocol as whole WebSocket frames, encoded once and shared.
package enum LiveFrame {
    /// Shorter messages are not compressed: they would hardly become shorter.
    static let compressible = 256

    private static let pings = MessageForm.allCases.map { frame(MessageEncoder.ping($0), $0) }

    /// The server's ping.
    static func ping(_ form: MessageForm) -> [UInt8] { pings[Int(form.rawValue)] }

    /// One push in one frame.
    package static func push(_ push: Push, _ form: MessageForm = .json) -> [UInt8] {
        frame(payload(push, form), form)
    }

    /// One push in one frame, compressed where the dialect is and that saves something.
    static func push(_ push: Push, _ dialect: Dialect, _ deflater: MessageDeflater) -> [UInt8] {
        frame(payload(push, dialect.form), dialect, deflater)
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
    static func reply(_ reply: Reply, _ dialect: Dialect, _ deflater: MessageDeflater) -> [UInt8] {
        var joiner = FrameJoiner(dialect.form, capacity: 128)
        joiner.append(reply)
        switch reply.result {
        case .subscribe, .history: return frame(joiner.takeFrame(), dialect, deflater)
        default: return frame(joiner.takeFrame(), dialect.form)
        }
    }

    /// Several publications of one channel in one frame.
    static func publications(
        _ publications: [Publication], in channel: String, _ dialect: Dialect, _ deflater: MessageDeflater
    ) -> [UInt8] {
        var joiner = FrameJoiner(dialect.form, capacity: 4096)
        for publication in publications { joiner.append(Push(channel: channel, .publication(publication))) }
        return frame(joiner.takeFrame(), dialect, deflater)
    }

    private static func frame(_ payload: [UInt8], _ form: MessageForm) -> [UInt8] {
        switch form {
        case .json: FrameEncoder.text(payload.span)
        case .protobuf: FrameEncoder.binary(payload.span)
        }
    }

    private static func frame(
        _ payload: [UInt8], _ dialect: Dialect, _ deflater: MessageDeflater
    ) -> [UInt8] {
        guard dialect.window > 0, payload.count >= compressible,
            let short = deflater.deflate(payload.span, window: Int(dialect.window))
        else { return frame(payload, dialect.form) }
        return FrameEncoder.frame(
            dialect.form == .json ? .text : .binary, short.span, reserved: .rsv1)
    }
}

/// One push for many sessions: encoded, and compressed, once for each dialect that one of them speaks.
struct SharedPush {
    private let push: Push
    private let deflater: MessageDeflater
    private var frames: [[UInt8]?] = Array(repeating: nil, count: Dialect.count)

    init(_ push: Push, _ deflater: MessageDeflater) {
        self.push = push
        self.deflater = deflater
    }

    /// The frame for a session of that dialect.
    mutating func frame(_ dialect: Dialect) -> [UInt8] {
        if let frame = frames[dialect.place] { return frame }
        let frame = LiveFrame.push(push, dialect, deflater)
        frames[dialect.place] = frame
        return frame
    }
}
