/// One row of a file whose header is known.
struct RosterRow: Hashable, Sendable {
    /// Which row of its file it is, the header being 1; 0 for one that was in the last file and is not in this one.
    let number: Int
    /// The cells of known columns, without blanks around them; a column that the file lacks is absent, an empty cell is empty.
    let cells: [RosterColumn: String]

    /// What a cell says; `nil` where it says nothing.
    func text(_ column: RosterColumn) -> String? {
        guard let cell = cells[column], !cell.isEmpty else { return nil }
        return cell
    }

    /// Whether the file has the column.
    func has(_ column: RosterColumn) -> Bool { cells[column] != nil }

    /// What a row is told apart by: another row of the same file with the same key is about the same thing.
    func key(_ kind: RosterKind) -> [String] { kind.keys.map { cells[$0] ?? "" } }

    /// A row that removes what a key names.
    static func removal(_ kind: RosterKind, key: [String]) -> RosterRow {
        var cells = Dictionary(uniqueKeysWithValues: zip(kind.keys, key).filter { !$0.1.isEmpty })
        cells[.status] = "deleted"
        return RosterRow(number: 0, cells: cells)
    }
}

/// What is told of a row or a file.
struct RosterMessage: Hashable, Sendable {
    /// The row's number; `nil` for what concerns the whole file.
    var row: Int?
    /// A sentence without a full stop, without anything of the row.
    var text: String
    var isError = true

    /// Something that is wrong, so that the row is left out.
    static func error(_ row: Int?, _ text: String) -> RosterMessage { RosterMessage(row: row, text: text) }

    /// Something that people should know; the row counts.
    static func warning(_ row: Int?, _ text: String) -> RosterMessage {
        RosterMessage(row: row, text: text, isError: false)
    }
}

/// A row that is left out, and why.
struct RowRefusal: Error, Hashable, Sendable {
    let text: String

    init(_ text: String) { self.text = text }
}
