import EventLoop
import JSON
import Postgres
import Sockets
import Telemetry
import TestKit
import Testing
import WebServer

@testable import Tenancy

/// The same over real sockets, so that the parts fit together as they are wired in the application.
struct `Sign-in over HTTP` {
    /// Serves a school's routes on a port of its own while `body` runs on a thread that may block.
    private func serve<Value: Sendable>(
        _ school: School, _ body: @escaping @Sendable (UInt16) throws -> Value
    ) async throws -> Value {
        let application = try WebApplication(
            routes: TenancyRoutes.all, authenticator: TenancyAuthenticator(), metrics: Metrics())
        let server = try await school.onLoop { context in
            LoopBound(HTTPServer(application, context: context), loop: context.loop)
        }
        let port = try await school.onLoop { _ in
            try server.value.listen(on: try SocketAddress(host: "127.0.0.1", port: 0)).port
        }
        let client = WorkLane(label: "test-client", width: 1, backlog: 1)
        let result = await client.run { Result { try body(port) } }
        try await school.onLoop { _ in server.value.abort() }
        return try #require(result).get()
    }

    private static func exchange(
        _ port: UInt16, _ method: String, _ path: String, _ fields: [String] = [], body: String = ""
    ) throws -> RawHTTPResponse {
        let client = try TestClient(port: port)
        defer { client.close() }
        let lines =
            ["\(method) \(path) HTTP/1.1", "Host: school.example", "Connection: close", "X-Request-Id: same"]
            + fields
            + (body.isEmpty ? [] : ["Content-Type: application/json"]) + [
                "Content-Length: \(body.utf8.count)"
            ]
        return try client.exchange(lines.joined(separator: "\r\n") + "\r\n\r\n" + body)
    }

    @Test func `gives a cookie that opens what the token also guards`() async throws {
        let school = try await School.open()
        _ = try await school.institution("Here", ["ada": [.student]])
        let body = #"{"login":"\#(school.login("ada"))","password":"correct horse"}"#
        try await serve(school) { port in
            let foreign = try Self.exchange(
                port, "POST", "/api/v1/session", ["Origin: https://evil.example"], body: body)
            #expect(foreign.status == 403)
            let signedIn = try Self.exchange(port, "POST", "/api/v1/session", body: body)
            #expect(signedIn.status == 201)
            let cookie = try #require(signedIn["set-cookie"]?.split(separator: ";").first)
            let csrf = try #require(try JSONReader.read(signedIn.text)["csrf_token"]?.string)
            let session = try Self.exchange(port, "GET", "/api/v1/session", ["Cookie: \(cookie)"])
            #expect(session.status == 200)
            let unguarded = try Self.exchange(port, "POST", "/api/v1/live_token", ["Cookie: \(cookie)"])
            #expect(unguarded.status == 403)
            let guarded = try Self.exchange(
                port, "POST", "/api/v1/live_token", ["Cookie: \(cookie)", "X-CSRF-Token: \(csrf)"])
            #expect(guarded.status == 200)
            let ended = try Self.exchange(
                port, "DELETE", "/api/v1/session", ["Cookie: \(cookie)", "X-CSRF-Token: \(csrf)"])
            #expect(ended.status == 204)
            #expect(try Self.exchange(port, "GET", "/api/v1/session", ["Cookie: \(cookie)"]).status == 401)
        }
    }

    @Test func `answers byte for byte alike for another's institution and for none`() async throws {
        let school = try await School.open()
        _ = try await school.institution("Here", ["ada": [.student]])
        let there = try await school.institution("There", ["bea": [.student]])
        let body = #"{"login":"\#(school.login("ada"))","password":"correct horse"}"#
        try await serve(school) { port in
            let signedIn = try Self.exchange(port, "POST", "/api/v1/session", body: body)
            let cookie = try #require(signedIn["set-cookie"]?.split(separator: ";").first)
            let csrf = try #require(try JSONReader.read(signedIn.text)["csrf_token"]?.string)
            let answers = try [there.id.rawValue, 999_999_999].map { id in
                try Self.exchange(
                    port, "PUT", "/api/v1/session", ["Cookie: \(cookie)", "X-CSRF-Token: \(csrf)"],
                    body: #"{"institution":\#(id)}"#)
            }
            #expect(answers[0].status == 404)
            #expect(answers[0].body == answers[1].body)
            #expect(answers[0].status == answers[1].status)
        }
    }

    @Test func `tells a bad token from a missing one`() async throws {
        let school = try await School.open()
        try await serve(school) { port in
            let missing = try Self.exchange(port, "GET", "/api/v1/users/self")
            #expect(missing.status == 401)
            #expect(missing["www-authenticate"] == nil)
            let bad = try Self.exchange(port, "GET", "/api/v1/users/self", ["Authorization: Bearer 1~x"])
            #expect(bad.status == 401)
            #expect(bad["www-authenticate"]?.hasPrefix("Bearer") == true)
            let inQuery = try Self.exchange(port, "GET", "/api/v1/users/self?access_token=1~x")
            #expect(inQuery.status == 401)
            #expect(inQuery["www-authenticate"] == nil)
        }
    }
}
