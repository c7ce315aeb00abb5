/// Why the server ended a subscription while the connection goes on.
///
/// From 2500 on, clients subscribe again by themselves; below, they do not.
package struct UnsubscribeCode: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// The server withdrew the subscription: the right to it ended.
    package static let server = UnsubscribeCode(rawValue: 2000)
    /// The server cannot continue the channel without a gap; subscribing again recovers.
    package static let insufficientState = UnsubscribeCode(rawValue: 2500)
    /// The subscription's token has run out.
    package static let expired = UnsubscribeCode(rawValue: 2501)

    /// Every code that this server may send, with the reason sent along.
    package static let known: [(code: UnsubscribeCode, reason: String)] = [
        (.server, "server unsubscribe"), (.insufficientState, "insufficient state"),
        (.expired, "subscription expired"),
    ]

    /// The reason that goes with the code; empty for unknown codes.
    package var reason: String { Self.known.first { $0.code == self }?.reason ?? "" }

    /// Whether a client subscribes again by itself.
    package var shouldResubscribe: Bool { rawValue >= 2500 }
}
