@testable import Postgres
import EventLoop
import TestKit
import Testing

struct `A pool` {
    @Test func `lets callers wait in order, and refuses beyond its bound`() async throws {
        try await withPool(waiters: 2) { pool, _ in
            func select(_ number: Int64) -> Answer<[Rows]> {
                var batch = TransactionBatch()
                batch.append("SELECT $1", [.int(number)], tenant: nil)
                return pool.begin(batch)
            }
            let answers = (0..<4).map { select(Int64($0)) }
            #expect(pool.waitingCallers == 2)
            #expect(!answers[3].isGiven)
            #expect(
                await failure(PostgresError.self) {
                    try await answers[3].value()
                } == PostgresError.unavailable("too many callers wait for a connection"))
            for number in 0..<3 {
                let results = try await answers[number].value()
                #expect(try results[0][0].int(0) == Int64(number))
            }
        }
    }

    @Test func `fails those who wait too long`() async throws {
        try await withPool(configure: { $0.waitTimeout = .milliseconds(50) }) { pool, _ in
            try await pool.transaction(tenant: nil) { transaction in
                _ = try await transaction.query("SELECT 1")
                #expect(
                    await failure(PostgresError.self) { try await pool.run("SELECT 2") }
                        == PostgresError.timeout(.waiting))
            }
            #expect(try await pool.run("SELECT 3").count == 1)
        }
    }

    @Test func `forgets a caller whose task is cancelled`() async throws {
        try await withPool { pool, _ in
            try await pool.transaction(tenant: nil) { _ in
                let caller = Caller(pool: LoopBound(pool, loop: pool.loop))
                let task = Task { await caller.error() }
                while pool.waitingCallers == 0 { await Task.yield() }
                task.cancel()
                #expect(await task.value == .cancelled)
                #expect(pool.waitingCallers == 0)
            }
        }
    }

    /// Somebody on the pool's loop with a task that can be cancelled.
    private actor Caller {
        nonisolated let pool: LoopBound<PostgresPool>
        nonisolated var unownedExecutor: UnownedSerialExecutor { pool.loop.asUnownedSerialExecutor() }

        init(pool: LoopBound<PostgresPool>) { self.pool = pool }

        func error() async -> PostgresError? {
            await failure(PostgresError.self) { try await pool.value.run("SELECT 1") }
        }
    }

    @Test func `commits what returns and rolls back what throws`() async throws {
        struct Stop: Error {}
        try await withPool(size: 2) { pool, _ in
            try await pool.run("CREATE TABLE t (a bigint)")
            let value = try await pool.transaction(tenant: nil) { transaction in
                _ = try await transaction.query("INSERT INTO t VALUES ($1)", [.int(1)])
                #expect(try await pool.run("SELECT * FROM t").isEmpty)
                return try await transaction.query([("SELECT 1", []), ("SELECT count(*) FROM t", [])])[1][0]
                    .int(0)
            }
            #expect(value == 1)
            #expect(
                await failure(Stop.self) {
                    try await pool.transaction(tenant: nil) { transaction in
                        _ = try await transaction.query("INSERT INTO t VALUES ($1)", [.int(2)])
                        throw Stop()
                    }
                } != nil)
            // A body that hides an error must not look as if it had been committed.
            do {
                try await pool.transaction(tenant: nil) { transaction in
                    _ = try await transaction.query("INSERT INTO t VALUES ($1)", [.int(3)])
                    _ = try? await transaction.query("SELECT 1/0")
                }
                Issue.record("a failed transaction was committed")
            } catch let error as PostgresError {
                #expect(error.state == .inFailedTransaction)
            }
            try await pool.transaction(tenant: nil) { _ in }
            let rows = try await pool.run("SELECT array_agg(a) FROM t")
            #expect(try rows[0].intArray(0) == [1])
            #expect(pool.openConnections == 2)
        }
    }

    @Test func `runs a transaction again after a serialization failure`() async throws {
        try await withPool(size: 2) { pool, _ in
            try await pool.run("CREATE TABLE t (a bigint)")
            try await pool.run("INSERT INTO t VALUES (0)")
            var tries = 0
            let options = TransactionOptions(isolation: .repeatableRead, retries: 3)
            try await pool.transaction(tenant: nil, options: options) { transaction in
                tries += 1
                let value = try await transaction.query("SELECT a FROM t")[0].int(0)
                if tries == 1 { try await pool.run("UPDATE t SET a = 10") }
                _ = try await transaction.query("UPDATE t SET a = $1", [.int(value + 1)])
            }
            #expect(tries == 2)
            #expect(try await pool.run("SELECT a FROM t")[0].int(0) == 11)
        }
    }

    @Test func `keeps a read-only transaction from writing, and limits its statements`() async throws {
        try await withPool { pool, _ in
            try await pool.run("CREATE TABLE t (a bigint)")
            #expect(
                await failure(PostgresError.self) {
                    try await pool.transaction(tenant: nil, options: TransactionOptions(isReadOnly: true)) {
                        _ = try await $0.query("INSERT INTO t VALUES (1)")
                    }
                } != nil)
            let limited = TransactionOptions(statementTimeout: .milliseconds(50))
            #expect(
                await failure(PostgresError.self) {
                    try await pool.transaction(tenant: nil, options: limited) {
                        _ = try await $0.query("SELECT pg_sleep(20)")
                    }
                } == PostgresError.timeout(.statement))
        }
    }

    @Test func `refuses everything once it is closed`() async throws {
        try await withPool { pool, _ in
            var batch = TransactionBatch()
            batch.append("SELECT pg_sleep(20)", tenant: nil)
            let (sent, waiting) = (pool.begin(batch), pool.begin(batch))
            pool.close()
            for answer in [sent, waiting, pool.begin(batch)] {
                #expect(
                    await failure(PostgresError.self) { try await answer.value() }
                        == PostgresError.unavailable("the pool is closed"))
            }
        }
    }

    @Test func `says why it cannot connect`() async throws {
        try await withDatabase { database, loop in
            let pool = PostgresPool(
                loop: loop, configuration: database.owner.with(database: "nowhere"), size: 1, waiters: 4)
            defer { pool.close() }
            pool.start()
            while pool.lastError == nil { await Task.yield() }
            let error = await failure(PostgresError.self) { try await pool.waitUntilOpen(atMost: .zero) }
            #expect(error?.description.contains("nowhere") == true)
        }
    }

    @Test func `an empty batch gives nothing`() async throws {
        try await withPool { pool, _ in
            let results = try await pool.run(TransactionBatch())
            #expect(results.isEmpty)
        }
    }
}
