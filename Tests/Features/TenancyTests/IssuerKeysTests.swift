import Postgres
import Synchronization
import Testing
import TestKit

@testable import Tenancy

/// Keys fetched over TLS from a real issuer on this machine.
struct `Keys of an issuer` {
    private static let now: Int64 = 1_800_000_000_000

    private func refusal(_ tokens: LiveTokens, _ token: String) async -> LiveTokenError? {
        await failure(LiveTokenError.self) { try await tokens.verify(token, at: Self.now) }
    }

    private static func answer(_ body: String, _ line: String = "HTTP/1.1 200 OK") -> ScriptedServer.Answer {
        .bytes(Array("\(line)\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)".utf8))
    }

    @Test func `verify what it signed, fetched once`() async throws {
        let issuer = try await TestIssuer.start()
        try await issuer.addKey("a")
        let tokens = try await issuer.tokens()
        for _ in 0..<3 {
            #expect(try await tokens.verify(try await issuer.sign(with: "a"), at: Self.now).user == 42)
        }
        #expect(issuer.server.requests.count == 1)
        #expect(issuer.server.requests[0].hasPrefix("GET /keys HTTP/1.1\r\n"))
        // Ours are verified as ever.
        let own = try await tokens.issue(
            user: 7, institution: InstitutionID(rawValue: 3), name: "Ada", role: nil, at: Self.now)
        #expect(try await tokens.verify(own.token, at: Self.now).user == 7)
        issuer.server.stop()
    }

    @Test func `follow a rotation when a new key is met`() async throws {
        let issuer = try await TestIssuer.start()
        try await issuer.addKey("a")
        let tokens = try await issuer.tokens()
        try await issuer.addKey("b")
        issuer.withdraw("a")
        let token = try await issuer.sign(with: "b")
        // Just fetched: not again within thirty seconds, and nothing final is said of a key that may be new.
        #expect(await refusal(tokens, token) == .keysUnavailable)
        #expect(issuer.server.requests.count == 1)
        issuer.pass(31)
        #expect(try await tokens.verify(token, at: Self.now).user == 42)
        #expect(issuer.server.requests.count == 2)
        // What was withdrawn is gone.
        issuer.pass(31)
        #expect(await refusal(tokens, try await issuer.sign(with: "a")) == .algorithm)
        issuer.server.stop()
    }

    @Test func `are fetched once for a storm of tokens with keys that nobody knows`() async throws {
        let issuer = try await TestIssuer.start()
        try await issuer.addKey("a")
        let tokens = try await issuer.tokens()
        try await issuer.addKey("stranger", isPublished: false)
        let token = try await issuer.sign(with: "stranger")
        issuer.pass(31)
        let refusals = await withTaskGroup(of: LiveTokenError?.self) { group in
            for _ in 0..<500 { group.addTask { await refusal(tokens, token) } }
            return await group.reduce(into: [LiveTokenError?]()) { $0.append($1) }
        }
        #expect(refusals.count == 500)
        #expect(refusals.allSatisfy { $0 == .algorithm || $0 == .keysUnavailable })
        #expect(refusals.contains(.algorithm))
        #expect(issuer.server.requests.count == 2)
        issuer.server.stop()
    }

    @Test func `serve a storm of good tokens with a new key by one fetch`() async throws {
        let issuer = try await TestIssuer.start()
        try await issuer.addKey("a")
        let tokens = try await issuer.tokens()
        try await issuer.addKey("b")
        let token = try await issuer.sign(with: "b")
        issuer.pass(31)
        let users = await withTaskGroup(of: Int64?.self) { group in
            for _ in 0..<200 { group.addTask { try? await tokens.verify(token, at: Self.now).user } }
            return await group.reduce(into: [Int64?]()) { $0.append($1) }
        }
        #expect(users.allSatisfy { $0 == 42 })
        #expect(issuer.server.requests.count == 2)
        issuer.server.stop()
    }

    @Test func `do not ask for a key that no header may name`() async throws {
        let issuer = try await TestIssuer.start()
        try await issuer.addKey("a")
        let tokens = try await issuer.tokens()
        issuer.pass(31)
        let parts = try await issuer.sign(with: "a").split(separator: ".").map(String.init)
        for header in [
            #"{"alg":"none","kid":"b"}"#, #"{"alg":"HS384","kid":"b"}"#, #"{"alg":"RS512","kid":"b"}"#,
            #"{"alg":"ES256"}"#,
            #"{"alg":"ES256","kid":"b","crit":["x"]}"#, #"{"alg":"RS256","kid":"a"}"#,
            #"{"alg":"EdDSA","kid":"a"}"#,
            "{\"alg\":\"ES256\",\"kid\":\"\(String(repeating: "k", count: 600))\"}",
        ] {
            let head = Base64.encode(Array(header.utf8), .url)
            #expect(await refusal(tokens, "\(head).\(parts[1]).\(parts[2])") == .algorithm)
        }
        #expect(issuer.server.requests.count == 1)
        issuer.server.stop()
    }

