/// One statement of a batch with its parameters.
struct Step: Sendable {
    var statement: Statement
    var values: [PostgresValue]
    /// Its place among the caller's statements; `nil` for what this module adds (tenant, begin), whose result
    /// is dropped.
    var place: Int?
}

/// Statements that travel together and end with one Sync, and what became of them.
///
/// Without a `BEGIN` among them they are one transaction: the server opens it with the first and commits it
/// at the Sync, or rolls it back when one fails (PostgreSQL documentation, "Pipelining").
final class Flight {
    let steps: [Step]
    /// Whether the flight is a transaction of its own, and so can be flown again when a prepared plan was
    /// stale.
    let isWholeTransaction: Bool
    /// The limit of each statement when it differs from the connection's.
    let statementTimeout: Duration?
    /// Told once: the results of the steps that have a place, or why there are none.
    let then: (Result<[Rows], PostgresError>) -> Void

    /// What each step was sent as; the same order as `steps`.
    var variants: [PreparedStatements.Variant?] = []
    var results: [Rows] = []
    var error: PostgresError?
    var failedStep: Int?
    var wasRetried = false

    init(
        steps: [Step], isWholeTransaction: Bool, statementTimeout: Duration? = nil,
        then: @escaping (Result<[Rows], PostgresError>) -> Void
    ) {
        self.steps = steps
        self.isWholeTransaction = isWholeTransaction
        self.statementTimeout = statementTimeout
        self.then = then
    }

    /// Forgets what came back, for another try.
    func reset() {
        variants = []
        results = []
        error = nil
        failedStep = nil
    }
}
