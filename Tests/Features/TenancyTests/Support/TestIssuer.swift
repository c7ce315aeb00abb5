import EventLoop
import JWTKit
import Logging
import Sockets
import Synchronization
import Telemetry
import TestKit
import WebClient

@testable import Tenancy

/// An issuer of live tokens: signs with keys of its own, and publishes them over https on this machine.
final class TestIssuer: Sendable {
    private let certificates: TestCertificates
    let server: ScriptedServer
    let loop: EventLoop
    private let signers = JWTKeyCollection()
    private let published: Mutex<[String: String]>
    /// What is said instead of the key set.
    let instead: Mutex<ScriptedServer.Answer?>
    private let cacheControl: Mutex<String>
    private let clock: Mutex<ContinuousClock.Instant>
    private let lines = Mutex<[UInt8]>([])
    private let sink = Mutex<LogSink?>(nil)

    private init(certificates: TestCertificates, server: ScriptedServer, _ answers: Answers) throws {
        self.certificates = certificates
        self.server = server
        loop = try EventLoop(index: 0, label: "test-issuer")
        published = Mutex([:])
        instead = Mutex(nil)
        cacheControl = Mutex("max-age=600")
        clock = Mutex(.now)
        answers.issuer.withLock { $0 = Weak(self) }
    }

    static func start() async throws -> TestIssuer {
        let certificates = try TestCertificates()
        let answers = Answers()
        let server = try await ScriptedServer.start(try certificates.issue()) { _ in
            answers.issuer.withLock { $0?.issuer?.answer } ?? .silence
        }
        return try TestIssuer(certificates: certificates, server: server, answers)
    }

    private var answer: ScriptedServer.Answer {
        if let instead = instead.withLock({ $0 }) { return instead }
        let body = keySet
        let control = cacheControl.withLock { $0 }
        return .bytes(
            Array(
                "HTTP/1.1 200 OK\r\nCache-Control: \(control)\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
                    .utf8))
    }

    var keySet: String {
        published.withLock {
            "{\"keys\":[\($0.sorted { $0.key < $1.key }.map(\.value).joined(separator: ","))]}"
        }
    }

    /// Makes a key; it is published unless that comes later.
    func addKey(_ id: String, isPublished: Bool = true) async throws {
        let key = ES256PrivateKey()
        guard let point = key.publicKey.parameters else { throw LiveTokenError.keySet }
        await signers.add(ecdsa: key, kid: JWKIdentifier(string: id))
        guard isPublished else { return }
        publish(
            id, #"{"kty":"EC","crv":"P-256","use":"sig","kid":"\#(id)","x":"\#(point.x)","y":"\#(point.y)"}"#)
    }

    func publish(_ id: String, _ json: String) { published.withLock { $0[id] = json } }

    func withdraw(_ id: String) { published.withLock { $0[id] = nil } }

    /// Signs for user 42 of institution 3.
    func sign(with id: String) async throws -> String {
        let payload = LiveTokenPayload(
            sub: "42", exp: 1_800_000_060, nbf: nil, aud: nil, iss: nil, institution: 3, name: nil, role: nil)
        return try await signers.sign(payload, kid: JWKIdentifier(string: id))
    }

    /// Lines in the log of the keys that ask here.
    var logLines: Int {
        sink.withLock { $0 }?.flush()
        return lines.withLock { $0.count { $0 == 10 } }
    }

    /// Lets time pass for the keys, not for the network.
    func pass(_ seconds: Int) { clock.withLock { $0 += .seconds(seconds) } }

    /// A server's tokens that ask this issuer.
    func tokens(allowing networks: [String] = ["127.0.0.0/8", "::1"]) async throws -> LiveTokens {
        let fetcher = Fetcher(
            loop: loop, tls: try .client(trusting: .file(certificates.authorityFile)),
            policy: OutgoingPolicy(allowedNetworks: try networks.map { try IPNetwork($0) }))
        let sink = LogSink { bytes in self.lines.withLock { $0 += bytes } }
        self.sink.withLock { $0 = sink }
        let keys = IssuerKeys(
            url: try WebURL("https://localhost:\(server.address.port)/keys"), fetcher: fetcher, loop: loop,
            logger: Log.logger("tokens", level: .info, sink: sink), fetchLimit: .seconds(60),
            now: { self.clock.withLock { $0 } })
        await keys.start()
        return try await LiveTokens(secret: School.secret, issuerKeys: keys)
    }
}

/// What the server says, before there is an issuer and after.
private final class Answers: Sendable {
    let issuer = Mutex<Weak?>(nil)
}

private struct Weak: Sendable {
    weak let issuer: TestIssuer?

    init(_ issuer: TestIssuer) { self.issuer = issuer }
}
