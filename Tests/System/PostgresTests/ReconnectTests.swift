import EventLoop
import Foundation
import Postgres
import TestKit
import Testing

struct `A lost connection` {
    @Test func `fails what is in flight and comes back`() async throws {
        try await withPool { pool, database in
            let pid = try await pool.run("SELECT pg_backend_pid()")[0].int(0)
            var batch = TransactionBatch()
            batch.append("SELECT pg_sleep(20)", tenant: nil)
            let answer = pool.begin(batch)
            try await database.asSuperuser("SELECT pg_terminate_backend(\(pid))", on: pool.loop)
            do {
                _ = try await answer.value()
                Issue.record("a terminated statement had a result")
            } catch PostgresError.connectionLost(let text) {
                #expect(text.contains("administrator command"))
            }
            let next = try await pool.run("SELECT pg_backend_pid()")[0].int(0)
            #expect(next != pid)
        }
    }

    @Test func `is noticed while it is idle`() async throws {
        try await withPool { pool, database in
            let pid = try await pool.run("SELECT pg_backend_pid()")[0].int(0)
            try await database.asSuperuser("SELECT pg_terminate_backend(\(pid))", on: pool.loop)
            while pool.openConnections > 0 { await Task.yield() }
            #expect(try await pool.query("SELECT 1", tenant: nil).count == 1)
        }
    }

    @Test func `rolls an interactive transaction back`() async throws {
        try await withPool { pool, database in
            try await pool.run("CREATE TABLE t (a int)")
            #expect(
                await failure(PostgresError.self) {
                    try await pool.transaction(tenant: nil) { transaction in
                        let pid = try await transaction.query("SELECT pg_backend_pid()")[0].int(0)
                        _ = try await transaction.query("INSERT INTO t VALUES (1)")
                        try await database.asSuperuser("SELECT pg_terminate_backend(\(pid))", on: pool.loop)
                        _ = try await transaction.query("SELECT 1")
                    }
                } != nil)
            #expect(try await pool.run("SELECT * FROM t").isEmpty)
        }
    }

    @Test func `comes back after the server's restart, data and prepared statements included`() async throws {
        let folder = "/tmp/cohort-tests-\(getpid())-restart"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var options = PrivateCluster.Options(folder: folder)
        options.isDurable = false
        let lane = WorkLane(label: "cluster", width: 1, backlog: 4)
        let chosen = options
        let first = try #require(await lane.run { Result { try PrivateCluster.start(chosen) } }).get()
        let loop = try EventLoop(index: 0, label: "test")
        try await loop.perform {
            let pool = PostgresPool(loop: loop, configuration: first.configuration(), size: 2, waiters: 8)
            defer { pool.close() }
            try await pool.run("CREATE TABLE t (a int)")
            for _ in 0..<3 { try await pool.query("INSERT INTO t VALUES (1)", tenant: nil) }
            _ = await lane.run { first.stop() }
            #expect(!first.isRunning)
            while pool.openConnections > 0 { await Task.yield() }
            let second = try #require(await lane.run { Result { try PrivateCluster.start(chosen) } }).get()
            try await pool.query("INSERT INTO t VALUES (1)", tenant: nil)
            #expect(try await pool.query("SELECT * FROM t", tenant: nil).count == 4)
            #expect(
                await failure(PrivateClusterError.self) {
                    _ = try #require(await lane.run { Result { try PrivateCluster.start(chosen) } }).get()
                } == PrivateClusterError.inUse(folder + "/lock"))
            _ = await lane.run { second.stop() }
        }
    }
}
