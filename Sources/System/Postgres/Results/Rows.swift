import CLibPQ

/// What one statement gave back: its rows, decoded on demand from libpq's memory.
///
/// The memory lives as long as any `Rows` or ``Row`` of it; keep values, not rows.
package struct Rows: Sendable, RandomAccessCollection {
    private let storage: RowStorage

    init(_ result: consuming ResultHandle) { storage = RowStorage(result) }

    package var startIndex: Int { 0 }
    package var endIndex: Int { storage.count }
    package subscript(position: Int) -> Row {
        precondition(position >= 0 && position < storage.count, "row out of bounds")
        return Row(storage: storage, number: position)
    }

    /// Rows that an `INSERT`, `UPDATE`, `DELETE` or `MERGE` changed, or a `SELECT` returned; 0 for other
    /// commands.
    package var affected: Int { storage.affected }

    /// The column names, in order.
    package var columns: [String] { storage.columns.indices.map { storage.name($0) } }

    /// What the server says it did, such as `INSERT 0 3`.
    var commandTag: String { storage.commandTag }

    /// The only row; `nil` when there is none.
    ///
    /// - Throws: ``PostgresError/decoding(_:)`` when there are several.
    package func only() throws(PostgresError) -> Row? {
        guard count <= 1 else {
            throw .decoding(.init(column: "all", expected: "one row at most, but \(count) rows", type: 0))
        }
        return first
    }
}

/// Owns a result and what every row of it needs to know.
// Safety: libpq does not change a result after `PQgetResult` handed it out, and documents that results may be
// read by several threads (PostgreSQL documentation, "Behavior in Threaded Programs"). Nothing here changes
// it either; it is cleared when the last reference goes away.
final class RowStorage: @unchecked Sendable {
    struct Column {
        var type: UInt32
        var isBinary: Bool
    }

    let count: Int
    let columns: [Column]
    private let result: ResultHandle

    init(_ result: consuming ResultHandle) {
        let raw = result.raw
        count = Int(PQntuples(raw))
        columns = (0..<PQnfields(raw)).map {
            Column(type: PQftype(raw, $0), isBinary: PQfformat(raw, $0) == 1)
        }
        self.result = result
    }

    var affected: Int { Int(String(cString: PQcmdTuples(result.raw))) ?? 0 }

    var commandTag: String { String(cString: PQcmdStatus(result.raw)) }

    func name(_ column: Int) -> String {
        PQfname(result.raw, CInt(column)).map { String(cString: $0) } ?? "#\(column)"
    }

    /// The place of a column by its name; `nil` when there is none.
    func column(named name: String) -> Int? { columns.indices.first { self.name($0) == name } }

    /// The bytes of a value, valid while the storage lives; `nil` for a null.
    func bytes(row: Int, column: Int) -> UnsafeRawBufferPointer? {
        let (row, column) = (CInt(truncatingIfNeeded: row), CInt(truncatingIfNeeded: column))
        let length = PQgetlength(result.raw, row, column)
        if length == 0, PQgetisnull(result.raw, row, column) == 1 { return nil }
        return UnsafeRawBufferPointer(start: PQgetvalue(result.raw, row, column), count: Int(length))
    }
}
