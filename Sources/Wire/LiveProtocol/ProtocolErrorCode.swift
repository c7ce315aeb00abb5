/// Why a command was refused: the numbers that an error reply carries.
///
/// 100–399 belong to the client protocol and mean the same with every server that speaks it; 400–1999 are ours.
package struct ProtocolErrorCode: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Something went wrong inside; the cause is in the server's log.
    package static let `internal` = ProtocolErrorCode(rawValue: 100)
    /// The client did not say who it is.
    package static let unauthorized = ProtocolErrorCode(rawValue: 101)
    /// No namespace holds such a channel.
    package static let unknownChannel = ProtocolErrorCode(rawValue: 102)
    /// The client may not do this, or there is nothing there that it may know of.
    package static let permissionDenied = ProtocolErrorCode(rawValue: 103)
    /// No such command or RPC method.
    package static let methodNotFound = ProtocolErrorCode(rawValue: 104)
    /// The client has subscribed to this channel before.
    package static let alreadySubscribed = ProtocolErrorCode(rawValue: 105)
    /// A limit other than a rate was exceeded.
    package static let limitExceeded = ProtocolErrorCode(rawValue: 106)
    /// The command or its data is malformed; the message names the field.
    package static let badRequest = ProtocolErrorCode(rawValue: 107)
    /// The namespace does not offer this.
    package static let notAvailable = ProtocolErrorCode(rawValue: 108)
    /// The token has expired; the client should get a new one.
    package static let tokenExpired = ProtocolErrorCode(rawValue: 109)
    /// The connection or subscription has expired, without a token being involved.
    package static let expired = ProtocolErrorCode(rawValue: 110)
    /// Too many commands in too short a time; later it will work.
    package static let tooManyRequests = ProtocolErrorCode(rawValue: 111)
    /// The history does not reach back to the position asked for.
    package static let unrecoverablePosition = ProtocolErrorCode(rawValue: 112)
    /// The token was withdrawn.
    package static let tokenRevoked = ProtocolErrorCode(rawValue: 113)

    /// The codes that the protocol itself defines, with the sentence sent along.
    package static let known: [(code: ProtocolErrorCode, message: String)] = [
        (.internal, "internal server error"), (.unauthorized, "unauthorized"),
        (.unknownChannel, "unknown channel"), (.permissionDenied, "permission denied"),
        (.methodNotFound, "method not found"), (.alreadySubscribed, "already subscribed"),
        (.limitExceeded, "limit exceeded"), (.badRequest, "bad request"), (.notAvailable, "not available"),
        (.tokenExpired, "token expired"), (.expired, "expired"), (.tooManyRequests, "too many requests"),
        (.unrecoverablePosition, "unrecoverable position"), (.tokenRevoked, "token revoked"),
    ]

    /// Whether the same command may succeed later without being changed.
    package var isTemporary: Bool { self == .internal || self == .tooManyRequests }

    /// The sentence that goes with the code; for codes of our own, `error` and the number.
    package var message: String {
        Self.known.first { $0.code == self }?.message ?? "error \(rawValue)"
    }
}

/// An error as a reply carries it: exactly a code, a message and whether it is temporary.
package struct ProtocolError: Error, Hashable, Sendable {
    package let code: ProtocolErrorCode
    /// A sentence for the client's developer; it holds no internals.
    package let message: String
    /// Whether the client may send the same command again a little later.
    package let isTemporary: Bool

    /// Makes an error with the code's own message and nature.
    package init(_ code: ProtocolErrorCode) {
        self.init(code, message: code.message, isTemporary: code.isTemporary)
    }

    /// Makes an error with a message of its own.
    package init(_ code: ProtocolErrorCode, message: String, isTemporary: Bool = false) {
        self.code = code
        self.message = message
        self.isTemporary = isTemporary
    }

    /// A bad request (107) whose message says what is wrong: `bad request: field "text" is missing`.
    package static func badRequest(_ what: String) -> ProtocolError {
        ProtocolError(.badRequest, message: "bad request: \(what)")
    }
}
