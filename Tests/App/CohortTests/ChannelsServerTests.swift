import Sockets
import Telemetry
import TestKit
import Testing

@testable import Cohort

@Suite(.timeLimit(.minutes(1)))
struct `A node of plain channels` {
    private func start(_ flags: [String]) async throws -> ChannelsServer {
        let configuration = try Configuration(
            arguments: ["--listen-port=0", "--roles=channels", "--loops=1", "--drain-limit-seconds=5"]
                + flags,
            environment: [:], file: nil)
        var extras = Server.Extras()
        extras.sink = LogSink { _ in }
        return try await ChannelsServer.start(configuration, extras: extras)
    }

    private func status(_ path: String, _ server: ChannelsServer) async throws -> Int {
        try await offPool {
            try TestClient(port: server.address.port).exchange(
                "GET \(path) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
            ).status
        }
    }

    @Test func `serves them and probes without a database, and nothing else`() async throws {
        let server = try await start(["--apps-token-secret=secret", "--namespaces=app:stream"])
        for (path, expected) in [
            ("/healthz", 200), ("/readyz", 200), ("/metrics", 200), ("/connection/websocket", 426),
            ("/", 404),
            ("/api/v1/users/self", 404),
        ] {
            #expect(try await status(path, server) == expected, "\(path)")
        }
        #expect(server.notes == ["warning: apps.token-secret has 6 bytes; fewer than 32 can be guessed"])
        await server.drain()
    }

    @Test func `does not warn of a strong secret`() async throws {
        let secret = String(repeating: "x", count: 32)
        let server = try await start(["--apps-token-secret=\(secret)"])
        #expect(server.notes.isEmpty)
        await server.drain()
    }

    @Test func `does not start without a secret: it would know nobody`() async throws {
        do {
            await (try start([])).drain()
            Issue.record("it has started")
        } catch {
            #expect("\(error)".contains("apps.token-secret"))
        }
    }
}
