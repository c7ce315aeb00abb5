import EventLoop
import Foundation
import JSON
import Postgres
import Sockets
import Telemetry
import TestKit
import Testing

@testable import Cohort

/// What an operator reads when the server does not start.
@Suite(.timeLimit(.minutes(5)))
struct `A server that cannot start` {
    /// Why the server does not start; `wait` is how long it may try to reach the database.
    private func problem(
        _ flags: [String], pages: String = "/web-static", wait: Duration = .milliseconds(500)
    ) async -> String {
        let root = #filePath.components(separatedBy: "/Tests/App/")[0]
        let flags =
            ["--listen-port=0", "--loops=1", "--database-pool=1", "--web-root=\(root)\(pages)"] + flags
        var extras = Server.Extras()
        extras.sink = LogSink { _ in }
        extras.databaseWait = wait
        do {
            let configuration = try Configuration(arguments: flags, environment: [:], file: nil)
            await (try Server.start(configuration, extras: extras)).drain()
            return "it has started"
        } catch {
            return "\(error)"
        }
    }

    private let secret = "--token-secret=\(TestServer.secret)"

    @Test func `names the setting that is missing`() async {
        #expect(await problem([]).hasPrefix("database.url is not set"))
        #expect(
            await problem(["--database-url=postgres://a@127.0.0.1/b"]).hasPrefix("token.secret is not set"))
    }

    @Test func `says that the database cannot be reached, without its password`() async {
        let problem = await problem(["--database-url=postgres://app:hunter2@127.0.0.1:1/school", secret])
        #expect(
            problem.hasPrefix("the database postgres://app@127.0.0.1:1/school cannot be used:"), "\(problem)")
        #expect(!problem.contains("hunter2"))
    }

    @Test func `says that the schema is missing`() async throws {
        let loop = try EventLoop(index: 0, label: "test-start")
        let database = try await loop.perform { try await PrivatePostgres.shared().makeDatabase(on: loop) }
        let problem = await problem(["--database-url=\(database.url())", secret], wait: .seconds(60))
        #expect(problem.contains("run cohort migrate"), "\(problem)")
    }

    @Test func `says that the pages are missing`() async {
        let problem = await problem(
            [
                "--database-url=postgres://a@127.0.0.1/b", secret,
            ], pages: "/nowhere")
        #expect(problem.contains("/nowhere/pages.json"), "\(problem)")
    }

    @Test func `starts without its issuer of tokens, and says what it cannot read`() async throws {
        let server = try await TestServer.start([
            "--token-key-set-url=https://127.0.0.1:1/keys", "--outgoing-allowed-networks=127.0.0.1",
        ])
        // Our own tokens count as ever.
        _ = try await server.live(as: server.north.admin)
        await server.server.drain()
        let failure = await failure(ServerProblem.self) {
            try await TestServer.start([
                "--token-key-set-url=https://127.0.0.1:1/keys", "--outgoing-authorities=/nowhere.pem",
            ])
        }
        #expect("\(String(describing: failure))".contains("/nowhere.pem holds no authorities"))
    }

    @Test func `ends live sessions with the access token behind them, and those that are opened later`()
        async throws
    {
        let server = try await TestServer.start()
        let (victim, other) = (server.north.students[0], server.north.students[1])
        let late = try await server.send("POST", "/api/v1/live_token", as: victim, [:]).json["token"]?.string
        let (gone, stays) = (try await server.live(as: victim), try await server.live(as: other))
        let own = "/api/v1/users/self/tokens"
        let id = try await server.send("GET", own, as: victim).json.array?.first?["id"]?.int
        #expect(try await server.send("DELETE", "\(own)/\(id ?? 0)", as: victim).status == 200)
        try await gone.end()
        let port = server.port
        let again = try await offPool { try LiveClient(port: port, token: late ?? "") }
        try await again.end()
        #expect(try await stays.command("ping", [:])["ping"] != nil)
        await server.server.drain()
    }

    @Test func `starts without its search index, and says so`() async throws {
        let without = try await TestServer.start(["--search-database-url="])
        #expect(without.server.notes.contains { $0.hasPrefix("no search index (search.database-url)") })
        let path = "/api/v1/courses/\(without.cast.courses[0])/smartsearch?q=algebra"
        let answer = try await without.send("GET", path, as: without.north.instructor)
        #expect(answer.status == 503 && answer.json["code"] == "search_unavailable")
        let names = try await without.send(
            "GET", "/api/v1/search/recipients?type=user&search=\(without.north.admin.login.prefix(3))",
            as: without.north.admin)
        #expect(names.status == 200)
        await without.server.drain()

        let away = try await TestServer.start(["--search-database-url=postgres://a:hunter2@127.0.0.1:1/b"])
        #expect(away.server.notes.contains { $0.hasPrefix("warning: the search index cannot be reached") })
        #expect(try await away.send("GET", path, as: away.north.instructor).status == 503)
        await away.server.drain()
    }

    @Test func `says that the schema of the search index is missing`() async throws {
        let loop = try EventLoop(index: 0, label: "test-start")
        let (primary, index) = try await loop.perform {
            let primary = try await PrivatePostgres.shared().makeDatabase(on: loop)
            try await Migrator(Schema.migrations).run(on: loop, configuration: primary.owner)
            return (primary, try await PrivatePostgres.shared().makeDatabase(on: loop))
        }
        let problem = await problem(
            ["--database-url=\(primary.url())", "--search-database-url=\(index.url())", secret],
            wait: .seconds(60))
        #expect(problem.contains("the search index") && problem.contains("run cohort migrate"), "\(problem)")
    }

    @Test func `does not share a port with another server`() async throws {
        let loop = try EventLoop(index: 0, label: "test-port")
        let port = try await loop.perform {
            let address = try SocketAddress(host: "127.0.0.1", port: 0)
            let listener = try Listener(on: address, loop: loop) { _ in }
            loop.schedule(after: .seconds(30)) { listener.close() }
            return listener.address.port
        }
        #expect(throws: ServerProblem.self) {
            try PortProbe.check(SocketAddress(host: "127.0.0.1", port: port))
        }
    }
}
