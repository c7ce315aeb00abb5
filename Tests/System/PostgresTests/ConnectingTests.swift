import EventLoop
import Glibc
@testable import Postgres
import TestKit
import Testing

struct `Connecting` {
    /// Runs `body` with a pool that has no server to talk to.
    private func withoutServer(
        port: UInt16, host: String = "127.0.0.1",
        _ body: @escaping @Sendable (PostgresPool) async throws -> Void
    ) async throws {
        let loop = try EventLoop(index: 0, label: "test")
        var configuration = PostgresConfiguration(parameters: [
            "host": host, "port": String(port), "user": "u", "dbname": "d",
        ])
        configuration.connectTimeout = .milliseconds(100)
        configuration.waitTimeout = .milliseconds(100)
        let chosen = configuration
        try await loop.perform {
            let pool = PostgresPool(loop: loop, configuration: chosen, size: 1, waiters: 4)
            defer { pool.close() }
            try await body(pool)
        }
    }

    /// A socket that takes connections and says nothing; port 0 of `listen` alone refuses them.
    private func withListener(isListening: Bool, _ body: (UInt16) async throws -> Void) async throws {
        let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        try #require(isBound)
        if isListening { try #require(listen(descriptor, 8) == 0) }
        try await body(UInt16(bigEndian: address.sin_port))
    }

    @Test func `gives up on a server that accepts and says nothing`() async throws {
        try await withListener(isListening: true) { port in
            try await withoutServer(port: port) { pool in
                pool.start()
                while pool.lastError == nil { await Task.yield() }
                #expect(pool.lastError == .unavailable("connecting took longer than it may"))
            }
        }
    }

    @Test(arguments: ["127.0.0.1", "localhost"])
    func `is told of a port where nobody listens, and callers wait no longer than they may`(host: String)
        async throws
    {
        try await withListener(isListening: false) { port in
            try await withoutServer(port: port, host: host) { pool in
                let error = await failure(PostgresError.self) { try await pool.run("SELECT 1") }
                #expect(error == .timeout(.waiting))
                guard case .unavailable(let text) = pool.lastError else {
                    Issue.record("connected to nobody")
                    return
                }
                #expect(text.contains("refused") || text.contains("longer"))
            }
        }
    }

    @Test func `is told of a name that nobody knows`() async throws {
        try await withoutServer(port: 1, host: "no-such-host.invalid") { pool in
            pool.start()
            while pool.lastError == nil { await Task.yield() }
            #expect(pool.lastError != nil)
        }
    }
}
