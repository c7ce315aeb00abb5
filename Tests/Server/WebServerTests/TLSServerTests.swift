import EventLoop
import Glibc
import HTTPTypes
import Sockets
import Telemetry
import TestKit
import Testing

@testable import WebServer

/// HTTPS on a server's own socket, asked by a client of OpenSSL's.
struct `HTTPS server` {
    private let certificates: TestCertificates
    private let site: TestSite

    init() throws {
        certificates = try TestCertificates()
        let large = String(repeating: "7", count: 12 << 20)
        site = try TestSite(
            [
                Route(.get, "/secure", access: .anyone) { request, _ in .text("\(request.isSecure)") },
                Route(.get, "/large", access: .anyone) { _, _ in
                    .text(large)
                },
                Route(.get, "/healthz", access: .anyone) { _, _ in .text("ok") },
            ],
            settings: { $0.strictTransportSeconds = 60 })
    }

    private static let secret = [UInt8](repeating: 42, count: 32)

    private func files(
        _ names: [String], days: ClosedRange<Int> = -1...30, isRSA: Bool = false
    ) throws -> TLSServerSettings.Files {
        let identity = try certificates.issue(for: names.map { "DNS:\($0)" }, days: days, isRSA: isRSA)
        return .init(certificateFile: identity.certificateFile, keyFile: identity.keyFile)
    }

    private func entrance(
        _ files: [TLSServerSettings.Files], _ change: (inout TLSServerSettings) -> Void = { _ in }
    ) throws -> TLSEntrance {
        var settings = TLSServerSettings(files: files)
        settings.protocols = ["http/1.1"]
        settings.tickets = TicketKeys(secret: Self.secret) { WallClock.seconds }
        change(&settings)
        return TLSEntrance(try .server(settings, at: WallClock.seconds))
    }

    private func probe(_ port: UInt16, _ change: (inout TLSProbe.Options) -> Void = { _ in }) throws
        -> TLSProbe
    {
        var options = TLSProbe.Options()
        change(&options)
        return try TLSProbe(port: port, authorityFile: certificates.authorityFile, options)
    }

    private func count(_ line: String) -> Bool { PrometheusText.render(site.metrics).contains(line + "\n") }

    // MARK: Agreement

    @Test func `shows each client the certificate of the name that it asks for`() throws {
        let port = try site.listen(
            entrance([
                files(["first.example"]), files(["a.example", "b.example"]), files(["*.school.example"]),
                files(["own.school.example"]),
            ]))
        for (asked, shown) in [
            ("a.example", "a.example"), ("B.EXAMPLE", "b.example"), ("x.school.example", "y.school.example"),
            ("own.school.example", "own.school.example"), ("b.example.", "a.example"),
            ("x.y.school.example", "first.example"), ("unknown.example", "first.example"),
        ] {
            #expect(try probe(port) { $0.serverName = asked }.shows(shown), "\(asked)")
        }
        #expect(try !probe(port) { $0.serverName = "own.school.example" }.shows("x.school.example"))
        #expect(try probe(port) { $0.serverName = nil }.shows("first.example"))
    }

    @Test func `has keys of two kinds for one name`() throws {
        let port = try site.listen(
            entrance([files(["localhost"], isRSA: true), files(["localhost"])]))
        #expect(try probe(port).keyKind == "EC")
    }

    @Test func `speaks TLS 1.2 and 1.3, or 1.3 alone`() throws {
        let both = try site.listen(entrance([files(["localhost"])]))
        #expect(try probe(both).version == "TLSv1.3")
        #expect(try probe(both) { $0.version = 0x303 }.version == "TLSv1.2")
        #expect(throws: TLSProbe.Failure.self) { try probe(both) { $0.version = 0x302 } }
        let new = try TestSite([])
        let port = try new.listen(entrance([files(["localhost"])]) { $0.minimum = .tls13 })
        #expect(throws: TLSProbe.Failure(reason: "tlsv1 alert protocol version")) {
            try probe(port) { $0.version = 0x303 }
        }
        #expect(
            PrometheusText.render(new.metrics).contains(
                #"cohort_tls_handshake_failures_total{reason="version"} 1"#))
    }

