/// A header's text: as it is where it is printable ASCII, else as encoded words (RFC 2047).
enum EncodedWord {
    /// Bytes of text in one word, so that no word has more than 75 characters (§2) however many are escaped.
    private static let bytesPerWord = 18

    /// Encodes one line.
    static func encode(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { (0x20...0x7E).contains($0) } && !text.contains("=?")
        guard !isPlain || text.utf8.count > 70 else { return text }
        var words: [String] = []
        var word: [UInt8] = []
        // A character never stands in two words (§5).
        for character in text.unicodeScalars {
            let bytes = Array(String(character).utf8)
            if word.count + bytes.count > bytesPerWord {
                words.append(encoded(word))
                word = []
            }
            word += bytes
        }
        if !word.isEmpty { words.append(encoded(word)) }
        return words.joined(separator: "\r\n ")
    }

    private static func encoded(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        for byte in bytes {
            switch byte {
            case 0x20: text.append(UInt8(ascii: "_"))
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: text.append(byte)
            default: text += QuotedPrintable.escaped(byte)
            }
        }
        return "=?utf-8?Q?\(String(decoding: text, as: UTF8.self))?="
    }
}
