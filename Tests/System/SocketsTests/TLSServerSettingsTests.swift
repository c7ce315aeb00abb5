import Foundation
import Synchronization
import TestKit
import Testing

@testable import Sockets

struct `TLS server's files` {
    private let certificates: TestCertificates
    private let now = Int64(Date().timeIntervalSince1970)

    init() throws { certificates = try TestCertificates() }

    private func problem(_ certificate: String, _ key: String) -> String? {
        do throws(TLSFailure) {
            _ = try TLSContext.server(
                TLSServerSettings(files: [.init(certificateFile: certificate, keyFile: key)]), at: now)
            return nil
        } catch {
            return "\(error)"
        }
    }

    private func write(_ text: String) throws -> String {
        let path = NSTemporaryDirectory() + "/cohort-tls-\(UUID().uuidString)"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    @Test func `say what they are for and when they end`() throws {
        let one = try certificates.issue(for: ["DNS:A.example", "IP:127.0.0.1", "DNS:*.b.example"])
        let context = try TLSContext.server(
            TLSServerSettings(files: [.init(certificateFile: one.certificateFile, keyFile: one.keyFile)]),
            at: now)
        #expect(context.certificates.map(\.names) == [["a.example", "*.b.example"]])
        #expect(abs(context.certificates[0].end - now - 30 * 86_400) < 60)
    }

    @Test func `are named when they are missing, unreadable or something else`() throws {
        let one = try certificates.issue()
        let other = try certificates.issue()
        let text = try write("SECRET of nobody")
        defer { try? FileManager.default.removeItem(atPath: text) }
        for (certificate, key, said) in [
            ("/nowhere.pem", one.keyFile, "/nowhere.pem cannot be read: No such file or directory"),
            (one.certificateFile, "/nowhere.key", "/nowhere.key cannot be read: No such file or directory"),
            ("/tmp", one.keyFile, "/tmp cannot be read: Is a directory"),
            (text, one.keyFile, "\(text) holds no certificate that can be read"),
            (one.certificateFile, text, "\(text) holds no key that can be read"),
            (one.keyFile, one.keyFile, "\(one.keyFile) holds no certificate that can be read"),
            (
                one.certificateFile, other.keyFile,
                "\(other.keyFile) holds no key of the certificate in \(one.certificateFile)"
            ),
        ] {
            #expect(problem(certificate, key) == said)
        }
    }

    @Test func `are refused when the time is over, or has not come`() throws {
        let old = try certificates.issue(days: -30 ... -1)
        let early = try certificates.issue(days: 1...30)
        #expect(
            problem(old.certificateFile, old.keyFile)
                == "the certificate in \(old.certificateFile) has expired")
        #expect(
            problem(early.certificateFile, early.keyFile)
                == "the certificate in \(early.certificateFile) is not valid yet")
    }

    @Test func `are refused when a passphrase protects the key`() throws {
        let one = try certificates.issue()
        let locked = try write(
            "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIBvTBX\n-----END ENCRYPTED PRIVATE KEY-----\n")
        defer { try? FileManager.default.removeItem(atPath: locked) }
        #expect(problem(one.certificateFile, locked)?.contains("protected by a passphrase") == true)
    }
}

struct `Ticket keys` {
    private static let secret = [UInt8](repeating: 3, count: 32)

    @Test func `follow from the secret and the time, and open tickets of the period before`() {
        let clock = TestClock()
        clock.seconds.store(1_000_000 * TicketKeys.period, ordering: .relaxed)
        let keys = TicketKeys(secret: Self.secret) { clock.seconds.load(ordering: .relaxed) }
        let twin = TicketKeys(secret: Self.secret) { clock.seconds.load(ordering: .relaxed) }
        let foreign = TicketKeys(secret: [1]) { clock.seconds.load(ordering: .relaxed) }
        let first = keys.current(isTLS13: true)
        #expect(first.count == 80)
        #expect(twin.find(first.prefix(16), isTLS13: true)?.key == first)
        #expect(foreign.find(first.prefix(16), isTLS13: true) == nil)
        clock.seconds.add(TicketKeys.period - 1, ordering: .relaxed)
        #expect(keys.find(first.prefix(16), isTLS13: true)?.isCurrent == true)
        clock.seconds.add(1, ordering: .relaxed)
        #expect(keys.current(isTLS13: true) != first)
        #expect(keys.find(first.prefix(16), isTLS13: true)?.isCurrent == false)
        clock.seconds.add(TicketKeys.period, ordering: .relaxed)
        #expect(keys.find(first.prefix(16), isTLS13: true) == nil)
    }

    @Test func `for TLS 1.2 are each node's own, and forgotten`() {
        let clock = TestClock()
        let keys = TicketKeys(secret: Self.secret) { clock.seconds.load(ordering: .relaxed) }
        let twin = TicketKeys(secret: Self.secret) { clock.seconds.load(ordering: .relaxed) }
        let first = keys.current(isTLS13: false)
        #expect(twin.find(first.prefix(16), isTLS13: false) == nil)
        #expect(keys.find(first.prefix(16), isTLS13: true) == nil)
        clock.seconds.add(TicketKeys.period, ordering: .relaxed)
        #expect(keys.find(first.prefix(16), isTLS13: false)?.isCurrent == false)
        // Nobody asked for two periods: what was is gone all the same.
        clock.seconds.add(2 * TicketKeys.period, ordering: .relaxed)
        #expect(keys.find(first.prefix(16), isTLS13: false) == nil)
    }
}

/// A clock that a test sets.
private final class TestClock: Sendable {
    let seconds = Atomic<Int64>(1_000_000_000)
}

struct `Kernel TLS` {
    @Test(
        arguments: [
            ("espintcp mptcp tls\n", true), ("tls", true), ("mptcp\n", false), ("", false), ("xtls\n", false),
            (nil, false),
        ] as [(String?, Bool)])
    func `is offered where the kernel lists it`(list: String?, isOffered: Bool) {
        #expect((KernelTLS.decide(list) == .offered) == isOffered)
    }

    @Test func `is what this machine's kernel says`() {
        let list = try? String(contentsOfFile: "/proc/sys/net/ipv4/tcp_available_ulp", encoding: .utf8)
        #expect(KernelTLS.probe() == KernelTLS.decide(list))
    }
}
