import Postgres

/// Reads tables row by row as JSON, within one transaction, in memory that does not grow with them.
///
/// A cursor gives as many rows at a time as make about a mebibyte. Columns that the application's role may not read are in no
/// export: a grant is needed for each.
struct TableReader {
    /// What a piece of rows should have.
    private static let pieceBytes = 1 << 20
    private static let mostRows = 512

    /// The columns of a table, and those that its rows are known by.
    struct Shape: Hashable, Sendable {
        var columns: [String] = []
        var key: [String] = []
    }

    let transaction: PostgresTransaction

    init(_ transaction: PostgresTransaction) { self.transaction = transaction }

    private static let columns: Statement = """
        SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
            AND a.attnum > 0 AND NOT a.attisdropped AND has_column_privilege(c.oid, a.attnum, 'SELECT')
        ORDER BY c.relname, a.attnum
        """

    private static let keys: Statement = """
        SELECT c.relname, a.attname FROM pg_class c
        JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
        CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k (number, place)
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.number
        WHERE c.relnamespace = 'public'::regnamespace
        ORDER BY c.relname, k.place
        """

    /// All tables that the application's role may read, with the columns that it may.
    func shapes() async throws(PostgresError) -> [String: Shape] {
        let results = try await transaction.query([(TableReader.columns, []), (TableReader.keys, [])])
        var shapes: [String: Shape] = [:]
        for row in results[0] { shapes[try row.text(0), default: Shape()].columns.append(try row.text(1)) }
        for row in results[1] { shapes[try row.text(0)]?.key.append(try row.text(1)) }
        return shapes
    }

    /// Rows of a query whose columns are all texts.
    ///
    /// - Parameters:
    ///   - query: The query, put together from the program's own words alone.
    ///   - values: Its parameters.
    ///   - take: Gets the rows piece by piece.
    /// - Throws: What the database throws, and what `take` throws.
    func rows(
        _ query: String, _ values: [PostgresValue], take: (Rows) async throws -> Void
    ) async throws {
        try await transaction.query(
            Statement("DECLARE export NO SCROLL CURSOR WITHOUT HOLD FOR \(query)", isPrepared: false), values)
        var count = 32
        while true {
            let rows = try await transaction.query(Statement("FETCH \(count) FROM export", isPrepared: false))
            if rows.isEmpty { break }
            try await take(rows)
            if rows.count < count { break }
            // Powers of two, so that there are few texts.
            let bytes = try rows.reduce(1) { sum, row in sum + (try row.bytesOrNil(0)?.count ?? 0) }
            while count < TableReader.mostRows, bytes / rows.count * count * 2 < TableReader.pieceBytes {
                count *= 2
            }
            while count > 1, bytes / rows.count * count > TableReader.pieceBytes { count /= 2 }
        }
        try await transaction.query(Statement("CLOSE export", isPrepared: false))
    }

    /// Rows of a query with one column of JSON.
    ///
    /// - Parameters:
    ///   - query: The query, put together from the program's own words alone.
    ///   - values: Its parameters.
    ///   - separator: What stands between two rows.
    ///   - take: Gets the rows' bytes piece by piece, each with a separator before it but the very first.
    /// - Returns: How many rows there were.
    /// - Throws: What the database throws, and what `take` throws.
    func json(
        _ query: String, _ values: [PostgresValue], separator: [UInt8], take: ([UInt8]) async throws -> Void
    ) async throws -> Int64 {
        var count: Int64 = 0
        try await rows(query, values) { rows in
            var piece: [UInt8] = []
            for row in rows {
                if count > 0 { piece += separator }
                piece += try row.bytes(0)
                count += 1
            }
            try await take(piece)
        }
        return count
    }
}

extension TableDeclaration {
    /// All rows of the institution `$1`, as JSON objects in the order of the key.
    func institutionQuery(_ shape: TableReader.Shape) -> String {
        let columns = shape.columns.filter { !secrets.contains($0) && $0 != "institution_id" }
        return """
            SELECT row_to_json(r)::text FROM (
                SELECT \(columns.joined(separator: ", ")) FROM \(table) WHERE institution_id = $1
                ORDER BY \(order(shape))
            ) r
            """
    }

    /// What the table has of user `$2` of institution `$1`; `nil` where it names nobody.
    func personQuery(_ shape: TableReader.Shape) -> String? {
        guard let condition else { return nil }
        let shown = Dictionary(uniqueKeysWithValues: guarded.map { ($0.column, $0.expression) })
        let columns = shape.columns.filter { !secrets.contains($0) && $0 != "institution_id" }.map { column in
            shown[column].map { "CASE WHEN \($0) THEN \(column) END AS \(column)" } ?? column
        }
        return """
            SELECT row_to_json(r)::text FROM (
                SELECT \(columns.joined(separator: ", ")) FROM \(table) WHERE institution_id = $1 AND (\(condition))
                ORDER BY \(order(shape))
            ) r
            """
    }

    private func order(_ shape: TableReader.Shape) -> String {
        // A column with a condition has another meaning than the table's.
        let key =
            shape.key.isEmpty ? shape.columns.filter { $0 == "course_id" || $0 == "user_id" } : shape.key
        return key.isEmpty ? "1" : key.map { "\(table).\($0)" }.joined(separator: ", ")
    }
}
