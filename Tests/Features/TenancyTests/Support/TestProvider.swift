import EventLoop
import Foundation
import HTTP
import HTTPTypes
import JSON
import JWTKit
import Sockets
import Synchronization
import Telemetry
import TestKit
import Testing
import WebClient

@testable import Tenancy

/// What a provider says of a person; tests make it wrong.
struct TestClaims: JWTPayload {
    var iss: String?
    var sub: String? = "subject-1"
    var aud: [String]? = ["cohort"]
    var azp: String?
    var exp: Double?
    var iat: Double?
    var nbf: Double?
    var nonce: String?
    var email: String?
    var email_verified: Bool? = true
    var preferred_username: String?
    var name: String?

    func verify(using algorithm: some JWTAlgorithm) async throws {}
}

/// A provider that says what a test wants, over http on this machine.
final class TestProvider: Sendable {
    private let server: ScriptedServer
    private let keys = JWTKeyCollection()
    private let keySet: String
    /// What the token endpoint answers with, in place of the token.
    let token = Mutex<String>("")
    /// What is said instead of the metadata.
    let metadata = Mutex<String?>(nil)
    private let publicPoint: String

    private init(server: ScriptedServer, _ box: Box) async throws {
        self.server = server
        let key = ES256PrivateKey()
        let point = try #require(key.publicKey.parameters)
        publicPoint = point.x
        keySet =
            #"{"keys":[{"kty":"EC","crv":"P-256","use":"sig","kid":"a","x":"\#(point.x)","y":"\#(point.y)"}]}"#
        await keys.add(ecdsa: key, kid: JWKIdentifier(string: "a"))
        await keys.add(ecdsa: ES256PrivateKey(), kid: JWKIdentifier(string: "stranger"))
        await keys.add(
            hmac: HMACKey(from: Array(point.x.utf8)), digestAlgorithm: .sha256,
            kid: JWKIdentifier(string: "secret"))
        box.provider.withLock { $0 = self }
    }

    static func start() async throws -> TestProvider {
        let box = Box()
        let server = try await ScriptedServer.start { request in
            box.provider.withLock { $0 }?.answer(request) ?? .silence
        }
        return try await TestProvider(server: server, box)
    }

    var issuer: String { "http://localhost:\(server.address.port)" }

    /// The token requests so far.
    var tokenRequests: [String] { server.requests.filter { $0.hasPrefix("POST /token") } }

    private func answer(_ request: String) -> ScriptedServer.Answer {
        let body: String
        if request.hasPrefix("GET /.well-known/openid-configuration ") {
            body =
                metadata.withLock { $0 }
                    ?? """
                    {"issuer":"\(issuer)","authorization_endpoint":"\(issuer)/authorize","token_endpoint":"\(issuer)/token",
                    "jwks_uri":"\(issuer)/keys"}
                    """
        } else if request.hasPrefix("GET /keys ") {
            body = keySet
        } else if request.hasPrefix("POST /token ") {
            body = #"{"access_token":"x","token_type":"Bearer","id_token":"\#(token.withLock { $0 })"}"#
        } else {
            return .bytes(Array("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".utf8))
        }
        return .bytes(Array("HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)".utf8))
    }

    /// Good claims for a person who has just signed in.
    func claims(nonce: String) -> TestClaims {
        let now = Date().timeIntervalSince1970
        return TestClaims(iss: issuer, exp: now + 300, iat: now, nonce: nonce)
    }

    func sign(_ claims: TestClaims, with id: String = "a") async throws -> String {
        try await keys.sign(claims, kid: JWKIdentifier(string: id))
    }

    /// The same claims under another header, with whatever signature.
    func forge(_ claims: TestClaims, header: String, signature: String? = nil) async throws -> String {
        let parts = try await sign(claims).split(separator: ".")
        return "\(Base64.encode(Array(header.utf8), .url)).\(parts[1]).\(signature ?? String(parts[2]))"
    }

    private final class Box: Sendable { let provider = Mutex<TestProvider?>(nil) }
}

extension OIDCServices {
    /// What asks providers on this machine, over http.
    static func forTests(allowing networks: [String] = ["127.0.0.0/8", "::1"]) throws -> OIDCServices {
        let loop = try EventLoop(index: 0, label: "test-oidc")
        let fetcher = Fetcher(
            loop: loop, tls: try .client(),
            policy: OutgoingPolicy(allowedNetworks: try networks.map { try IPNetwork($0) }))
        return OIDCServices(
            directory: ProviderDirectory(
                fetcher: fetcher, loop: loop, logger: Log.silent, allowsPlainHTTP: true),
            address: "https://cohort.example")
    }
}

/// A browser on its way to a provider and back.
struct OIDCBrowser {
    let school: School
    let institution: InstitutionID
    /// The cookie of the attempt.
    var attempt: String?
    /// What the provider was asked.
    var asked: [String: String] = [:]

    init(_ school: School, _ institution: InstitutionID) {
        self.school = school
        self.institution = institution
    }

    /// Goes to the provider; gives where it was sent.
    mutating func begin(_ query: String = "") async throws -> String {
        let answer = try await Client(school).send(.get, "/login/oidc/\(institution)\(query)")
        #expect(answer.status == 303)
        let location = try #require(answer.headers[.location])
        attempt = answer.setCookie?.split(separator: ";").first.map {
            String($0.dropFirst("cohort_oidc=".count))
        }
        let items = location.split(separator: "?", maxSplits: 1).last.map { Array($0.utf8) } ?? []
        asked = Dictionary(
            try FormFields(parsing: items.span).fields.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
        return location
    }

    /// Comes back; gives the answer.
    func comeBack(_ query: String, isSecure: Bool = false) async throws -> Answer {
        var headers: HTTPFields = [:]
        if let attempt { headers[.cookie] = "cohort_oidc=\(attempt)" }
        return try await Client(school).send(.get, "/login/oidc/callback?\(query)", headers: headers)
    }
}
