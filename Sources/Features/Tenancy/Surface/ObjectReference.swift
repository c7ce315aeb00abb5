import JSON

/// How a path or a field names something: by its id, as one's own, or by an id that another system gave it
/// (Canvas's `sis_course_id:BIO-1`, also `hex:sis_course_id:42494f2d31` for what a path cannot carry).
package enum ObjectReference: Hashable, Sendable {
    /// An id of ours, from 1 to 2^53 − 1.
    case id(Int64)
    /// `self`.
    case own
    /// A kind, as `sis_course_id`, and the other system's id.
    case foreign(kind: String, String)

    /// Characters that another system's id may have.
    package static let longest = 255

    /// Reads a path's segment, percent-decoded; `nil` for what names nothing.
    package init?(_ text: String) {
        if text == "self" {
            self = .own
            return
        }
        if let first = text.utf8.first, (0x30...0x39).contains(first) {
            guard let id = Int64(text), (1...JSONFields.largestID).contains(id) else { return nil }
            self = .id(id)
            return
        }
        var rest = Substring(text)
        let isHex = rest.hasPrefix("hex:")
        if isHex { rest = rest.dropFirst(4) }
        guard let colon = rest.firstIndex(of: ":") else { return nil }
        let kind = String(rest[..<colon])
        let written = rest[rest.index(after: colon)...]
        guard let value = isHex ? Self.unhex(written) : String(written),
            (1...Self.longest).contains(value.unicodeScalars.count), !value.utf8.contains(0)
        else { return nil }
        self = .foreign(kind: kind, value)
    }

    private static func unhex(_ text: Substring) -> String? {
        let digits = Array(text.utf8)
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        for at in stride(from: 0, to: digits.count, by: 2) {
            guard let high = nibble(digits[at]), let low = nibble(digits[at + 1]) else { return nil }
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func nibble(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x41...0x46: digit - 0x37
        case 0x61...0x66: digit - 0x57
        default: nil
        }
    }
}
