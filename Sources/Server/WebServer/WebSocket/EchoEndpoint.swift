import WebSocket

/// A WebSocket that sends back every message as it came: for conformance and load tests, never in production.
package enum EchoEndpoint {
    /// `/echo`, for messages of up to 16 MiB in up to 65,536 frames, and the empty last one that some clients end with.
    package static let route = Route.webSocket(
        "/echo", access: .anyone,
        limits: WebSocketLimits(messageBytes: 16 << 20, fragments: 65_537, allowsDeflate: true)
    ) { _, _ in
        WebSocketAcceptance(handler: Echo())
    }
}

/// The echo of one connection.
private final class Echo: WebSocketHandler {
    /// The client is not listened to while more than this waits for it.
    private static let highWater = 1 << 20

    private var connection: WebSocketConnection?
    /// Made with the first message that is to be compressed.
    private lazy var deflater = MessageDeflater()

    func webSocketDidOpen(_ connection: WebSocketConnection) { self.connection = connection }

    func webSocketDidReceiveText(_ text: Span<UInt8>) { sendBack(frame(.text, text)) }

    func webSocketDidReceiveBinary(_ bytes: Span<UInt8>) { sendBack(frame(.binary, bytes)) }

    /// The message, compressed where that was agreed to and saves something.
    private func frame(_ kind: Opcode, _ bytes: Span<UInt8>) -> [UInt8] {
        guard let window = connection?.deflateWindow, window > 0,
            let short = deflater.deflate(bytes, window: Int(window))
        else { return FrameEncoder.frame(kind, bytes) }
        return FrameEncoder.frame(kind, short.span, reserved: .rsv1)
    }

    private func sendBack(_ frame: [UInt8]) {
        guard let connection else { return }
        guard connection.send(frame) else { return connection.abort() }
        connection.pauseReading(whileQueuedAbove: Echo.highWater)
    }

    func webSocketDidClose(_ code: CloseCode, _ reason: String) { connection = nil }
}
