/// How an interactive transaction runs.
package struct TransactionOptions: Sendable {
    /// What other transactions' commits it sees (PostgreSQL documentation, "Transaction Isolation").
    package enum Isolation: Sendable { case readCommitted, repeatableRead, serializable }

    package var isolation: Isolation
    /// Refuses to write.
    package var isReadOnly: Bool
    /// The limit of each statement; `nil` keeps the connection's.
    package var statementTimeout: Duration?
    /// How often the body is run again after a serialization failure or a deadlock.
    package var retries: Int
    /// Settings of the transaction (`cohort.origin`), which triggers read; they travel with its first statement.
    package var settings: [(name: String, value: String)]

    package init(
        isolation: Isolation = .readCommitted, isReadOnly: Bool = false, statementTimeout: Duration? = nil,
        retries: Int = 0, settings: [(name: String, value: String)] = []
    ) {
        self.isolation = isolation
        self.isReadOnly = isReadOnly
        self.statementTimeout = statementTimeout
        self.retries = retries
        self.settings = settings
    }

    /// The statement that begins it.
    var begin: Statement {
        switch (isolation, isReadOnly) {
        case (.readCommitted, false): "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
        case (.readCommitted, true): "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY"
        case (.repeatableRead, false): "BEGIN ISOLATION LEVEL REPEATABLE READ READ WRITE"
        case (.repeatableRead, true): "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        case (.serializable, false): "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE"
        case (.serializable, true): "BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY"
        }
    }
}
