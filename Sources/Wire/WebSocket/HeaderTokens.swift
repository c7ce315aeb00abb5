/// The comma-separated lists of header fields, which may be spread over several lines (RFC 9110 §5.6.1).
enum HeaderTokens {
    /// The elements of a list, without white space around them and without empty ones.
    static func elements(_ lines: [String]) -> [Substring] {
        lines.flatMap { line in
            line.split(separator: ",").map(trimmed).filter { !$0.isEmpty }
        }
    }

    /// Whether the list has `token`; upper and lower case are the same.
    static func contains(_ token: String, in lines: [String]) -> Bool {
        elements(lines).contains { $0.lowercased() == token }
    }

    /// Whether `text` is a token (RFC 9110 §5.6.2).
    static func isToken(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy(isTokenOctet)
    }

    /// Whether an octet may stand in a token.
    static func isTokenOctet(_ octet: UInt8) -> Bool {
        switch octet {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E...0x60, 0x7C, 0x7E: true
        default: false
        }
    }

    /// `text` without spaces and tabs at its ends.
    static func trimmed(_ text: Substring) -> Substring {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        var rest = text.drop(while: isSpace)
        while let last = rest.last, isSpace(last) { rest.removeLast() }
        return rest
    }
}
