package import JSON
package import Postgres

/// One event that is to be appended to a log channel, exactly once for its key.
package struct LogAppend: Sendable {
    /// Where it goes.
    package let channel: ChannelKey
    /// Whose event it is; keys are scoped to channel, author and method.
    package let author: Int64
    /// The method that made it, such as `chat.send`.
    package let method: String
    /// The client's key.
    package let key: PostgresUUID
    /// A digest of what the client asked for: the same key with another digest is refused.
    package let digest: Int64
    /// When the command was read, in milliseconds since 1970.
    package let at: Int64
    /// The event, an object without `id`: the log adds its offset as `id`.
    package let body: RawJSON
    /// Earlier events of the same channel that this one hides: they become a `skip` in history.
    package let hides: [UInt64]

    /// Describes an event.
    package init(
        channel: ChannelKey, author: Int64, method: String, key: PostgresUUID, digest: Int64, at: Int64,
        body: RawJSON,
        hides: [UInt64] = []
    ) {
        self.channel = channel
        self.author = author
        self.method = method
        self.key = key
        self.digest = digest
        self.at = at
        self.body = body
        self.hides = hides
    }

    /// The same event with another body.
    func with(body: RawJSON) -> LogAppend {
        LogAppend(
            channel: channel, author: author, method: method, key: key, digest: digest, at: at, body: body,
            hides: hides)
    }
}

/// What became of an event.
///
/// Told after commit, never before.
package enum AppendOutcome: Sendable, Equatable {
    /// It stands in the log.
    case recorded(offset: UInt64, at: Int64)
    /// The key had been used for the same event: this is the first result.
    case duplicate(offset: UInt64, at: Int64, event: RawJSON)
    /// The key had been used for something else; nothing was written.
    case keyReused
    /// A rule that was checked within the transaction speaks against it; nothing was written.
    case refused(String)
    /// Nothing is known to be written; the same key may be sent again.
    case unavailable
}

/// An event that is appended together with other changes of the database, in one transaction.
package struct LogTransaction: Sendable {
    /// What the transaction's body has decided.
    package enum Decision: Sendable {
        /// Append the event, and these further ones of the same institution, in this order.
        case append(RawJSON, further: [LogAppend] = [])
        /// Change nothing.
        case refuse(String)
    }

    /// The event's channel, author, method, key, digest and time; its body is what `decide` makes.
    package let head: LogAppend
    /// Reads, checks and writes in the transaction; runs once per key, alone on this node's log.
    package let decide: @Sendable (PostgresTransaction) async throws -> Decision

    /// Describes a transaction; `head.body` is ignored.
    package init(
        head: LogAppend, decide: @escaping @Sendable (PostgresTransaction) async throws -> Decision
    ) {
        self.head = head
        self.decide = decide
    }
}
