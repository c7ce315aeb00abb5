/// One life of one node: made anew whenever the process starts, so that what a dead node said is never taken for what
/// its successor says.
package struct NodeID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// 64 random bits.
    package let rawValue: UInt64

    /// Names a life; ``init()`` makes a new one.
    package init(rawValue: UInt64) { self.rawValue = rawValue }

    /// A new life.
    package init() { rawValue = UInt64.random(in: 1 ... .max) }

    /// Reads what ``description`` writes; `nil` for anything else.
    package init?(_ text: some StringProtocol) {
        guard text.utf8.count == 16, let value = UInt64(text, radix: 16), value != 0 else { return nil }
        rawValue = value
    }

    /// Sixteen hexadecimal digits.
    package var description: String {
        let digits = String(rawValue, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    package static func < (left: NodeID, right: NodeID) -> Bool { left.rawValue < right.rawValue }
}
