/// What a `Range` field asks of a representation (RFC 9110 §14).
package enum ByteRanges: Sendable, Equatable {
    /// Everything: there is no field, or one that is to be ignored (malformed, another unit, too many
    /// ranges).
    case whole
    /// These parts in the order asked for, none of them empty and all inside the representation (206).
    case parts([Range<Int>])
    /// Well-formed, but none of it lies inside the representation (416 with `Content-Range: bytes */size`).
    case unsatisfiable

    /// More ranges than a player or a PDF viewer asks for; beyond it the field is ignored (RFC 9110 §14.2).
    package static let limit = 16

    /// Reads the value of `Range` for a representation of `size` bytes.
    ///
    /// Ranges that overlap are an attack on the server's memory rather than a wish, so they too are ignored.
    package init(_ value: String?, size: Int) {
        guard let value, let parts = Self.parse(value.utf8.span, size: size) else {
            self = .whole
            return
        }
        guard !parts.isEmpty else {
            self = .unsatisfiable
            return
        }
        let sorted = parts.sorted { $0.lowerBound < $1.lowerBound }
        let overlap = zip(sorted, sorted.dropFirst()).contains { $0.upperBound > $1.lowerBound }
        self = overlap ? .whole : .parts(parts)
    }

    /// The value of `Content-Range` for one of the parts.
    package static func contentRange(_ part: Range<Int>, size: Int) -> String {
        "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(size)"
    }

    /// The ranges that can be satisfied, or `nil` where the field is to be ignored.
    private static func parse(_ bytes: Span<UInt8>, size: Int) -> [Range<Int>]? {
        guard bytes.count > 6, bytes.extracting(0..<6).equalsIgnoringCase("bytes=") else { return nil }
        var parts: [Range<Int>] = []
        var position = 6
        var count = 0
        while let element = ListGrammar.nextElement(bytes, &position) {
            count += 1
            guard count <= limit, let range = range(bytes.extracting(element), size: size) else { return nil }
            if !range.isEmpty { parts.append(range) }
        }
        return count > 0 ? parts : nil
    }

    /// `first-last`, `first-` or `-suffix`; empty where it lies outside, `nil` where it is malformed.
    private static func range(_ bytes: Span<UInt8>, size: Int) -> Range<Int>? {
        var position = 0
        if bytes[0] == ASCII.minus {
            position = 1
            guard let suffix = ListGrammar.number(bytes, &position), position == bytes.count else {
                return nil
            }
            return (size - min(suffix, size))..<size
        }
        guard let first = ListGrammar.number(bytes, &position), position < bytes.count,
            bytes[position] == ASCII.minus
        else { return nil }
        position &+= 1
        if position == bytes.count { return min(first, size)..<size }
        guard let last = ListGrammar.number(bytes, &position), position == bytes.count, last >= first else {
            return nil
        }
        guard first < size else { return size..<size }
        return first..<(min(last, size - 1) + 1)
    }
}
