/// Names of languages as clients write them: `de`, `pt-BR`, `zh-Hans` (BCP 47, as far as Canvas has them).
package enum LocaleName {
    /// Characters that a name may have: what RFC 5646 §4.4.1 asks of those who store them.
    package static let longest = 35

    /// Whether a text has a name's form: a language of 2 or 3 letters, then parts of 2 to 8 letters and digits.
    package static func isWellFormed(_ text: String) -> Bool {
        guard text.utf8.count <= longest else { return false }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard let language = parts.first, (2...3).contains(language.utf8.count),
            language.utf8.allSatisfy(isLetter)
        else { return false }
        return parts.dropFirst().allSatisfy { part in
            (2...8).contains(part.utf8.count) && part.utf8.allSatisfy { isLetter($0) || isDigit($0) }
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
