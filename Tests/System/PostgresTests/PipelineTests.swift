@testable import Postgres
import TestKit
import Testing

struct `A pipeline` {
    @Test func `answers in order, several batches at once`() async throws {
        try await withPool(configure: { $0.pipelineDepth = 8 }) { pool, _ in
            let answers = (0..<8).map { number in
                var batch = TransactionBatch()
                for part in 0..<3 {
                    batch.append("SELECT $1", [.int(Int64(number * 10 + part))], tenant: nil)
                }
                return pool.begin(batch)
            }
            #expect(pool.inFlight == 8)
            for (number, answer) in answers.enumerated() {
                let results = try await answer.value()
                #expect(try results.map { try $0[0].int(0) } == (0..<3).map { Int64(number * 10 + $0) })
            }
        }
    }

    @Test func `an error takes its own batch with it and no other`() async throws {
        try await withPool(configure: { $0.pipelineDepth = 8 }) { pool, _ in
            try await pool.run("CREATE TABLE t (a bigint PRIMARY KEY)")
            func insert(_ numbers: [Int64]) -> Answer<[Rows]> {
                var batch = TransactionBatch()
                for number in numbers {
                    batch.append("INSERT INTO t VALUES ($1)", [.int(number)], tenant: TenantID(rawValue: 1))
                }
                return pool.begin(batch)
            }
            let first = insert([1, 2])
            let second = insert([3, 2, 4])
            let third = insert([5])
            #expect(try await first.value().map(\.affected) == [1, 1])
            do {
                _ = try await second.value()
                Issue.record("a duplicate was accepted")
            } catch PostgresError.server(let error) {
                #expect(error.state == .uniqueViolation)
                #expect(error.statement == 1)
                #expect(error.constraint == "t_pkey")
                #expect(error.table == "t")
            }
            #expect(try await third.value().map(\.affected) == [1])
            let rows = try await pool.run("SELECT array_agg(a ORDER BY a) FROM t")
            #expect(try rows[0].intArray(0) == [1, 2, 5])
        }
    }

    @Test func `a commit that fails fails the batch`() async throws {
        try await withPool(configure: { $0.pipelineDepth = 4 }) { pool, _ in
            try await pool.run("CREATE TABLE t (a bigint UNIQUE DEFERRABLE INITIALLY DEFERRED)")
            var batch = TransactionBatch()
            batch.append("INSERT INTO t VALUES (1)", tenant: nil)
            batch.append("INSERT INTO t VALUES (1)", tenant: nil)
            let failing = pool.begin(batch)
            var following = TransactionBatch()
            following.append("SELECT 1", tenant: nil)
            let next = pool.begin(following)
            do {
                _ = try await failing.value()
                Issue.record("the commit was accepted")
            } catch PostgresError.server(let error) {
                #expect(error.state == .uniqueViolation)
                #expect(error.statement == nil)
            }
            #expect(try await next.value().count == 1)
            #expect(try await pool.run("SELECT * FROM t").isEmpty)
        }
    }

    @Test func `a statement that cannot be prepared fails its batch, and can be used once it can`()
        async throws
    {
        try await withPool(configure: { $0.pipelineDepth = 4 }) { pool, _ in
            var batch = TransactionBatch()
            batch.append("SELECT 1", tenant: nil)
            batch.append("SELECT a FROM later", tenant: nil)
            let (first, second) = (pool.begin(batch), pool.begin(batch))
            for answer in [first, second] {
                do {
                    _ = try await answer.value()
                    Issue.record("a missing table was read")
                } catch PostgresError.server(let error) {
                    #expect(error.state == .undefinedTable)
                    #expect(error.statement == 1)
                }
            }
            try await pool.run("CREATE TABLE later (a int)")
            #expect(try await pool.run(batch).count == 2)
        }
    }

