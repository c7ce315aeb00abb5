import EventLoop
import Foundation
import JSON
import JobQueue
import Postgres
import Sockets
import Telemetry
import Tenancy
import TestKit
import Testing

@testable import Cohort

@Suite(.timeLimit(.minutes(2)))
struct `A node that only does jobs` {
    private func database(on loop: EventLoop) async throws -> TestDatabase {
        try await loop.perform {
            let database = try await PrivatePostgres.shared().makeDatabase(on: loop)
            try await Migrator(Schema.migrations).run(on: loop, configuration: database.owner)
            return database
        }
    }

    private func configuration(_ database: TestDatabase, _ flags: [String] = []) throws -> Configuration {
        try Configuration(
            arguments: [
                "--listen-port=0", "--roles=worker", "--database-url=\(database.url())",
                "--drain-limit-seconds=5",
            ] + flags, environment: [:], file: nil)
    }

    private func status(_ path: String, _ port: UInt16) async throws -> Int {
        try await offPool {
            try TestClient(port: port).exchange(
                "GET \(path) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
            )
            .status
        }
    }

    @Test func `answers probes and nobody else, and does a job that another node has put there`() async throws
    {
        let loop = try EventLoop(index: 0, label: "test-worker")
        let database = try await database(on: loop)
        var extras = Server.Extras()
        extras.sink = LogSink { _ in }
        extras.hasTestEndpoints = true
        let server = try await WorkerServer.start(try configuration(database), extras: extras)
        for (path, expected) in [
            ("/healthz", 200), ("/readyz", 200), ("/metrics", 200), ("/", 404), ("/api/v1/users/self", 404),
            ("/connection/websocket", 404),
        ] {
            #expect(try await status(path, server.address.port) == expected, "\(path)")
        }
        try await run(
            in: [TenantID(rawValue: 1)],
            ShardPlan([:], directory: ShardDirectory(), lookup: ShardQueries.lookup), database, on: loop)
        await server.drain()
    }

    @Test func `does the jobs of every database`() async throws {
        let loop = try EventLoop(index: 0, label: "test-worker")
        let database = try await database(on: loop)
        let far = TenantID(rawValue: ShardMap.ids(of: 1).lowerBound)
        let shard = try await loop.perform {
            try await database.asSuperuser(
                "INSERT INTO institution_shards (institution_id, shard) VALUES (\(far), 1)", on: loop)
            return try await TestServer.makeShard(on: loop)
        }
        var extras = Server.Extras()
        extras.sink = LogSink { _ in }
        extras.hasTestEndpoints = true
        let server = try await WorkerServer.start(
            try configuration(database, ["--database-shards=1=\(shard.url())"]), extras: extras)
        let plan = ShardPlan([1: shard.app], directory: ShardDirectory(), lookup: ShardQueries.lookup)
        try await run(in: [TenantID(rawValue: 1), far], plan, database, on: loop)
        await server.drain()
    }

    /// Adds a job of each institution and waits until it is done.
    private func run(
        in institutions: [TenantID], _ plan: ShardPlan, _ database: TestDatabase, on loop: EventLoop
    ) async throws {
        try await loop.perform {
            let pool = PostgresPool(
                loop: loop, configuration: database.app, size: 1, waiters: 16, shards: plan)
            defer { pool.close() }
            let queue = JobQueue(catalogue: Jobs.all(hasTestEndpoints: true), loop: loop)
            for institution in institutions {
                let job = try await pool.transaction(tenant: institution) { transaction in
                    try await transaction.enqueue(
                        [try JobRequest(kind: "test.empty", payload: .null)], to: queue)[0]
                }
                #expect(ShardMap.shard(ofID: job.id) == ShardMap.shard(ofID: institution.rawValue))
                let end = loop.now + .seconds(30)
                let state: Statement = "SELECT state FROM job_heads WHERE id = $1"
                while try await pool.query(state, [.int(job.id)], tenant: institution)[0].text(0)
                    != "completed"
                {
                    try #require(loop.now < end, "the job was not done")
                    await withCheckedContinuation { continuation in
                        _ = loop.schedule(after: .milliseconds(20)) { continuation.resume() }
                    }
                }
            }
        }
    }

    @Test func `does not start without the schema, and needs no secret`() async throws {
        let loop = try EventLoop(index: 0, label: "test-worker")
        let bare = try await loop.perform { try await PrivatePostgres.shared().makeDatabase(on: loop) }
        let failure = await failure(ServerProblem.self) {
            try await WorkerServer.start(try configuration(bare))
        }
        #expect("\(String(describing: failure))".contains("run cohort migrate"))
    }

    @Test func `has no kinds of tests without test endpoints`() {
        #expect(Jobs.all(hasTestEndpoints: false).kinds.allSatisfy { !$0.name.hasPrefix("test.") })
        #expect(Jobs.all(hasTestEndpoints: true).kind("test.empty") != nil)
    }
}
