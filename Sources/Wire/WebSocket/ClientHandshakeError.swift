/// Why a client refuses a server's answer to its handshake.
package enum ClientHandshakeError: Error, Equatable, Sendable {
    /// The answer is not HTTP, or its head exceeds 16 KiB.
    case malformed
    /// Any status but 101.
    case status(Int)
    /// `Upgrade` or `Connection` does not say what it must.
    case notUpgraded
    /// `Sec-WebSocket-Accept` does not belong to our key.
    case wrongAccept
    /// A subprotocol that we did not offer, or more than one.
    case unknownProtocol
}
