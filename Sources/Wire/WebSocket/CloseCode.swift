/// Why a connection ends (RFC 6455 §7.4 and the IANA registry of close codes).
package struct CloseCode: RawRepresentable, Hashable, Sendable {
    /// The number.
    package let rawValue: UInt16

    /// Takes any number; ``mayTravel`` says whether a close frame may hold it.
    package init(rawValue: UInt16) { self.rawValue = rawValue }

    /// The purpose is fulfilled.
    package static let normal = CloseCode(rawValue: 1000)
    /// The server goes down, or the browser leaves the page.
    package static let goingAway = CloseCode(rawValue: 1001)
    /// The peer broke the framing rules.
    package static let protocolError = CloseCode(rawValue: 1002)
    /// The kind of data is not accepted (say, binary).
    package static let unsupportedData = CloseCode(rawValue: 1003)
    /// Never sent: stands for a close frame without a code.
    package static let noStatus = CloseCode(rawValue: 1005)
    /// Never sent: stands for a connection that ended without a close frame.
    package static let abnormal = CloseCode(rawValue: 1006)
    /// The payload does not fit its kind (text that is not UTF-8).
    package static let invalidPayload = CloseCode(rawValue: 1007)
    /// The peer broke a rule of ours that no other code names.
    package static let policyViolation = CloseCode(rawValue: 1008)
    /// The message is larger than we take.
    package static let messageTooBig = CloseCode(rawValue: 1009)
    /// From clients only: the server did not agree to an extension that is needed.
    package static let missingExtension = CloseCode(rawValue: 1010)
    /// Something unexpected happened on our side.
    package static let internalError = CloseCode(rawValue: 1011)
    /// The service restarts; reconnect (IANA).
    package static let serviceRestart = CloseCode(rawValue: 1012)
    /// The service is overloaded; reconnect later (IANA).
    package static let tryAgainLater = CloseCode(rawValue: 1013)
    /// A gateway got an invalid answer (IANA).
    package static let badGateway = CloseCode(rawValue: 1014)
    /// Never sent: stands for a failed TLS handshake.
    package static let tlsFailure = CloseCode(rawValue: 1015)

    /// Whether a close frame may hold this code: named ones, registered (3000–3999), private (4000–4999).
    ///
    /// 1004 is reserved; 1005, 1006 and 1015 are for reporting only; 1016–2999 belong to later standards.
    package var mayTravel: Bool {
        switch rawValue {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }

    /// Whether that side may be the first to send this code; an echo may repeat any that ``mayTravel``.
    package func mayStart(from peer: Peer) -> Bool {
        mayTravel && !(peer == .server && self == .missingExtension)
    }
}
