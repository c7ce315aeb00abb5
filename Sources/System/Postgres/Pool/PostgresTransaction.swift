import CLibPQ

/// A transaction with awaits between its statements; ``PostgresPool/transaction(tenant:options:_:)`` hands it
/// out.
///
/// It holds a connection of the pool for itself until its body returns, so nothing slow but statements
/// belongs into the body; asking the pool for another connection in there can use up the pool. Confined to
/// the pool's loop and useless once the body returned.
package final class PostgresTransaction {
    /// The pool of home, when this transaction runs in another database.
    ///
    /// What it does there is committed by itself, before this transaction is; nothing at home waits for other databases,
    /// so the two cannot wait for each other.
    package let home: PostgresPool?
    /// The number of the database in which it runs.
    package let shard: Int
    private let connection: PostgresConnection
    private let options: TransactionOptions
    /// What goes before the first statement, in the same flight: a failing `BEGIN` takes everything with it.
    private var opening: [Step]
    private var isOver = false
    private var commitHooks: [() -> Void] = []

    init(
        connection: PostgresConnection, tenant: TenantID?, options: TransactionOptions,
        home: PostgresPool? = nil, shard: Int = ShardMap.home
    ) {
        self.home = home
        self.shard = shard
        self.connection = connection
        self.options = options
        opening = [Step(statement: options.begin, values: [], place: nil)]
        if let limit = options.statementTimeout { opening.append(.setStatementTimeout(limit)) }
        if let tenant { opening.append(.setTenant(tenant)) }
        for setting in options.settings { opening.append(.set(setting.name, to: setting.value)) }
    }

    /// Runs one statement.
    ///
    /// After an error the transaction can only be rolled back: let the error leave the body.
    @discardableResult
    package func query(_ statement: Statement, _ values: [PostgresValue] = []) async throws(PostgresError)
        -> Rows
    {
        try await query([(statement, values)])[0]
    }

    /// Runs several statements in one round trip; they stop at the first that fails.
    @discardableResult
    package func query(_ statements: [(Statement, [PostgresValue])]) async throws(PostgresError) -> [Rows] {
        precondition(!isOver, "the transaction is over")
        let steps = statements.enumerated().map { Step(statement: $1.0, values: $1.1, place: $0) }
        return try await fly(steps)
    }

    /// Has `body` called once, on the loop, after the commit; never when the transaction is rolled back, or when whether
    /// it was committed is unknown.
    package func afterCommit(_ body: @escaping () -> Void) {
        precondition(!isOver, "the transaction is over")
        commitHooks.append(body)
    }

    private func fly(_ steps: [Step]) async throws(PostgresError) -> [Rows] {
        let all = opening + steps
        opening = []
        let result = await withCheckedContinuation { continuation in
            connection.fly(
                Flight(steps: all, isWholeTransaction: false, statementTimeout: options.statementTimeout) {
                    continuation.resume(returning: $0)
                })
        }
        return try result.get()
    }

    /// Ends it for good.
    ///
    /// - Throws: What the server says; `25P02` when a statement had failed and the body hid it.
    func commit() async throws(PostgresError) {
        isOver = true
        if opening.isEmpty {
            let results = try await fly([Step(statement: "COMMIT", values: [], place: 0)])
            guard results[0].commandTag == "COMMIT" else {
                throw .server(
                    .init(state: .inFailedTransaction, message: "a statement had failed: rolled back"))
            }
        }
        for hook in commitHooks { hook() }
    }

    /// Gives everything up; a connection that cannot even do that is closed.
    func rollback() async {
        isOver = true
        guard opening.isEmpty, connection.isReady, !connection.isOutsideTransaction else { return }
        do {
            _ = try await fly([Step(statement: "ROLLBACK", values: [], place: 0)])
        } catch {
            connection.close(.connectionLost("a transaction could not be rolled back"))
        }
    }
}
