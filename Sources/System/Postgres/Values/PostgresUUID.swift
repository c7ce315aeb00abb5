/// A UUID as Postgres stores it (RFC 9562): 16 bytes, most significant first.
package struct PostgresUUID: Hashable, Sendable, CustomStringConvertible {
    /// The first eight bytes.
    package let high: UInt64
    /// The last eight bytes.
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Reads the text form, 32 hexadecimal digits with hyphens after 8, 12, 16 and 20; `nil` for anything
    /// else.
    package init?(_ text: String) {
        var digits: (high: UInt64, low: UInt64) = (0, 0)
        var count = 0
        for (position, byte) in text.utf8.enumerated() {
            if [8, 13, 18, 23].contains(position) {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: return nil
            }
            if count < 16 { digits.high = digits.high << 4 | UInt64(digit) }
            if count >= 16 { digits.low = digits.low << 4 | UInt64(digit) }
            count += 1
        }
        guard count == 32, text.utf8.count == 36 else { return nil }
        self.init(high: digits.high, low: digits.low)
    }

    package var description: String {
        var text: [UInt8] = []
        text.reserveCapacity(36)
        let hexadecimal = Array("0123456789abcdef".utf8)
        for position in 0..<32 {
            if [8, 12, 16, 20].contains(position) { text.append(UInt8(ascii: "-")) }
            let half = position < 16 ? high : low
            text.append(hexadecimal[Int(half >> UInt64(60 - 4 * (position % 16)) & 0xF)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
