import WebSocket

/// A server that answers every message with itself: the decoder, the encoder and the close handshake put
/// together.
struct EchoPeer {
    private var decoder: MessageDecoder
    private var closing = CloseHandshake()
    private let now = ContinuousClock.now

    /// What it sent, as octets.
    private(set) var output: [UInt8] = []
    /// What made it fail the connection.
    private(set) var failure: FrameError?
    /// Whether it ended its side of TCP.
    private(set) var hasEnded = false

    init(maxMessageBytes: Int = 16 << 20) {
        decoder = MessageDecoder(limits: .init(maxMessageBytes: maxMessageBytes))
    }

    mutating func take(_ read: some Collection<UInt8>) {
        for event in decoder.hear(read) {
            switch event {
            case .text(let octets): send(.text, octets)
            case .binary(let octets): send(.binary, octets)
            case .ping(let octets): send(.pong, octets)
            case .pong, .compressed: break
            case .close(let code, _): act(closing.received(code.map(CloseCode.init), at: now))
            case .failed(let error):
                failure = error
                act(closing.failed(error, at: now))
            }
        }
    }

    private mutating func send(_ opcode: Opcode, _ octets: [UInt8]) {
        guard closing.isOpen else { return }
        output += FrameEncoder.frame(opcode, octets.span)
    }

    private mutating func act(_ action: CloseHandshake.Action) {
        switch action {
        case .wait: break
        case .send(let code, let reason): output += FrameEncoder.close(code, reason: reason)
        case .sendAndEnd(let code, let reason):
            output += FrameEncoder.close(code, reason: reason)
            hasEnded = true
        case .end, .drop: hasEnded = true
        }
    }

    /// What a client hears of it.
    var answers: [Heard] {
        var client = MessageDecoder(limits: .init(maxMessageBytes: 16 << 20), from: .server)
        return client.hear(output)
    }
}
