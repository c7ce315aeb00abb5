/// Cells that a spreadsheet takes for formulas when it opens a file: they may run programs and fetch addresses.
///
/// The beginnings are those of OWASP's "CSV Injection", with their full-width forms, which some spreadsheets take alike.
package enum CSVFormula {
    /// Whether a spreadsheet may compute a cell.
    ///
    /// Blanks before it do not help. Plain numbers with a sign, and a sign alone, are none.
    ///
    /// - Parameter text: The cell.
    /// - Returns: Whether it is one.
    package static func isOne(_ text: String) -> Bool {
        let text = text.unicodeScalars.drop { $0.value <= 0x20 }
        switch text.first {
        case "=", "@", "\u{FF1D}", "\u{FF20}": return true
        case "+", "-", "\u{FF0B}", "\u{FF0D}": return !isNumber(text.dropFirst())
        default: return false
        }
    }

    /// The same cell for a file that people open: a tab before what would be computed makes it a text.
    ///
    /// Readers that leave out blanks around cells, as ours of rosters does, read it as it was.
    ///
    /// - Parameter text: The cell.
    /// - Returns: What to write.
    package static func disarmed(_ text: String) -> String { isOne(text) ? "\t\(text)" : text }

    /// Whether it is a number, or nothing.
    private static func isNumber(_ text: Substring.UnicodeScalarView) -> Bool {
        text.allSatisfy { ("0"..."9").contains($0) || $0 == "." || $0 == "," }
    }
}
