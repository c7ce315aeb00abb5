import EventLoop
import JSON
@testable import JobQueue
import Logging
import Postgres
import Synchronization
import Telemetry
import TestKit

/// A kind whose handler the test writes.
struct TestKind: JobKind {
    var name = "test.work"
    var policy = JobPolicy(backoff: Backoff(base: .milliseconds(1), limit: .milliseconds(2)))
    var body: @Sendable (JobRun) async throws -> JobOutcome = { _ in .completed }

    func run(_ run: JobRun) async throws -> JobOutcome { try await body(run) }
}

/// Says from one place what another waits for.
final class Signal: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream() }

    func give() { continuation.finish() }
    func wait() async { for await _ in stream {} }
}

/// What handlers have done, in order.
final class Diary: Sendable {
    private let entries = Mutex<[String]>([])

    func write(_ entry: String) { entries.withLock { $0.append(entry) } }
    var all: [String] { entries.withLock { $0 } }
    func count(_ entry: String) -> Int { all.count { $0 == entry } }
}

/// A database of its own with the queue's schema and a table for effects; workers are made on it.
///
/// Everything runs on one loop, each worker with connections of its own, as on a node of its own.
final class QueueSite: Sendable {
    let loop: EventLoop
    let database: TestDatabase
    /// Whom the test itself asks by.
    let pool: LoopBound<PostgresPool>
    private let pools = Mutex<[LoopBound<PostgresPool>]>([])

    private init(loop: EventLoop, database: TestDatabase, pool: LoopBound<PostgresPool>) {
        self.loop = loop
        self.database = database
        self.pool = pool
    }

    deinit {
        for pool in pools.withLock({ $0 }) + [pool] { pool.loop.execute { pool.value.close() } }
    }

    static func open() async throws -> QueueSite {
        let loop = try EventLoop(index: 0, label: "jobs")
        let database = try await loop.perform {
            let database = try await PrivatePostgres.shared().makeDatabase(on: loop)
            let effects = Migration(
                number: 900, name: "effects",
                sql: """
                    CREATE TABLE effects (institution_id bigint NOT NULL, id bigint GENERATED ALWAYS AS IDENTITY, text text);
                    """)
            _ = try await Migrator(JobQueueMigrations.all + [effects]).run(
                on: loop, configuration: database.owner)
            return database
        }
        let pool = try await loop.perform {
            LoopBound(
                PostgresPool(loop: loop, configuration: database.app, size: 4, waiters: 1000), loop: loop)
        }
        return QueueSite(loop: loop, database: database, pool: pool)
    }

    /// Runs a test's body on the loop.
    func run<Value: Sendable>(
        _ body: @escaping @Sendable (QueueDesk) async throws -> Value
    ) async throws -> Value {
        try await loop.perform { try await body(QueueDesk(site: self)) }
    }

    fileprivate func makePool() -> PostgresPool {
        let pool = PostgresPool(loop: loop, configuration: database.app, size: 4, waiters: 1000)
        pools.withLock { $0.append(LoopBound(pool, loop: loop)) }
        return pool
    }
}

/// What a test does with a site, on its loop.
struct QueueDesk {
    let site: QueueSite

    var loop: EventLoop { site.loop }
    var pool: PostgresPool { site.pool.value }

    static let here = TenantID(rawValue: 1)
    static let there = TenantID(rawValue: 2)

    /// A node's queue, and a worker of it that has not begun.
    func node(
        _ kinds: [TestKind], slots: Int = 8, metrics: Metrics = Metrics(),
        _ change: (inout JobSettings) -> Void = { _ in }
    ) -> TestNode {
        var settings = JobSettings()
        settings.slots = slots
        settings.floor = .milliseconds(20)
        change(&settings)
        let queue = JobQueue(catalogue: JobCatalogue(kinds), loop: loop)
        let meters = JobMeters(metrics: metrics)
        let pool = site.makePool()
        return TestNode(
            queue: queue,
            worker: JobWorker(
                queue: queue, pool: pool, settings: settings, meters: meters, logger: Log.silent),
            meters: meters)
    }

    /// Adds jobs in a transaction of their own.
    @discardableResult
    func enqueue(
        _ requests: [JobRequest], to queue: JobQueue, in institution: TenantID = here
    ) async throws -> [EnqueuedJob] {
        try await pool.transaction(tenant: institution) { try await $0.enqueue(requests, to: queue) }
    }

    /// Adds one job; its payload is a text.
    @discardableResult
    func enqueue(
        _ text: String = "", key: String? = nil, kind: String = "test.work", progress: ProgressRequest? = nil,
        to queue: JobQueue, in institution: TenantID = here
    ) async throws -> EnqueuedJob {
        let request = try JobRequest(
            kind: kind, payload: RawJSON(.string(text)), uniqueKey: key, progress: progress)
        return try await enqueue([request], to: queue, in: institution)[0]
    }

    /// One value of one row, as the superuser.
    func value(_ sql: String) async throws -> String? {
        try await site.database.asSuperuser("SELECT (\(sql))::text", on: loop)[0].first?.textOrNil(0)
    }

    /// The state of a job.
    func state(_ id: Int64) async throws -> String? {
        try await value("SELECT state FROM job_heads WHERE id = \(id)")
    }

    /// What handlers wrote, in order.
    func effects() async throws -> [String] {
        try await site.database.asSuperuser("SELECT text FROM effects ORDER BY id", on: loop)[0].map {
            try $0.text(0)
        }
    }

    /// Looks until something is so.
    func until(_ condition: () async throws -> Bool) async throws {
        let end = loop.now + .seconds(30)
        while !(try await condition()) {
            guard loop.now < end else { throw QueueSiteError.neverHappened }
            await withCheckedContinuation { continuation in
                _ = loop.schedule(after: .milliseconds(10)) { continuation.resume() }
            }
        }
    }

    /// Looks until a job is in a state.
    func until(_ id: Int64, is state: JobState) async throws {
        try await until { try await self.state(id) == state.rawValue }
    }

    /// Has a job's lease run out.
    func endLease(_ id: Int64) async throws {
        try await site.database.asSuperuser(
            "UPDATE job_heads SET lease_until = now() - interval '1 second' WHERE id = \(id)", on: loop)
    }
}

/// One node's queue and worker.
struct TestNode {
    let queue: JobQueue
    let worker: JobWorker
    let meters: JobMeters
}

enum QueueSiteError: Error { case neverHappened }

/// An effect: a row with a text.
func effect(_ text: String, _ run: JobRun) -> JobOutcome {
    let institution = run.institution.rawValue
    return .completed { transaction in
        try await transaction.query(
            "INSERT INTO effects (institution_id, text) VALUES ($1, $2)", [.int(institution), .text(text)])
    }
}

extension JobRun {
    /// The payload of ``QueueDesk/enqueue(_:key:kind:progress:to:in:)``.
    var text: String { (try? JSONReader.read(payload.bytes))?.string ?? "" }
}
