package import EventLoop
import Foundation
package import Postgres
import Synchronization

/// The Postgres server of the tests: one per test process, private to it, stopped with it.
///
/// Its data lies below `/tmp` and is removed when the process ends, or by the next process when this one is
/// killed.
package final class PrivatePostgres: Sendable {
    private let cluster: PrivateCluster
    private let databases = Atomic<Int>(0)

    private init(cluster: PrivateCluster) { self.cluster = cluster }

    /// The role that owns databases and runs migrations.
    package static let ownerRole = "cohort_owner"
    /// The role that the server logs in as: owns nothing and is subject to row-level security.
    package static let appRole = "cohort_app"

    private static let started = Mutex<Result<PrivatePostgres, PrivateClusterError>?>(nil)
    private static let lane = WorkLane(label: "test-postgres", width: 1, backlog: 1000)
    /// Removed at exit; set once, before the handler that reads it is installed.
    private static let folder = "/tmp/cohort-tests-\(getpid())"

    /// The server, started by the first who asks.
    package static func shared() async throws -> PrivatePostgres {
        let result = await lane.run {
            started.withLock { started in
                if let started { return started }
                let fresh = launch()
                started = fresh
                return fresh
            }
        }
        guard let result else { throw PrivateClusterError.notReady("too many tests wait for the server") }
        return try result.get()
    }

    private static func launch() -> Result<PrivatePostgres, PrivateClusterError> {
        removeLeftovers()
        var options = PrivateCluster.Options(folder: folder)
        options.isDurable = false
        // Tests of all modules run at once, each with connections of its own.
        options.maxConnections = 1500
        do throws(PrivateClusterError) {
            let cluster = try PrivateCluster.start(options)
            atexit { PrivatePostgres.stopAtExit() }
            return .success(PrivatePostgres(cluster: cluster))
        } catch {
            return .failure(error)
        }
    }

    private static func stopAtExit() {
        if case .success(let server) = started.withLock({ $0 }) { server.cluster.stop() }
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Removes the folders of test processes that were killed; their servers died with them.
    private static func removeLeftovers() {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/tmp")) ?? []
        for name in names where name.hasPrefix("cohort-tests-") {
            let digits = name.dropFirst("cohort-tests-".count).prefix { $0.isNumber }
            guard let pid = Int32(digits), kill(pid, 0) != 0, errno == ESRCH else { continue }
            try? FileManager.default.removeItem(atPath: "/tmp/" + name)
        }
    }

    // MARK: Databases

    /// Makes a fresh, empty database that ``ownerRole`` owns; a suite takes one for itself.
    ///
    /// ``appRole`` may use, but not own, whatever the owner makes there.
    ///
    /// - Parameter loop: The loop that the caller runs on.
    /// - Returns: The database.
    /// - Throws: `PostgresError`.
    package func makeDatabase(on loop: EventLoop) async throws -> TestDatabase {
        let number = databases.add(1, ordering: .relaxed).newValue
        let name = "test_\(number)"
        try await cluster.prepareDatabase(
            named: name, owner: PrivatePostgres.ownerRole, app: PrivatePostgres.appRole, on: loop)
        return TestDatabase(name: name, cluster: cluster)
    }

    /// The folder of the server's socket.
    package var socketFolder: String { cluster.socketFolder }
}

/// One database of the tests' server.
package struct TestDatabase: Sendable {
    /// Its name.
    package let name: String
    let cluster: PrivateCluster

    /// Logs in as the role that the server uses.
    package var app: PostgresConfiguration { configuration(PrivatePostgres.appRole) }
    /// Logs in as the owner of the schema.
    package var owner: PostgresConfiguration { configuration(PrivatePostgres.ownerRole) }
    /// Logs in as the superuser, whom row-level security does not bind.
    package var superuser: PostgresConfiguration { configuration(PrivateCluster.superuser) }

    private func configuration(_ user: String) -> PostgresConfiguration {
        cluster.configuration(user: user, database: name)
    }

    /// A connection URI for programs that are started, as the given role.
    package func url(role: String = PrivatePostgres.appRole) -> String {
        let host = cluster.socketFolder.replacingOccurrences(of: "/", with: "%2F")
        return "postgres://\(role)@\(host)/\(name)"
    }

    /// Makes the database unreachable, as if its server were down: connections end, and there are no new ones.
    ///
    /// Said in another database of the server.
    package func shut(on loop: EventLoop) async throws {
        try await elsewhere("ALTER DATABASE \(name) ALLOW_CONNECTIONS false", on: loop)
        try await elsewhere(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '\(name)'", on: loop)
    }

    /// Undoes ``shut(on:)``.
    package func reopen(on loop: EventLoop) async throws {
        try await elsewhere("ALTER DATABASE \(name) ALLOW_CONNECTIONS true", on: loop)
    }

    private func elsewhere(_ sql: String, on loop: EventLoop) async throws {
        let session = try await PostgresSession.open(
            loop: loop, configuration: superuser.with(database: "postgres"))
        defer { session.close() }
        try await session.run(sql)
    }

    /// Runs statements as the superuser, to set up or to look behind the curtain.
    ///
    /// - Parameters:
    ///   - sql: One or more statements.
    ///   - loop: The loop that the caller runs on.
    /// - Returns: The result of each statement.
    /// - Throws: `PostgresError`.
    @discardableResult
    package func asSuperuser(_ sql: String, on loop: EventLoop) async throws -> [Rows] {
        let session = try await PostgresSession.open(loop: loop, configuration: superuser)
        defer { session.close() }
        return try await session.run(sql)
    }
}