    @Test func `agrees on what is spoken inside, and refuses what it does not speak`() throws {
        let port = try site.listen(entrance([files(["localhost"])]))
        #expect(try probe(port) { $0.protocols = ["h2", "http/1.1"] }.applicationProtocol == "http/1.1")
        #expect(try probe(port).applicationProtocol == nil)
        #expect(throws: TLSProbe.Failure(reason: "tlsv1 alert no application protocol")) {
            try probe(port) { $0.protocols = ["h2", "imap"] }
        }
        #expect(count(#"cohort_tls_handshake_failures_total{reason="application_protocol"} 1"#))
    }

    @Test func `prefers what the builder of connections prefers`() throws {
        let port = try site.listen(entrance([files(["localhost"])]) { $0.protocols = ["h2", "http/1.1"] })
        #expect(try probe(port) { $0.protocols = ["http/1.1", "h2"] }.applicationProtocol == "h2")
    }

    // MARK: Resumption

    @Test func `goes on with a session, also at another node with the same secret`() throws {
        let port = try site.listen(entrance([files(["localhost"])]))
        let first = try probe(port)
        #expect(!first.isResumed)
        #expect(try first.ask("/secure").hasSuffix("true"))
        let session = first.session
        #expect(try probe(port) { $0.session = session }.isResumed)
        let other = try TestSite([])
        let elsewhere = try other.listen(entrance([files(["localhost"])]))
        let there = try probe(elsewhere) { $0.session = session }
        #expect(there.isResumed)
        #expect(there.version == "TLSv1.3")
        let foreign = try TestSite([])
        let outside = try foreign.listen(
            entrance([files(["localhost"])]) {
                $0.tickets = TicketKeys(secret: [UInt8](repeating: 1, count: 32)) { WallClock.seconds }
            })
        #expect(try !probe(outside) { $0.session = session }.isResumed)
    }

    @Test func `goes on with a session of TLS 1.2 at the same node only`() throws {
        let port = try site.listen(entrance([files(["localhost"])]))
        let session = try probe(port) { $0.version = 0x303 }.session
        #expect(
            try probe(port) {
                $0.session = session
                $0.version = 0x303
            }.isResumed)
        let other = try TestSite([])
        let elsewhere = try other.listen(entrance([files(["localhost"])]))
        let there = try probe(elsewhere) {
            $0.session = session
            $0.version = 0x303
        }
        #expect(!there.isResumed)
    }

    @Test func `resumes nothing without keys`() throws {
        let port = try site.listen(entrance([files(["localhost"])]) { $0.tickets = nil })
        let first = try probe(port)
        _ = try first.ask("/secure")
        let session = first.session
        #expect(try !probe(port) { $0.session = session }.isResumed)
    }

    // MARK: Reload

    @Test func `shows new clients new certificates while open connections go on`() throws {
        let port = try site.listen(entrance([files(["old.example"])]))
        let open = try probe(port)
        #expect(open.shows("old.example"))
        let renewed = try entrance([files(["new.example"])]).context
        site.onLoop { $0.renew(renewed) }
        #expect(try probe(port).shows("new.example"))
        #expect(try open.ask("/secure").hasSuffix("true"))
        // Whoever resumes has verified the certificate of then.
        let session = open.session
        #expect(try probe(port) { $0.session = session }.isResumed)
    }

    // MARK: Secure requests

    @Test func `counts as secure, and says for how long`() throws {
        let port = try site.listen(entrance([files(["localhost"])]))
        let answer = try probe(port).ask("/secure")
        #expect(answer.hasSuffix("true"))
        #expect(answer.contains("Strict-Transport-Security: max-age=60\r\n"))
        let plain = try site.client().exchange("GET /secure HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(plain.text == "false")
        #expect(plain["strict-transport-security"] == nil)
    }

    @Test func `sends who comes without TLS to it, but for probes`() throws {
        let port = try site.listen(entrance([files(["localhost"])]))
        site.onLoop { $0.securePort = port }
        let client = try site.client()
        for (host, path, location) in [
            ("localhost:80", "/secure?a=b%20c", "https://localhost:\(port)/secure?a=b%20c"),
            ("[::1]:80", "/none", "https://[::1]:\(port)/none"), ("[::1]", "/", "https://[::1]:\(port)/"),
        ] {
            let answer = try client.exchange("GET \(path) HTTP/1.1\r\nHost: \(host)\r\n\r\n")
            #expect(answer.status == 308)
            #expect(answer["location"] == location)
        }
        #expect(try client.exchange("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n").status == 200)
        site.onLoop { $0.securePort = 443 }
        let usual = try client.exchange("GET /x HTTP/1.1\r\nHost: a.example\r\n\r\n")
        #expect(usual["location"] == "https://a.example/x")
        #expect(try probe(port).ask("/secure").hasSuffix("true"))
    }

    // MARK: Those who do not behave

    @Test func `takes a handshake byte by byte`() throws {
        let port = try site.listen(entrance([files(["localhost"])]))
        #expect(try probe(port) { $0.isByteByByte = true }.ask("/secure").hasSuffix("true"))
    }

    @Test func `tells a client without TLS in plain words`() throws {
        let port = try site.listen(entrance([files(["localhost"])]))
        let client = try TestClient(port: port, seconds: 60)
        let answer = try client.exchange("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(answer.status == 400)
        #expect(answer.text.contains("https://"))
        #expect(site.waits { _ in count(#"cohort_tls_handshake_failures_total{reason="plain_http"} 1"#) })
    }

    @Test func `counts those that break off, by reason`() throws {
        let port = try site.listen(entrance([files(["localhost"])]))
        for bytes in [[], [22, 3, 1, 2, 0, 1, 0], Array("\0\0\0\0\0\0\0\0".utf8)] as [[UInt8]] {
            let client = try TestClient(port: port, seconds: 60)
            try client.send(bytes)
            client.close()
        }
        #expect(site.waits { _ in count(#"cohort_tls_handshake_failures_total{reason="ended"} 2"#) })
        #expect(site.waits { _ in count(#"cohort_tls_handshake_failures_total{reason="protocol"} 1"#) })
        let stranger = try TestCertificates()
        #expect(throws: TLSProbe.Failure.self) {
            try TLSProbe(port: port, authorityFile: stranger.authorityFile)
        }
        #expect(site.waits { _ in count(#"cohort_tls_handshake_failures_total{reason="alert"} 1"#) })
        #expect(count("cohort_tls_handshakes_under_way 0"))
    }

    @Test func `waits for a handshake only so long, and for so many at a time`() throws {
        var entrance = try entrance([files(["localhost"])])
        entrance.limit = .seconds(600)
        entrance.atOnce = 2
        let port = try site.listen(entrance)
        let silent = [try TestClient(port: port, seconds: 60), try TestClient(port: port, seconds: 60)]
        #expect(site.waits { _ in count("cohort_tls_handshakes_under_way 2") })
        #expect(throws: TLSProbe.Failure.self) { try probe(port) }
        #expect(count("cohort_tls_handshakes_refused_total 1"))
        for client in silent { client.close() }
        #expect(site.waits { _ in count("cohort_tls_handshakes_under_way 0") })
        #expect(try probe(port).ask("/secure").hasSuffix("true"))

        let hasty = try TestSite([])
        entrance.limit = .milliseconds(50)
        let other = try TestClient(port: try hasty.listen(entrance), seconds: 60)
        #expect(
            hasty.waits { _ in
                PrometheusText.render(hasty.metrics).contains(
                    #"cohort_tls_handshake_failures_total{reason="timeout"} 1"#)
            })
        other.close()
    }

    @Test func `answers nobody who ends the socket without a word of TLS`() throws {
        let port = try site.listen(entrance([files(["localhost"])]))
        let client = try probe(port)
        try client.send("GET /secure HTTP/1.1\r\nHost: a\r\n")
        client.cutOutput()
        #expect(throws: TLSProbe.Failure.self) { try client.receive() }
        #expect(site.waits { $0.openConnections == 0 })
    }

    @Test func `breaks off when a record was not made by the key`() throws {
        let port = try site.listen(entrance([files(["localhost"])]))
        let client = try probe(port)
        client.sendPlain([23, 3, 3, 0, 32] + [UInt8](repeating: 9, count: 32))
        #expect(throws: TLSProbe.Failure(reason: "sslv3 alert bad record mac")) {
            try client.receive { _ in false }
        }
        #expect(site.waits { $0.openConnections == 0 })
    }

    /// With `usesKernel` OpenSSL writes to the socket itself, so that the kernel can encrypt; where the kernel cannot, as
    /// where it was built without, it encrypts after all.
    @Test(arguments: [false, true]) func `sends a slow reader all of a large answer`(usesKernel: Bool) throws
    {
        signal(SIGPIPE, SIG_IGN)
        let port = try site.listen(entrance([files(["localhost"])]) { $0.usesKernel = usesKernel })
        let client = try probe(port) { $0.receiveBuffer = 65_536 }
        try client.send("GET /large HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        let all = try client.receive { _ in false }
        #expect(all.count > 12 << 20)
        #expect(all.suffix(12 << 20).allSatisfy { $0 == UInt8(ascii: "7") })
        #expect(site.waits { $0.openConnections == 0 })
    }

    @Test func `lets a handshake go at the end of the server`() throws {
        let port = try site.listen(entrance([files(["localhost"])]))
        let silent = try TestClient(port: port, seconds: 60)
        #expect(site.waits { _ in count("cohort_tls_handshakes_under_way 1") })
        let ended = Flag()
        site.onLoop { $0.drain { ended.raise() } }
        #expect(site.waits { _ in ended.isRaised })
        silent.close()
    }
}
