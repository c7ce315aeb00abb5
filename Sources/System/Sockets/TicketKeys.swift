import COpenSSL
import Synchronization

/// The keys that session tickets are sealed with (RFC 8446 §4.6.1, RFC 5077).
///
/// Any thread may use it. Keys change every ``period``; those of the period before still open tickets, so a session can
/// be resumed for one period at least and two at most. The secret's keys follow from the secret and the time, so every
/// node that has both opens every other's tickets. They are for TLS 1.3 alone, where a resumed session makes new keys all
/// the same; keys for TLS 1.2, whose tickets hold the session's own, are random, this object's alone, and forgotten.
package final class TicketKeys: Sendable {
    /// One key: 16 bytes of name, 32 to encrypt, 32 to authenticate.
    typealias Key = [UInt8]

    /// How long a key makes tickets.
    package static let period: Int64 = 8 * 3600

    private struct Own {
        var number: Int64 = .min
        var now: Key = []
        var before: Key = []
    }

    private let secret: [UInt8]
    private let clock: @Sendable () -> Int64
    private let shared = Mutex(Own())
    private let own = Mutex(Own())

    /// Keys that follow from `secret`, of 32 bytes at least.
    ///
    /// - Parameters:
    ///   - secret: The deployment's, the same on each node.
    ///   - clock: Seconds since 1970.
    package init(secret: [UInt8], clock: @escaping @Sendable () -> Int64) {
        self.secret = secret
        self.clock = clock
    }

    /// The key for a new ticket.
    func current(isTLS13: Bool) -> Key { keys(isTLS13).now }

    /// The key that the ticket names, and whether it still makes tickets; `nil` for one that is unknown or too old.
    func find(_ name: some Sequence<UInt8>, isTLS13: Bool) -> (key: Key, isCurrent: Bool)? {
        let keys = keys(isTLS13)
        let name = Array(name)
        if keys.now.starts(with: name) { return (keys.now, true) }
        return keys.before.starts(with: name) ? (keys.before, false) : nil
    }

    private func keys(_ isTLS13: Bool) -> (now: Key, before: Key) {
        let number = clock() / TicketKeys.period
        if isTLS13 {
            return shared.withLock { kept in
                if kept.number != number {
                    kept = Own(number: number, now: derived(number), before: derived(number - 1))
                }
                return (kept.now, kept.before)
            }
        }
        return own.withLock { kept in
            if kept.number != number {
                let before = kept.number == number - 1 ? kept.now : TicketKeys.random()
                kept = Own(number: number, now: TicketKeys.random(), before: before)
            }
            return (kept.now, kept.before)
        }
    }

    private func derived(_ number: Int64) -> Key {
        var key: Key = []
        for part in ["name", "cipher", "authentication"] {
            let message = Array("cohort session ticket \(part) \(number)".utf8)
            var digest = [UInt8](repeating: 0, count: 32)
            var written: UInt32 = 0
            let done = HMAC(
                EVP_sha256(), secret, CInt(secret.count), message, message.count, &digest, &written)
            precondition(done != nil && written == 32, "HMAC-SHA-256 makes 32 bytes")
            key += part == "name" ? digest.prefix(16) : digest[...]
        }
        return key
    }

    private static func random() -> Key {
        var bytes = Key(repeating: 0, count: 80)
        precondition(RAND_bytes(&bytes, CInt(bytes.count)) == 1, "OpenSSL has randomness")
        return bytes
    }
}
