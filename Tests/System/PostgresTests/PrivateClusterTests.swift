import EventLoop
import Foundation
@testable import Postgres
import TestKit
import Testing

struct `A private cluster` {
    private static let lane = WorkLane(label: "clusters", width: 2, backlog: 16)

    /// A folder of one test, removed afterwards.
    private func withFolder(_ name: String, _ body: (String) async throws -> Void) async throws {
        let folder = "/tmp/cohort-tests-\(getpid())-\(name)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }

    private func start(_ options: PrivateCluster.Options) async throws -> (PrivateCluster, reports: [String])
    {
        let result = await Self.lane.run { () -> Result<(PrivateCluster, reports: [String]), any Error> in
            Result {
                var reports: [String] = []
                let cluster = try PrivateCluster.start(options) { reports.append($0) }
                return (cluster, reports)
            }
        }
        return try #require(result).get()
    }

    private func stop(_ cluster: PrivateCluster) async { _ = await Self.lane.run { cluster.stop() } }

    @Test func `goes on with its data, durable, past a stale note of another process`() async throws {
        try await withFolder("again") { folder in
            let options = PrivateCluster.Options(folder: folder + "/pg")
            let (first, reports) = try await start(options)
            #expect(reports == ["making a database cluster in \(folder)/pg/data"])
            let loop = try EventLoop(index: 0, label: "test")
            let settings = try await loop.perform {
                try await first.prepareDatabase(named: "school", owner: "o", app: "a", on: loop)
                try await first.prepareDatabase(named: "school", owner: "o", app: "a", on: loop)
                let session = try await PostgresSession.open(
                    loop: loop, configuration: first.configuration(user: "o", database: "school"))
                defer { session.close() }
                let rows = try await session.run(
                    "CREATE TABLE t (a int); SHOW fsync; SHOW data_checksums; SHOW server_encoding")
                return try rows.dropFirst().map { try $0[0].text(0) }
            }
            #expect(settings == ["on", "on", "UTF8"])
            await stop(first)
            // This process's number stands for one that another process got since.
            try "\(getpid())\n".write(
                toFile: folder + "/pg/data/postmaster.pid", atomically: false, encoding: .utf8)
            let (second, noReports) = try await start(options)
            #expect(noReports.isEmpty)
            let count = try await loop.perform {
                let session = try await PostgresSession.open(
                    loop: loop, configuration: second.configuration(user: "a", database: "school"))
                defer { session.close() }
                return try await session.run("SELECT * FROM t")[0].count
            }
            #expect(count == 0)
            await stop(second)
            await stop(second)
            #expect(!second.isRunning)
        }
    }

    @Test func `keeps its socket elsewhere when the path is too long`() async throws {
        try await withFolder(String(repeating: "long-", count: 16)) { folder in
            var options = PrivateCluster.Options(folder: folder)
            options.isDurable = false
            let (cluster, reports) = try await start(options)
            #expect(reports.contains { $0.contains(cluster.socketFolder) })
            #expect(cluster.socketFolder.utf8.count < 60)
            await stop(cluster)
            try? FileManager.default.removeItem(atPath: cluster.socketFolder)
        }
    }

    @Test func `under root, lies where its account can reach it`() async throws {
        guard geteuid() == 0 else { return }
        try await withFolder("closed") { folder in
            chmod(folder, 0o700)
            var options = PrivateCluster.Options(folder: folder + "/pg")
            options.isDurable = false
            let (cluster, reports) = try await start(options)
            #expect(cluster.dataFolder.hasPrefix("/var/lib/cohort-private-"))
            #expect(reports.first?.contains("/var/lib/cohort-private-") == true)
            let link = try FileManager.default.destinationOfSymbolicLink(atPath: folder + "/pg")
            #expect(cluster.dataFolder == link + "/data")
            await stop(cluster)
            try? FileManager.default.removeItem(atPath: link)
        }
    }

    @Test func `says why it cannot start`() async throws {
        let error = await failure(PrivateClusterError.self) {
            try await start(PrivateCluster.Options(folder: "/tmp/no-such-folder-\(getpid())/pg"))
        }
        guard case .system("mkdir", _, ENOENT) = error else {
            Issue.record("unexpected: \(String(describing: error))")
            return
        }
    }

    @Test func `names the version that its data needs`() async throws {
        try await withFolder("version") { folder in
            chmod(folder, 0o755)
            mkdir(folder + "/pg", 0o700)
            mkdir(folder + "/pg/data", 0o700)
            try "9\n".write(toFile: folder + "/pg/data/PG_VERSION", atomically: false, encoding: .utf8)
            let error = await failure(PrivateClusterError.self) {
                try await start(PrivateCluster.Options(folder: folder + "/pg"))
            }
            guard case .wrongVersion("9", _) = error else {
                Issue.record("unexpected: \(String(describing: error))")
                return
            }
        }
    }
}
