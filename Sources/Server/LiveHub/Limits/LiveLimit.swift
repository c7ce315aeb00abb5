package import LiveProtocol

/// The name of a limit, as clients are told it and as metrics bear it: `user.connections`.
///
/// What a limit answers with follows from its nature.
package struct LiveLimit: Hashable, Sendable, CustomStringConvertible {
    /// What somebody beyond the limit is told.
    package enum Nature: UInt8, Hashable, Sendable {
        /// Too many in a time: error 111, temporary.
        case rate
        /// Too many that stand at a time, of which some may go without this client's doing: error 106, temporary.
        case count
        /// Too many of this client's own: error 106.
        case own
        /// The result of a call is `refused` with the reason `rate_limited`.
        case refusal
        /// Nothing: it is dropped.
        case drop
        /// The connection is closed.
        case close
    }

    package let name: String
    package let nature: Nature

    package init(_ name: String, _ nature: Nature) {
        self.name = name
        self.nature = nature
    }

    package var description: String { name }

    /// The error that a command beyond the limit is answered with; its message ends in the limit's name.
    package var error: ProtocolError {
        switch nature {
        case .count: ProtocolError(.limitExceeded, message: message(.limitExceeded), isTemporary: true)
        case .own: ProtocolError(.limitExceeded, message: message(.limitExceeded))
        case .rate, .refusal, .drop, .close:
            ProtocolError(.tooManyRequests, message: message(.tooManyRequests), isTemporary: true)
        }
    }

    /// The code's sentence, and the name.
    private func message(_ code: ProtocolErrorCode) -> String { "\(code.message): \(name)" }

    // MARK: Those of a connection and of a node

    static let commands = LiveLimit("connection.commands", .rate)
    static let reads = LiveLimit("connection.reads", .rate)
    static let bytes = LiveLimit("connection.bytes", .rate)
    static let subscriptions = LiveLimit("connection.subscriptions", .own)
    /// Commands behind a `connect` that is not answered yet (3013).
    static let waiting = LiveLimit("connection.waiting", .close)
    /// Refusals for what came too fast (3013).
    static let refusals = LiveLimit("connection.refusals", .close)
    /// Malformed commands (3509).
    static let errors = LiveLimit("connection.errors", .close)
    /// Connections that a loop lets in.
    static let joins = LiveLimit("node.joins", .rate)

    static let own = [commands, reads, bytes, subscriptions, waiting, refusals, errors, joins]
}
