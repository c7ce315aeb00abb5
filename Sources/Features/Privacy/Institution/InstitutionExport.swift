package import JSON
package import Postgres
package import Tenancy

/// The export of a whole institution: every declared table as NDJSON, the files' bytes, and a manifest; see
/// `protocol/export/README.md` for the format.
///
/// All rows are of one snapshot. Confined to the loop of its pool.
package struct InstitutionExport {
    /// The format's version: raised when a reader must know of a change.
    package static let format = 1
    /// Files that one archive may hold, each of which takes 40 bytes of memory until it is copied.
    static let mostFiles = 1_900_000
    /// One statement's limit: sorting a large table takes a while.
    static let patience: Duration = .seconds(900)

    private let pool: PostgresPool
    private let institution: InstitutionID
    private let tables: [TableDeclaration]
    private let place: ExportPlace
    private let archive: ArchiveFile

    /// Exports an institution.
    ///
    /// - Parameters:
    ///   - institution: Which.
    ///   - pool: Connections; one is held while tables are read.
    ///   - tables: The program's tables.
    ///   - place: Where the files' bytes are.
    ///   - archive: Where it is written to.
    package init(
        of institution: InstitutionID, pool: PostgresPool, tables: [TableDeclaration], place: ExportPlace,
        into archive: ArchiveFile
    ) {
        self.institution = institution
        self.pool = pool
        self.tables = tables
        self.place = place
        self.archive = archive
    }

    private struct Content {
        let digest: SIMD4<UInt64>
        let size: Int64
    }

    private struct Part {
        let table: String
        let rows: Int64
        let entry: ArchiveFile.Entry
    }

    private static let head: Statement = """
        SELECT i.name, i.host, i.accent, i.workflow_state, now(), pg_current_snapshot()::text
        FROM institutions i WHERE i.id = $1
        """

    private static let logins = """
        SELECT row_to_json(r)::text FROM (
            SELECT l.user_id, l.login
            FROM tenancy_logins(ARRAY(SELECT u.id FROM users u WHERE u.institution_id = $1)) l ORDER BY l.user_id
        ) r
        """

    private static let contents = """
        SELECT f.sha256, max(f.size)::text FROM files f
        WHERE f.institution_id = $1 AND f.workflow_state = 'available' AND f.scan_state <> 'infected'
        GROUP BY f.sha256 ORDER BY f.sha256
        """

    /// Writes all of it; the archive is finished by the caller.
    ///
    /// - Parameter progress: Told now and then how much is done, 0 to 100; throws to stop.
    /// - Returns: What the manifest says.
    /// - Throws: What the database, the storage or the disk throws.
    package func run(progress: (Double) throws -> Void) async throws -> RawJSON {
        try await archive.add("README.txt", Array(InstitutionExport.readme.utf8))
        let options = TransactionOptions(
            isolation: .repeatableRead, isReadOnly: true, statementTimeout: InstitutionExport.patience)
        let (head, parts, contents) = try await pool.transaction(tenant: institution, options: options) {
            try await readTables($0, progress)
        }
        var copied: (count: Int64, bytes: Int64) = (0, 0)
        var missing: [String] = []
        let copier = ContentCopier(place: place, institution: institution, archive: archive)
        for (number, content) in contents.enumerated() {
            try progress(50 + 49 * Double(number) / Double(contents.count))
            let sha256 = InstitutionExport.text(content.digest)
            if let size = try await copier.copy(sha256, size: content.size, as: "files/\(sha256)") {
                copied = (copied.count + 1, copied.bytes + size)
            } else if missing.count < 1000 {
                missing.append(sha256)
            }
        }
        let manifest = manifest(head, parts, copied, missing)
        try await archive.add("manifest.json", manifest.bytes)
        try progress(100)
        return manifest
    }

    // MARK: Tables

    private func readTables(
        _ transaction: PostgresTransaction, _ progress: (Double) throws -> Void
    ) async throws -> (Row, [Part], [Content]) {
        let tenant = PostgresValue.int(institution.rawValue)
        guard let head = try await transaction.query(InstitutionExport.head, [tenant]).first else {
            throw DirectoryError.unknownInstitution
        }
        let reader = TableReader(transaction)
        let shapes = try await reader.shapes()
        let chosen = tables.filter { $0.institutionExport == .rows }
        var parts: [Part] = []
        for (number, table) in chosen.enumerated() {
            try progress(50 * Double(number) / Double(chosen.count + 1))
            guard let shape = shapes[table.table] else { continue }
            parts.append(try await write(table.table, table.institutionQuery(shape), reader, progress))
        }
        parts.append(try await write("logins", InstitutionExport.logins, reader, progress))
        var contents: [Content] = []
        try await reader.rows(InstitutionExport.contents, [tenant]) { rows in
            for row in rows {
                guard let digest = InstitutionExport.digest(try row.text(0)),
                    let size = Int64(try row.text(1))
                else { continue }
                contents.append(Content(digest: digest, size: size))
            }
        }
        guard contents.count <= InstitutionExport.mostFiles else { throw ArchiveFile.Problem.tooManyEntries }
        return (head, parts, contents)
    }

    private func write(
        _ table: String, _ query: String, _ reader: TableReader, _ progress: (Double) throws -> Void
    ) async throws -> Part {
        try await archive.begin("tables/\(table).ndjson")
        let newline = [UInt8(ascii: "\n")]
        let count = try await reader.json(query, [.int(institution.rawValue)], separator: newline) { bytes in
            try await archive.add(bytes)
        }
        if count > 0 { try await archive.add(newline) }
        return Part(table: table, rows: count, entry: try await archive.end())
    }

    // MARK: Parts

    private func manifest(
        _ head: Row, _ parts: [Part], _ files: (count: Int64, bytes: Int64), _ missing: [String]
    ) -> RawJSON {
        let name = try? head.text(0)
        let host = try? head.textOrNil(1)
        let accent = try? head.text(2)
        let state = try? head.text(3)
        let time = try? head.timestampMilliseconds(4)
        return RawJSON { json in
            json.object { json in
                json.member("format", "cohort-institution-export")
                json.member("version", InstitutionExport.format)
                json.object("institution") { json in
                    json.member("id", institution.rawValue)
                    json.member("name", name)
                    json.orNull("host", host)
                    json.member("accent", accent)
                    json.member("workflow_state", state)
                }
                json.member("snapshot_at", ISO8601.text(milliseconds: time ?? 0))
                json.array("tables", of: parts) { json, part in
                    json.object { json in
                        json.member("table", part.table)
                        json.member("path", "tables/\(part.table).ndjson")
                        json.member("rows", part.rows)
                        json.member("bytes", part.entry.size)
                        json.member("sha256", part.entry.sha256)
                    }
                }
                json.object("files") { json in
                    json.member("count", files.count)
                    json.member("bytes", files.bytes)
                    json.array("missing", of: missing) { $0.string($1) }
                }
                json.object("left_out") { json in
                    for table in tables {
                        if case .nothing(let reason) = table.institutionExport {
                            json.member(table.table, reason)
                        }
                    }
                }
            }
        }
    }

    private static let readme = """
        The export of an institution of a Cohort server.

        manifest.json        what is in here: tables with their numbers of rows and SHA-256, files, and what was left out
        tables/NAME.ndjson   one JSON object per line and row, in the order of the table's key
        files/SHA256         the bytes of files; tables/files.ndjson names them by their SHA-256

        The format is described in protocol/export/README.md of the program's sources.

        """

    private static func digest(_ text: String) -> SIMD4<UInt64>? {
        var words = SIMD4<UInt64>()
        for place in 0..<4 {
            guard let word = UInt64(text.dropFirst(16 * place).prefix(16), radix: 16) else { return nil }
            words[place] = word
        }
        return words
    }

    private static func text(_ digest: SIMD4<UInt64>) -> String {
        (0..<4).map { place in
            let digits = String(digest[place], radix: 16)
            return String(repeating: "0", count: 16 - digits.utf8.count) + digits
        }.joined()
    }
}
