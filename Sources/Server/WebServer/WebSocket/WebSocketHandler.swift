import HTTP
import HTTPTypes
package import WebSocket

/// What happens on one WebSocket is told to its handler, on the loop; the connection keeps it alive.
package protocol WebSocketHandler: AnyObject {
    /// The handshake has been answered: frames may be sent. The handler keeps the connection if it wants to talk;
    /// both let go of one another when the connection closes.
    func webSocketDidOpen(_ connection: WebSocketConnection)

    /// A whole text message, valid UTF-8. The bytes are gone when this returns.
    func webSocketDidReceiveText(_ text: Span<UInt8>)

    /// A whole binary message. The bytes are gone when this returns.
    func webSocketDidReceiveBinary(_ bytes: Span<UInt8>)

    /// A pong has arrived.
    func webSocketDidReceivePong()

    /// Output that was blocked has left, some of it or all.
    func webSocketDidAdvance()

    /// The connection is gone, for whatever reason, and this is the last call. `code` is the one that the peer sent,
    /// or that we sent; `abnormal` when there was no close frame at all.
    func webSocketDidClose(_ code: CloseCode, _ reason: String)
}

extension WebSocketHandler {
    package func webSocketDidReceivePong() {}
    package func webSocketDidAdvance() {}
}

/// A yes to a handshake.
package struct WebSocketAcceptance {
    /// Who hears of the connection from now on.
    package let handler: any WebSocketHandler
    /// One of those that the client offered, or `nil`.
    package let subprotocol: String?

    package init(handler: any WebSocketHandler, subprotocol: String? = nil) {
        self.handler = handler
        self.subprotocol = subprotocol
    }
}

extension WebRequest {
    /// The subprotocols that the client offers in a handshake, best first.
    package var subprotocols: [String] { Handshake.offered(headers[values: .secWebSocketProtocol]) }
}
