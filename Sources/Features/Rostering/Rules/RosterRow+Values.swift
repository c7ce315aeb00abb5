import CSV
import Tenancy

/// Cells as values; what cannot be one refuses the row, with the column's name and never its content.
extension RosterRow {
    /// The id that another system gives something.
    func sisID(_ column: RosterColumn) throws(RowRefusal) -> String {
        guard let text = try optionalSISID(column) else { throw RowRefusal("\(column.rawValue) is empty") }
        return text
    }

    /// The id that another system gives something; `nil` where the cell says nothing.
    func optionalSISID(_ column: RosterColumn) throws(RowRefusal) -> String? {
        guard let text = text(column) else { return nil }
        guard NewUser.isName(text) else {
            throw RowRefusal("\(column.rawValue) is longer than 255 characters, or has control characters")
        }
        try checkFormula(text, column)
        return text
    }

    /// A name of 1 to so many characters; `nil` where the cell says nothing.
    func name(_ column: RosterColumn, atMost count: Int = 255) throws(RowRefusal) -> String? {
        guard let text = text(column) else { return nil }
        guard NewUser.isName(text), text.unicodeScalars.count <= count else {
            throw RowRefusal(
                "\(column.rawValue) is longer than \(count) characters, or has control characters")
        }
        try checkFormula(text, column)
        return text
    }

    /// Refuses what a spreadsheet would compute, should the text ever come into one.
    func checkFormula(_ text: String, _ column: RosterColumn) throws(RowRefusal) {
        guard !CSVFormula.isOne(text) else { throw RowRefusal("\(column.rawValue) begins as a formula does") }
    }

    /// A text that may be taken away: `nil` where the file has no such column, `.some(nil)` where the cell is empty.
    func change(_ column: RosterColumn) throws(RowRefusal) -> String?? {
        guard has(column) else { return .none }
        return .some(try optionalSISID(column))
    }

    /// A time that may be taken away, in milliseconds since 1970; UTC where it names no offset.
    func time(_ column: RosterColumn) throws(RowRefusal) -> Int64?? {
        guard has(column) else { return .none }
        guard let text = text(column) else { return .some(nil) }
        guard let time = RosterRow.time(text) else {
            throw RowRefusal("\(column.rawValue) is no time such as 2026-09-01T00:00:00Z")
        }
        return .some(time)
    }

    /// ISO 8601 as systems write it: with a blank for the T, without seconds, without an offset, or a day alone.
    static func time(_ text: String) -> Int64? {
        guard text.utf8.count <= 40 else { return nil }
        var text = text
        if let blank = text.firstIndex(of: " ") { text.replaceSubrange(blank...blank, with: "T") }
        switch text.utf8.count {
        case 10: text += "T00:00:00Z"
        case 16: text += ":00Z"
        case 19: text += "Z"
        default: break
        }
        return ISO8601.milliseconds(text)
    }

    /// One of the words that a status may be; case does not count.
    func status(_ words: Set<String>) throws(RowRefusal) -> String {
        guard let status = text(.status)?.lowercased() else { throw RowRefusal("status is empty") }
        guard words.contains(status) else {
            throw RowRefusal("status is none of \(words.sorted().joined(separator: ", "))")
        }
        return status
    }

    /// A truth value in one of Canvas's spellings; `nil` where the cell says nothing.
    func truth(_ column: RosterColumn) throws(RowRefusal) -> Bool? {
        guard let text = text(column)?.lowercased() else { return nil }
        if ["true", "t", "yes", "y", "on", "1"].contains(text) { return true }
        if ["false", "f", "no", "n", "off", "0"].contains(text) { return false }
        throw RowRefusal("\(column.rawValue) is neither true nor false")
    }

    /// Refuses an end that lies before its beginning.
    static func checkDates(_ start: Int64?, _ end: Int64?) throws(RowRefusal) {
        if let start, let end, end < start { throw RowRefusal("end_date lies before start_date") }
    }
}
