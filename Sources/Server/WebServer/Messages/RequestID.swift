import Synchronization

/// Names requests, so that a client's complaint finds its line in the log.
package enum RequestID {
    private static let counter = Atomic<UInt64>(0)
    private static let prefix: String = {
        var generator = SystemRandomNumberGenerator()
        return String(generator.next() as UInt64, radix: 36)
    }()

    /// A new id: random for the process, then counted.
    package static func make() -> String {
        "\(prefix)-\(String(counter.add(1, ordering: .relaxed).newValue, radix: 36))"
    }

    /// The client's own id when it can do no harm in a log or a header, else a new one.
    package static func take(_ sent: String?) -> String {
        guard let sent, (1...64).contains(sent.utf8.count), sent.utf8.allSatisfy(isHarmless) else {
            return make()
        }
        return sent
    }

    private static func isHarmless(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}