    @Test func `stay in force for a day while the issuer is away, and are back with it`() async throws {
        let issuer = try await TestIssuer.start()
        try await issuer.addKey("a")
        let tokens = try await issuer.tokens()
        let token = try await issuer.sign(with: "a")
        try await issuer.addKey("b")
        issuer.instead.withLock { $0 = Self.answer("out of order", "HTTP/1.1 503 Service Unavailable") }
        issuer.pass(600)
        #expect(await refusal(tokens, try await issuer.sign(with: "b")) == .keysUnavailable)
        #expect(try await tokens.verify(token, at: Self.now).user == 42)
        issuer.pass(86_399 - 1)
        #expect(try await tokens.verify(token, at: Self.now).user == 42)
        issuer.pass(2)
        #expect(await refusal(tokens, token) == .keysUnavailable)
        issuer.instead.withLock { $0 = nil }
        issuer.pass(31)
        #expect(try await tokens.verify(token, at: Self.now).user == 42)
        issuer.server.stop()
    }

    @Test func `may be missing at the start`() async throws {
        let issuer = try await TestIssuer.start()
        try await issuer.addKey("a")
        issuer.instead.withLock { $0 = .cutOff([]) }
        let tokens = try await issuer.tokens()
        let token = try await issuer.sign(with: "a")
        #expect(await refusal(tokens, token) == .keysUnavailable)
        issuer.instead.withLock { $0 = nil }
        issuer.pass(30)
        #expect(try await tokens.verify(token, at: Self.now).user == 42)
        issuer.server.stop()
    }

    @Test(arguments: [
        answer("garbage"), answer(""), answer("{}"), answer(#"{"keys":[]}"#), answer(#"{"keys":{}}"#),
        answer("not found", "HTTP/1.1 404 Not Found"),
        answer("", "HTTP/1.1 301 Moved Permanently\r\nLocation: /other"),
        answer(#"{"keys":[{"kty":"oct","kid":"s","k":"c2VjcmV0"}]}"#),
        answer("{\"keys\":[]\(String(repeating: " ", count: 300_000))}"),
        .bytes(Array("HTTP/1.1 200 OK\r\nContent-Length: 2000000000\r\n\r\n".utf8)),
        .cutOff(Array("HTTP/1.1 200 OK\r\n\r\n{\"keys\":".utf8)), .bytes(Array("nonsense".utf8)),
        .endless(Array("HTTP/1.1 200 OK\r\n\r\n".utf8) + [UInt8](repeating: 0x20, count: 50_000)),
    ])
    func `are not replaced by what is no key set`(wrong: ScriptedServer.Answer) async throws {
        let issuer = try await TestIssuer.start()
        try await issuer.addKey("a")
        let tokens = try await issuer.tokens()
        let token = try await issuer.sign(with: "a")
        try await issuer.addKey("b", isPublished: false)
        issuer.instead.withLock { $0 = wrong }
        issuer.pass(31)
        #expect(await refusal(tokens, try await issuer.sign(with: "b")) == .keysUnavailable)
        #expect(try await tokens.verify(token, at: Self.now).user == 42)
        #expect(issuer.server.requests.count == 2)
        issuer.server.stop()
    }

    @Test func `pass over keys for other purposes, but trust no set with a secret in it`() async throws {
        let issuer = try await TestIssuer.start()
        try await issuer.addKey("a")
        issuer.publish(
            "enc",
            #"{"kty":"RSA","use":"enc","alg":"RSA-OAEP","kid":"enc","n":"AQAB","e":"AQAB","x5c":["x"]}"#)
        issuer.publish("weak", #"{"kty":"RSA","kid":"weak","n":"AQAB","e":"AQAB"}"#)
        issuer.publish("odd", #"{"kty":"EC","crv":"P-521","kid":"odd","x":"AA","y":"AA"}"#)
        issuer.publish("nameless", #"{"kty":"OKP","crv":"Ed25519","x":"AA"}"#)
        let tokens = try await issuer.tokens()
        #expect(try await tokens.verify(try await issuer.sign(with: "a"), at: Self.now).user == 42)
        for secret in [
            #"{"kty":"oct","kid":"s","k":"c2VjcmV0"}"#,
            #"{"kty":"EC","crv":"P-256","kid":"d","x":"AA","y":"AA","d":"AA"}"#,
        ] {
            issuer.publish("secret", secret)
            try await issuer.addKey("new")
            issuer.pass(31)
            #expect(await refusal(tokens, try await issuer.sign(with: "new")) == .keysUnavailable)
            issuer.withdraw("new")
        }
        issuer.server.stop()
    }

    @Test func `come only from where an operator allows`() async throws {
        let issuer = try await TestIssuer.start()
        try await issuer.addKey("a")
        let tokens = try await issuer.tokens(allowing: [])
        #expect(await refusal(tokens, try await issuer.sign(with: "a")) == .keysUnavailable)
        #expect(issuer.server.requests.isEmpty)
        issuer.server.stop()
    }

    @Test func `are complained of once a minute`() async throws {
        let issuer = try await TestIssuer.start()
        issuer.instead.withLock { $0 = .cutOff([]) }
        let tokens = try await issuer.tokens()
        try await issuer.addKey("b")
        let token = try await issuer.sign(with: "b")
        for _ in 0..<4 {
            issuer.pass(30)
            #expect(await refusal(tokens, token) == .keysUnavailable)
        }
        #expect(issuer.server.requests.count == 5)
        #expect(issuer.logLines == 3)
        issuer.server.stop()
    }
}
