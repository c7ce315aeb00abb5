import EventLoop
import Postgres
import TestKit

/// Runs `body` on a fresh loop with a fresh database of the tests' server.
@discardableResult
func withDatabase<Value: Sendable>(
    _ body: @escaping @Sendable (TestDatabase, EventLoop) async throws -> Value
) async throws -> Value {
    let server = try await PrivatePostgres.shared()
    let loop = try EventLoop(index: 0, label: "test")
    return try await loop.perform {
        let database = try await server.makeDatabase(on: loop)
        return try await body(database, loop)
    }
}

/// Runs `body` with a pool of the owner of a fresh database.
@discardableResult
func withPool<Value: Sendable>(
    size: Int = 1, waiters: Int = 64,
    configure: @escaping @Sendable (inout PostgresConfiguration) -> Void = { _ in },
    _ body: @escaping @Sendable (PostgresPool, TestDatabase) async throws -> Value
) async throws -> Value {
    try await withDatabase { database, loop in
        var configuration = database.owner
        configure(&configuration)
        let pool = PostgresPool(loop: loop, configuration: configuration, size: size, waiters: waiters)
        defer { pool.close() }
        try await pool.waitUntilOpen(atMost: .seconds(30))
        return try await body(pool, database)
    }
}

extension PostgresPool {
    /// Sends a batch; the caller awaits the returned answer later, so that several are in flight.
    func begin(_ batch: TransactionBatch) -> Answer<[Rows]> {
        let answer = Answer<[Rows]>()
        self.batch(batch) { answer.give($0) }
        return answer
    }

    /// Runs a single statement for no tenant.
    @discardableResult
    func run(_ sql: String, _ values: [PostgresValue] = []) async throws(PostgresError) -> Rows {
        try await query(Statement(sql, isPrepared: false), values, tenant: nil)
    }
}

/// A result that is given once and awaited once, in either order.
///
/// Confined to one loop.
final class Answer<Value> {
    private var result: Result<Value, PostgresError>?
    private var waiter: CheckedContinuation<Void, Never>?

    /// Whether it was given.
    var isGiven: Bool { result != nil }

    func give(_ result: Result<Value, PostgresError>) {
        precondition(self.result == nil, "told twice")
        self.result = result
        waiter?.resume()
        waiter = nil
    }

    func value() async throws -> Value {
        if result == nil { await withCheckedContinuation { waiter = $0 } }
        guard let result else { throw PostgresError.cancelled }
        return try result.get()
    }
}
