/// What one WebSocket may cost.
package struct WebSocketLimits: Sendable, Hashable {
    /// The largest message, in bytes; more closes with 1009.
    package var messageBytes: Int
    /// The most frames of one message; more closes with 1008.
    package var fragments: Int
    /// Whether messages may be compressed, where the client offers it.
    package var allowsDeflate: Bool
    /// How long the peer may take to answer a close frame.
    package var closeWait: Duration

    package init(
        messageBytes: Int = 1 << 16, fragments: Int = 1024, allowsDeflate: Bool = false,
        closeWait: Duration = .seconds(3)
    ) {
        self.messageBytes = messageBytes
        self.fragments = fragments
        self.allowsDeflate = allowsDeflate
        self.closeWait = closeWait
    }
}
