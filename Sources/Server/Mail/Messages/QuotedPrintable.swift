/// Text as lines of at most 76 printable ASCII characters (RFC 2045 §6.7).
enum QuotedPrintable {
    private static let width = 76
    private static let digits = Array("0123456789ABCDEF".utf8)

    /// Encodes a text whose lines end with a line feed; the result's end with CR LF.
    static func encode(_ text: String) -> [UInt8] {
        var out: [UInt8] = []
        for line in text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false) {
            encode(line.last == 0x0D ? line.dropLast() : line, into: &out)
            out += [0x0D, 0x0A]
        }
        return out
    }

    private static func encode(_ line: Substring.UTF8View.SubSequence, into out: inout [UInt8]) {
        var column = 0
        for (place, byte) in zip(0..., line) {
            let isLast = place == line.count - 1
            // White space at a line's end may be lost on the way.
            let isPlain =
                (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "=")
                || ((byte == 0x20 || byte == 0x09) && !isLast)
            let needed = isPlain ? 1 : 3
            // One place is left for the mark that the line goes on.
            if column + needed > width - (isLast ? 0 : 1) {
                out += [UInt8(ascii: "="), 0x0D, 0x0A]
                column = 0
            }
            if isPlain { out.append(byte) } else { out += escaped(byte) }
            column += needed
        }
    }

    /// A byte as `=3D`.
    static func escaped(_ byte: UInt8) -> [UInt8] {
        [UInt8(ascii: "="), digits[Int(byte >> 4)], digits[Int(byte & 0x0F)]]
    }
}
