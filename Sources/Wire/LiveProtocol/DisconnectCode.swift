/// Why the server ends a connection: the WebSocket close code, with the reason as the close frame's text.
///
/// A client acts by range (see `shouldReconnect`) and needs to know no single number.
package struct DisconnectCode: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) { self.rawValue = rawValue }

    /// The connection was closed without any advice from the server.
    package static let connectionClosed = DisconnectCode(rawValue: 3000)
    /// The node goes down; another one will do.
    package static let shutdown = DisconnectCode(rawValue: 3001)
    /// Something went wrong inside; the cause is in the server's log.
    package static let internalError = DisconnectCode(rawValue: 3004)
    /// The connection's credentials have run out and were not refreshed.
    package static let expired = DisconnectCode(rawValue: 3005)
    /// A subscription's token has run out and was not refreshed.
    package static let subscriptionExpired = DisconnectCode(rawValue: 3006)
    /// The client read too slowly for what it subscribed to.
    package static let slow = DisconnectCode(rawValue: 3008)
    /// Writing to the connection failed.
    package static let writeError = DisconnectCode(rawValue: 3009)
    /// The server cannot continue a channel without a gap; the client recovers after connecting again.
    package static let insufficientState = DisconnectCode(rawValue: 3010)
    /// An operator asks the client to connect again.
    package static let forceReconnect = DisconnectCode(rawValue: 3011)
    /// The client did not answer a ping.
    package static let noPong = DisconnectCode(rawValue: 3012)
    /// The client sent too many commands in too short a time.
    package static let tooManyRequests = DisconnectCode(rawValue: 3013)
    /// The token is not one of ours, or is malformed.
    package static let invalidToken = DisconnectCode(rawValue: 3500)
    /// The client broke the protocol: a malformed frame or commands out of order.
    package static let badRequest = DisconnectCode(rawValue: 3501)
    /// The client did not send `connect` in time.
    package static let stale = DisconnectCode(rawValue: 3502)
    /// An operator or an instructor ended the connection for good.
    package static let forceDisconnect = DisconnectCode(rawValue: 3503)
    /// The user has too many connections.
    package static let connectionLimit = DisconnectCode(rawValue: 3504)
    /// The connection has too many subscriptions.
    package static let channelLimit = DisconnectCode(rawValue: 3505)
    /// The data cannot be expressed in the encoding that the client speaks.
    package static let inappropriateProtocol = DisconnectCode(rawValue: 3506)
    /// The client may not connect.
    package static let permissionDenied = DisconnectCode(rawValue: 3507)
    /// The server does not take this kind of message.
    package static let notAvailable = DisconnectCode(rawValue: 3508)
    /// The client made too many mistakes.
    package static let tooManyErrors = DisconnectCode(rawValue: 3509)

    /// Every code that this server may send, with the reason sent along.
    package static let known: [(code: DisconnectCode, reason: String)] = [
        (.connectionClosed, "connection closed"), (.shutdown, "shutdown"),
        (.internalError, "internal server error"), (.expired, "connection expired"),
        (.subscriptionExpired, "subscription expired"), (.slow, "slow"), (.writeError, "write error"),
        (.insufficientState, "insufficient state"), (.forceReconnect, "force reconnect"),
        (.noPong, "no pong"), (.tooManyRequests, "too many requests"), (.invalidToken, "invalid token"),
        (.badRequest, "bad request"), (.stale, "stale"), (.forceDisconnect, "force disconnect"),
        (.connectionLimit, "connection limit"), (.channelLimit, "channel limit"),
        (.inappropriateProtocol, "inappropriate protocol"), (.permissionDenied, "permission denied"),
        (.notAvailable, "not available"), (.tooManyErrors, "too many errors"),
    ]

    /// The reason that goes with the code; empty for unknown codes.
    package var reason: String { Self.known.first { $0.code == self }?.reason ?? "" }

    /// Whether a client connects again by itself: all but 3500–3999 and 4500–4999.
    package var shouldReconnect: Bool {
        !(3500...3999).contains(rawValue) && !(4500...4999).contains(rawValue)
    }
}

/// The end of a connection: a code and the reason put into the close frame.
package struct Disconnect: Error, Hashable, Sendable {
    /// A close frame's reason has at most so many bytes (RFC 6455 §5.5: 125 with the code's two).
    package static let longestReason = 123

    package let code: DisconnectCode
    /// At most `longestReason` bytes; for a shutdown it may be JSON with `retry_after_ms`.
    package let reason: String

    /// Makes an end; a reason too long for a close frame is replaced by the code's own.
    package init(_ code: DisconnectCode, reason: String? = nil) {
        self.code = code
        self.reason = reason.flatMap { $0.utf8.count <= Self.longestReason ? $0 : nil } ?? code.reason
    }

    /// A shutdown that asks the client to wait so long before it connects again.
    package static func shutdown(retryAfterMilliseconds: Int) -> Disconnect {
        Disconnect(
            .shutdown, reason: "{\"reason\":\"shutdown\",\"retry_after_ms\":\(retryAfterMilliseconds)}")
    }
}