    @Test func `a plan made stale by a changed table is made anew, unseen`() async throws {
        try await withPool(size: 2) { pool, database in
            try await pool.run("CREATE TABLE t (a int)")
            try await pool.run("INSERT INTO t VALUES (1)")
            for _ in 0..<4 { #expect(try await pool.query("SELECT * FROM t", tenant: nil).columns == ["a"]) }
            try await database.asSuperuser("ALTER TABLE t ADD COLUMN b text DEFAULT 'x'", on: pool.loop)
            for _ in 0..<4 {
                #expect(try await pool.query("SELECT * FROM t", tenant: nil).columns == ["a", "b"])
            }
        }
    }

    @Test func `one text serves parameters of several types`() async throws {
        try await withPool { pool, _ in
            let statement: Statement = "SELECT $1 IS NULL, pg_typeof($1)::text"
            for (value, type) in [
                (PostgresValue.int(1), "bigint"), (.bool(true), "boolean"), (.int(nil), "bigint"),
            ] {
                let rows = try await pool.query(statement, [value], tenant: nil)
                #expect(try rows[0].text(1) == type)
            }
            let rows = try await pool.query(statement, [.null], tenant: nil)
            #expect(try rows[0].bool(0))
        }
    }

    @Test func `more statements than may be prepared still run`() async throws {
        try await withPool(configure: { $0.preparedLimit = 3 }) { pool, _ in
            for number in 0..<10 {
                let rows = try await pool.query(Statement("SELECT \(number)"), tenant: nil)
                #expect(try rows[0].int(0) == Int64(number))
            }
        }
    }

    @Test func `a batch that leaves a transaction open loses its connection, and nothing else`() async throws
    {
        try await withPool { pool, _ in
            _ = try await pool.run("BEGIN")
            _ = try await pool.run("SELECT 1")
            let rows = try await pool.run("SELECT pg_current_xact_id_if_assigned() IS NULL")
            #expect(try rows[0].bool(0))
        }
    }

    @Test func `a statement that takes too long is cancelled, and the limit can be narrower for a batch`()
        async throws
    {
        try await withPool(configure: { $0.statementTimeout = .seconds(1) }) { pool, _ in
            #expect(
                await failure(PostgresError.self) { try await pool.run("SELECT pg_sleep(20)") }
                    == PostgresError.timeout(.statement))
            var batch = TransactionBatch(statementTimeout: .milliseconds(50))
            batch.append("SELECT pg_sleep(0.5)", tenant: nil)
            #expect(
                await failure(PostgresError.self) { try await pool.run(batch) }
                    == PostgresError.timeout(.statement))
            _ = try await pool.run("SELECT pg_sleep(0.01)")
        }
    }

    @Test func `a server that falls silent loses the connection`() async throws {
        try await withPool(configure: {
            $0.statementTimeout = .seconds(2)
            $0.silenceGrace = .seconds(1)
        }) { pool, database in
            let pid = try await pool.run("SELECT pg_backend_pid()")[0].int(0)
            // The server cancels nothing while it is stopped.
            var batch = TransactionBatch()
            batch.append("SELECT set_config('statement_timeout', '0', true)", tenant: nil)
            batch.append("SELECT pg_sleep(20)", tenant: nil)
            #expect(
                await failure(PostgresError.self) { try await pool.run(batch) }
                    == PostgresError.timeout(.silence))
            try await database.asSuperuser("SELECT pg_terminate_backend(\(pid))", on: pool.loop)
            #expect(try await pool.run("SELECT 1").count == 1)
        }
    }

    @Test func `attributes every answer, whatever fails around it`() async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("pipeline seed: \(seed)")
        try await withPool(size: 2, waiters: 1000, configure: { $0.pipelineDepth = 7 }) { pool, _ in
            var random = SeededGenerator(seed: seed)
            var pending: [(answer: Answer<[Rows]>, numbers: [Int64], failing: Int?)] = []
            for number in 0..<400 {
                var batch = TransactionBatch()
                var numbers: [Int64] = []
                var failing: Int?
                for place in 0..<Int.random(in: 1...4, using: &random) {
                    let value = Int64(number * 10 + place)
                    let tenant = Bool.random(using: &random) ? TenantID(rawValue: value) : nil
                    let statement: Statement
                    switch Int.random(in: 0..<20, using: &random) {
                    case 0: statement = "SELECT $1 / 0"
                    case 1: statement = "SELECT $1 FROM missing"
                    case 2: statement = Statement("SELECT $1", isPrepared: false)
                    case 3: statement = Statement("SELECT $1 + \(number) - \(number)")
                    default: statement = "SELECT $1"
                    }
                    let isFailing = statement == "SELECT $1 / 0" || statement == "SELECT $1 FROM missing"
                    if isFailing, failing == nil { failing = place }
                    batch.append(statement, [.int(value)], tenant: tenant)
                    numbers.append(value)
                }
                pending.append((pool.begin(batch), numbers, failing))
            }
            for (answer, numbers, failing) in pending {
                do {
                    let results = try await answer.value()
                    #expect(try results.map { try $0[0].int(0) } == numbers)
                    #expect(failing == nil)
                } catch PostgresError.server(let error) {
                    #expect(error.statement == failing)
                }
            }
        }
    }

    @Test func `notices go to their handler`() async throws {
        let (notices, sink) = AsyncStream<String>.makeStream()
        try await withPool(configure: { $0.onNotice = { sink.yield($0) } }) { pool, _ in
            try await pool.run("DO $$ BEGIN RAISE NOTICE 'hear me'; END $$")
        }
        var iterator = notices.makeAsyncIterator()
        #expect(await iterator.next()?.contains("hear me") == true)
    }
}
