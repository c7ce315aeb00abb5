import Foundation

/// The name of a file or folder that people chose, brought into one form.
///
/// Unicode NFC, so that equal names are equal bytes; no control or formatting characters that could hide what a name is
/// (line ends, direction marks); no separators; nothing that a file system or shell takes for a place.
package struct FileName: Hashable, Sendable, CustomStringConvertible {
    /// Bytes of a name at most: what file systems take, so that it can be saved anywhere.
    package static let longest = 255

    /// The name.
    package let text: String

    package var description: String { text }

    /// Brings a name into form; `nil` for what cannot be one.
    ///
    /// Some programs send a whole path: its last part counts (RFC 7578 §4.2). A path that climbs is no name of anything.
    package init?(_ raw: String) {
        let parts = raw.split(omittingEmptySubsequences: false) { $0 == "/" || $0 == "\\" }
        guard let last = parts.last, !parts.contains("..") else { return nil }
        let name = String(last).precomposedStringWithCanonicalMapping
        let trimmed = String(name.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        guard !trimmed.isEmpty, trimmed != ".", trimmed != "..", trimmed.utf8.count <= FileName.longest,
            trimmed.unicodeScalars.allSatisfy(FileName.isVisible)
        else { return nil }
        text = trimmed
    }

    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        // Format characters hide and reorder; the joiners alone are part of words in several scripts.
        case .format: scalar.value == 0x200C || scalar.value == 0x200D
        case .control, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
        default: true
        }
    }

    /// The name with a number before its ending: `a.tar.gz` becomes `a-2.tar.gz`.
    ///
    /// Where that would be too long, the name itself is shortened.
    package func numbered(_ number: Int) -> FileName {
        let dot = text.dropFirst().firstIndex(of: ".") ?? text.endIndex
        var (stem, ending) = (String(text[..<dot]), String(text[dot...]))
        if ending.utf8.count > 32 { (stem, ending) = (text, "") }
        let suffix = "-\(number)\(ending)"
        while stem.utf8.count + suffix.utf8.count > FileName.longest { stem.removeLast() }
        return FileName(checked: stem + suffix)
    }

    private init(checked text: String) { self.text = text }

    /// The ending in lower-case, without its dot; empty when there is none.
    package var fileExtension: String {
        guard let dot = text.lastIndex(of: "."), dot != text.startIndex else { return "" }
        return text[text.index(after: dot)...].lowercased()
    }
}
