import EventLoop

/// The async face, for what is not on a hot path. Every function is called, and returns, on the pool's loop.
///
/// Cancelling the caller's task ends its wait for a connection; what has been sent is always seen through, so
/// that its effects are known.
extension PostgresPool {
    /// Runs one statement as a transaction of its own, in one round trip.
    ///
    /// - Parameters:
    ///   - statement: The statement.
    ///   - values: Its parameters, `$1` first.
    ///   - tenant: Whose rows it sees; `nil` sees no tenant's rows.
    /// - Returns: What the statement gave back.
    /// - Throws: ``PostgresError``, which says what is known of the statement's effects.
    @discardableResult
    package func query(
        _ statement: Statement, _ values: [PostgresValue] = [], tenant: TenantID?
    ) async throws(PostgresError) -> Rows {
        var batch = TransactionBatch()
        batch.append(statement, values, tenant: tenant)
        return try await run(batch)[0]
    }

    /// Runs a batch as one transaction, in one round trip.
    ///
    /// - Returns: The result of each statement, in order.
    @discardableResult
    package func run(_ batch: TransactionBatch) async throws(PostgresError) -> [Rows] {
        guard let shards else { return try await runHere(batch) }
        return try await shards.pool(of: batch.tenants, usual: self).runHere(batch)
    }

    /// Runs a batch in this pool's own database.
    func runHere(_ batch: TransactionBatch) async throws(PostgresError) -> [Rows] {
        let ticket = nextTicket()
        let answer = PendingAnswer<[Rows]>()
        submit(batch, ticket: ticket) { answer.give($0) }
        return try await value(of: answer, ticket: ticket)
    }

    /// Runs `body` in a transaction of one tenant: committed when it returns, rolled back when it throws.
    ///
    /// The connection is held until then. With `options.retries` the body runs again, from its start, after a
    /// serialization failure or a deadlock; it must not have other effects then.
    ///
    /// - Parameters:
    ///   - tenant: Whose rows the statements see; `nil` sees no tenant's rows.
    ///   - options: Isolation, limits, retries.
    ///   - body: The statements; it must let their errors out.
    /// - Returns: What the body returned, after the commit.
    /// - Throws: What the body throws, or ``PostgresError`` from getting the connection and committing.
    @discardableResult
    package func transaction<Value>(
        tenant: TenantID?, options: TransactionOptions = TransactionOptions(),
        _ body: (PostgresTransaction) async throws -> Value
    ) async throws -> Value {
        guard let shards, let tenant else {
            return try await transactionHere(tenant: tenant, options: options, body)
        }
        return try await shards.pool(of: tenant).transactionHere(tenant: tenant, options: options, body)
    }

    private func transactionHere<Value>(
        tenant: TenantID?, options: TransactionOptions, _ body: (PostgresTransaction) async throws -> Value
    ) async throws -> Value {
        var triesLeft = options.retries
        while true {
            let connection = try await hold()
            let transaction = PostgresTransaction(
                connection: connection, tenant: tenant, options: options,
                home: shard == ShardMap.home ? nil : shards?.home, shard: shard)
            do {
                let value = try await body(transaction)
                try await transaction.commit()
                giveBack(connection)
                return value
            } catch {
                await transaction.rollback()
                giveBack(connection)
                guard triesLeft > 0, let cause = error as? PostgresError, cause.isTransient else {
                    throw error
                }
                triesLeft -= 1
            }
        }
    }

    private func hold() async throws(PostgresError) -> PostgresConnection {
        let ticket = nextTicket()
        let answer = PendingAnswer<PostgresConnection>()
        acquire(ticket: ticket) { answer.give($0) }
        return try await value(of: answer, ticket: ticket)
    }

    /// Awaits an answer; while its caller is in line, cancelling the task takes it out.
    private func value<Value>(
        of answer: PendingAnswer<Value>, ticket: UInt64
    ) async throws(PostgresError) -> Value {
        if isWaiting(ticket: ticket) {
            let pool = LoopBound(self, loop: loop)
            let box = LoopBound(answer, loop: loop)
            // The operation may run off the loop, so it touches the boxes alone.
            await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    box.loop.execute { box.value.resumeWhenGiven(continuation) }
                }
            } onCancel: {
                pool.loop.execute { pool.value.cancelWait(ticket: ticket) }
            }
        }
        return try await answer.value()
    }
}

/// A result that is given once and awaited by one.
///
/// Confined to the pool's loop.
private final class PendingAnswer<Value> {
    private var result: Result<Value, PostgresError>?
    private var waiter: CheckedContinuation<Void, Never>?

    func give(_ result: Result<Value, PostgresError>) {
        self.result = result
        waiter?.resume()
        waiter = nil
    }

    func resumeWhenGiven(_ continuation: CheckedContinuation<Void, Never>) {
        if result == nil { waiter = continuation } else { continuation.resume() }
    }

    func value() async throws(PostgresError) -> Value {
        // Looked at again within: a body without an actor of its own is queued once more before it gets there, and the
        // answer may come first.
        if result == nil { await withCheckedContinuation { resumeWhenGiven($0) } }
        guard let result else { throw .cancelled }
        return try result.get()
    }
}
