import Foundation
import Glibc
import Sockets
import Synchronization
import TestKit
import Testing

@testable import Cohort

/// A whole node that speaks HTTPS, and its certificates' renewal.
@Suite(.timeLimit(.minutes(5)))
struct `A server with HTTPS` {
    private let certificates: TestCertificates

    init() throws { certificates = try TestCertificates() }

    private func flags(_ certificate: String, _ key: String) -> [String] {
        ["--tls-listen=0", "--tls-certificates=\(certificate)", "--tls-keys=\(key)"]
    }

    @Test func `does not start with a certificate that has expired, and names its file`() async throws {
        let old = try certificates.issue(days: -9 ... -1)
        let problem = await #expect(throws: ServerProblem.self) {
            try await TestServer.start(flags(old.certificateFile, old.keyFile))
        }
        #expect(
            "\(problem.map { "\($0)" } ?? "")"
                == "HTTPS cannot be spoken: the certificate in \(old.certificateFile) has expired")
    }

    @Test func `signs in with a cookie that stays on HTTPS, and shows renewed certificates`() async throws {
        let first = try certificates.issue(for: ["DNS:localhost", "DNS:first.example"])
        let second = try certificates.issue(for: ["DNS:localhost", "DNS:second.example"])
        let test = try await TestServer.start(flags(first.certificateFile, first.keyFile))
        let port = try #require(test.server.secureAddress?.port)
        #expect(test.server.secureURL == "https://127.0.0.1:\(port)")
        let authority = certificates.authorityFile

        let open = try TLSProbe(port: port, authorityFile: authority)
        #expect(open.shows("first.example"))
        let person = test.north.students[0]
        let body = #"{"login":"\#(person.login)","password":"\#(person.password)"}"#
        try open.send(
            """
            POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r
            Content-Length: \(body.utf8.count)\r\n\r\n\(body)
            """)
        let answer = String(
            decoding: try open.receive { String(decoding: $0, as: UTF8.self).contains("\r\n\r\n") },
            as: UTF8.self)
        let cookie = answer.split(separator: "\r\n").first { $0.lowercased().hasPrefix("set-cookie:") }
        #expect(cookie?.contains("; Secure") == true, "\(answer.prefix(300))")

        // A renewal that went wrong changes nothing.
        try Data("half a".utf8).write(to: URL(fileURLWithPath: first.keyFile))
        #expect(!test.server.reloadCertificates())
        #expect(try TLSProbe(port: port, authorityFile: authority).shows("first.example"))

        try FileManager.default.removeItem(atPath: first.certificateFile)
        try FileManager.default.removeItem(atPath: first.keyFile)
        try FileManager.default.copyItem(atPath: second.certificateFile, toPath: first.certificateFile)
        try FileManager.default.copyItem(atPath: second.keyFile, toPath: first.keyFile)
        #expect(test.server.reloadCertificates())
        for loop in test.server.loops { try await loop.perform {} }
        #expect(try TLSProbe(port: port, authorityFile: authority).shows("second.example"))
        #expect(try open.ask("/healthz").hasSuffix("ok\n"))
        await test.server.drain()
    }

    @Test func `hears of a renewal by SIGHUP, again and again`() async {
        let signals = SignalWatch()
        let (stream, heard) = AsyncStream.makeStream(of: Void.self)
        signals.onReload { heard.yield() }
        var turns = stream.makeAsyncIterator()
        for _ in 0..<2 {
            kill(getpid(), SIGHUP)
            await turns.next()
        }
        #expect(!signals.hasCaught)
    }
}
