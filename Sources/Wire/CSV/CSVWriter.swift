/// Writes comma-separated values (RFC 4180) that ``CSVReader`` reads back as they were.
package enum CSVWriter {
    /// One row with its line end (CRLF, RFC 4180 §2.1); fields are quoted where they must be.
    ///
    /// - Parameters:
    ///   - fields: The fields; `nil` is an empty one.
    ///   - bytes: Where the row is added.
    package static func write(_ fields: [String?], to bytes: inout [UInt8]) {
        for (place, field) in fields.enumerated() {
            if place > 0 { bytes.append(UInt8(ascii: ",")) }
            guard let field else { continue }
            if needsQuotes(field) {
                bytes.append(UInt8(ascii: "\""))
                for byte in field.utf8 {
                    bytes.append(byte)
                    if byte == UInt8(ascii: "\"") { bytes.append(byte) }
                }
                bytes.append(UInt8(ascii: "\""))
            } else {
                bytes += field.utf8
            }
        }
        bytes += [0x0D, 0x0A]
    }

    /// Separators, quotes, line ends, and blanks at the ends, which some programs cut off.
    private static func needsQuotes(_ field: String) -> Bool {
        let bytes = field.utf8
        guard let first = bytes.first, let last = bytes.last else { return false }
        return first == 0x20 || last == 0x20 || bytes.contains { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }
            // What looks like a byte order mark would be taken for one.
            || bytes.starts(with: [0xEF, 0xBB, 0xBF])
    }
}
