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

    func webSocketDidOpen(_ connection: WebSocketConnection) { self.connection = connection }

    func webSocketDidReceiveText(_ text: Span<UInt8>) { send(.text, text) }

    func webSocketDidReceiveBinary(_ bytes: Span<UInt8>) { send(.binary, bytes) }

    private func send(_ kind: Opcode, _ bytes: Span<UInt8>) {
        guard let connection else { return }
        guard connection.send(connection.frame(kind, bytes)) else { return connection.abort() }
        connection.pauseReading(whileQueuedAbove: Echo.highWater)
    }

    func webSocketDidClose(_ code: CloseCode, _ reason: String) { connection = nil }
}
