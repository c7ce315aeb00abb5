import EventLoop
import Foundation
import JSON
import Logging
import Postgres
import Search
import Sockets
import Synchronization
import Telemetry
import Tenancy
import TestKit

@testable import Cohort

/// The whole server in process, on a free port, over a database of its own with the demo's people in it.
struct TestServer {
    let server: Server
    let cast: DemoCast
    /// The class that is live in each institution.
    let classes: [Int64]
    /// Where it keeps everything.
    let database: TestDatabase
    /// Where the second school lives, where there are several databases.
    let shard: TestDatabase?

    var port: UInt16 { server.address.port }
    var north: DemoCast.School { cast.schools[0] }
    var south: DemoCast.School { cast.schools[1] }

    /// Keeps the server's log out of the tests' output; once for the process.
    private static let quiet: Void = Log.start(level: .critical, sink: LogSink { _ in })

    static let secret = "the secret of a server that tests start"

    /// A second database, as `cohort migrate` leaves it.
    static func makeShard(on loop: EventLoop) async throws -> TestDatabase {
        let shard = try await PrivatePostgres.shared().makeDatabase(on: loop)
        try await Migrator(Schema.migrations).run(on: loop, configuration: shard.owner)
        try await ShardPreparation.run(
            shard: 1, migration: Schema.migrations.map(\.number).max() ?? 0, on: loop, shard.owner)
        return shard
    }

    /// Starts a server, with further flags; the test drains it.
    ///
    /// With two databases the second school lives in shard 1.
    static func start(_ flags: [String] = [], isSharded: Bool = false) async throws -> TestServer {
        quiet
        let loop = try EventLoop(index: 0, label: "test-server")
        let (database, shard, index, cast, state) = try await loop.perform {
            let database = try await PrivatePostgres.shared().makeDatabase(on: loop)
            let index = try await PrivatePostgres.shared().makeDatabase(on: loop)
            try await Migrator(SearchMigrations.index).run(on: loop, configuration: index.owner)
            try await Migrator(Schema.migrations).run(on: loop, configuration: database.owner)
            let shard = isSharded ? try await makeShard(on: loop) : nil
            let plan = ShardPlan(
                shard.map { [1: $0.app] } ?? [:], directory: ShardDirectory(), lookup: ShardQueries.lookup)
            let pool = PostgresPool(
                loop: loop, configuration: database.app, size: 1, waiters: 16, shards: plan)
            defer { pool.close() }
            if isSharded {
                for member in pool.members { try await member.waitUntilOpen(atMost: .seconds(30)) }
                let school = DemoSchool.all[1]
                _ = try await Directory(pool: pool)
                    .createInstitution(name: school.name, accent: school.accent, shard: 1)
            }
            var state = DemoState(secret: secret)
            let cast = try await DemoSeed(pool: pool, cost: .forTests).run(&state) { _ in }
            return (database, shard, index, cast, state)
        }
        let search = "--search-database-url="
        let configuration = try configuration(
            database, cast,
            (shard.map { ["--database-shards=1=\($0.url())"] } ?? [])
                + (flags.contains { $0.hasPrefix(search) } ? [] : [search + index.url()]) + flags)
        var extras = Server.Extras()
        extras.sink = LogSink { _ in }
        let server = try await Server.start(configuration, extras: extras)
        let classroom = server.node.classroom
        let classes = try await server.onFirstShare { share in
            var changed = state
            return try await DemoClasses(context: share.context, classroom: classroom).run(cast, &changed) {
                _ in
            }
        }
        return TestServer(
            server: server, cast: cast, classes: classes, database: database, shard: shard)
    }

    /// Starts another node over the same database; the test drains both.
    func startAnother(_ flags: [String] = []) async throws -> TestServer {
        let configuration = try Self.configuration(database, cast, flags)
        var extras = Server.Extras()
        extras.sink = LogSink { _ in }
        let server = try await Server.start(configuration, extras: extras)
        return TestServer(
            server: server, cast: cast, classes: classes, database: database, shard: shard)
    }

    private static func configuration(
        _ database: TestDatabase, _ cast: DemoCast, _ flags: [String]
    ) throws -> Configuration {
        let root = #filePath.components(separatedBy: "/Tests/App/")[0]
        return try Configuration(
            arguments: [
                "--listen-port=0", "--loops=2", "--database-pool=2", "--database-log-pool=1",
                "--database-url=\(database.url())",
                "--token-secret=\(secret)",
                "--web-root=\(root)/web-static",
                "--operators=\(cast.schools[0].admin.login)", "--drain-limit-seconds=5",
            ] + flags, environment: [:], file: nil)
    }

    // MARK: HTTP

    /// Sends a request with a token and returns the status and the body.
    func send(
        _ method: String, _ path: String, as member: DemoCast.Member?, _ body: JSONValue? = nil
    ) async throws -> (status: Int, json: JSONValue) {
        let response = try await exchange(method, path, as: member, body)
        return (response.status, (try? JSONReader.read(response.body)) ?? .null)
    }

    /// Sends a request with a token and further fields, each with its line's end, and returns the whole answer.
    func exchange(
        _ method: String, _ path: String, as member: DemoCast.Member?, _ body: JSONValue? = nil,
        fields: String = ""
    ) async throws -> RawHTTPResponse {
        let content = body.map { RawJSON($0).text } ?? ""
        var head = "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n"
        if let member { head += "Authorization: Bearer \(member.token)\r\n" }
        if body != nil {
            head += "Content-Type: application/json\r\nContent-Length: \(content.utf8.count)\r\n"
        }
        let (port, text) = (port, "\(head)\(fields)\r\n\(content)")
        return try await offPool { try TestClient(port: port).exchange(text) }
    }

    /// Sends a body that is no JSON.
    func send(_ path: String, csv: String, as member: DemoCast.Member) async throws -> (
        status: Int, json: JSONValue
    ) {
        let text = """
            POST \(path) HTTP/1.1\r
            Host: 127.0.0.1:\(port)\r
            Connection: close\r
            Authorization: Bearer \(member.token)\r
            Content-Type: text/csv\r
            Content-Length: \(csv.utf8.count)\r
            \r\n\(csv)
            """
        let port = port
        let response = try await offPool { try TestClient(port: port).exchange(text) }
        return (response.status, (try? JSONReader.read(response.body)) ?? .null)
    }

    /// Opens a live session of somebody.
    func live(as member: DemoCast.Member) async throws -> LiveClient {
        let token = try await send("POST", "/api/v1/live_token", as: member, [:]).json["token"]?.string
        let port = port
        return try await offPool { try LiveClient(port: port, token: token ?? "") }
    }
}
