import HTTP
import JSON
import Postgres
import Tenancy

/// The export of one user's data in an institution: what every declared table has of them, their files, and a page to read.
///
/// All rows are of one snapshot. Confined to the loop of its pool.
struct PersonExport {
    /// Files of one export at most; the page says when there are more.
    private static let mostFiles = 100_000

    let institution: InstitutionID
    let user: Int64
    let pool: PostgresPool
    let tables: [TableDeclaration]
    let place: ExportPlace
    let archive: ArchiveFile

    private struct Part {
        let table: String
        let rows: Int64
    }

    private struct OwnFile {
        let id: Int64
        let name: String
        let sha256: String
        let size: Int64
    }

    private static let head: Statement = """
        SELECT i.name, u.name, l.login FROM institutions i
        JOIN users u ON u.institution_id = i.id AND u.id = $2
        LEFT JOIN LATERAL tenancy_logins(ARRAY[u.id]) l ON true
        WHERE i.id = $1
        """

    private static let files: Statement = """
        SELECT f.id, f.display_name, f.sha256, f.size FROM files f
        WHERE f.institution_id = $1 AND (f.user_id = $2 OR f.owner_id = $2) AND f.workflow_state = 'available'
            AND f.scan_state <> 'infected'
        ORDER BY f.id LIMIT $3
        """

    /// Writes all of it; the archive is finished by the caller.
    ///
    /// - Parameter progress: Told now and then how much is done, 0 to 100; throws to stop.
    /// - Throws: What the database, the storage or the disk throws.
    func run(progress: (Double) throws -> Void) async throws {
        let options = TransactionOptions(
            isolation: .repeatableRead, isReadOnly: true, statementTimeout: InstitutionExport.patience)
        let (head, parts, files) = try await pool.transaction(tenant: institution, options: options) {
            try await readTables($0, progress)
        }
        let copier = ContentCopier(place: place, institution: institution, archive: archive)
        var copied: [OwnFile] = []
        for (number, file) in files.enumerated() {
            try progress(60 + 39 * Double(number) / Double(files.count))
            let name = PersonExport.path(file)
            if try await copier.copy(file.sha256, size: file.size, as: name) != nil { copied.append(file) }
        }
        let person = RawJSON { json in
            json.object { json in
                json.member("institution_id", institution.rawValue)
                json.member("institution", head.institution)
                json.member("user_id", user)
                json.member("name", head.name)
                json.orNull("login", head.login)
            }
        }
        try await archive.add("person.json", person.bytes)
        try await archive.add("index.html", Array(page(head.institution, head.name, parts, copied).utf8))
        try progress(100)
    }

    private func readTables(
        _ transaction: PostgresTransaction, _ progress: (Double) throws -> Void
    ) async throws -> (head: (institution: String, name: String, login: String?), [Part], [OwnFile]) {
        let ids: [PostgresValue] = [.int(institution.rawValue), .int(user)]
        guard let row = try await transaction.query(PersonExport.head, ids).first else {
            throw DirectoryError.unknownUser
        }
        let reader = TableReader(transaction)
        let shapes = try await reader.shapes()
        var parts: [Part] = []
        for (number, table) in tables.enumerated() {
            try progress(60 * Double(number) / Double(tables.count))
            guard let shape = shapes[table.table], shape.columns.contains("institution_id"),
                let query = table.personQuery(shape)
            else { continue }
            try await archive.begin("tables/\(table.table).json")
            try await archive.add(Array("[\n".utf8))
            let count = try await reader.json(query, ids, separator: Array(",\n".utf8)) { bytes in
                try await archive.add(bytes)
            }
            try await archive.add(Array("\n]\n".utf8))
            _ = try await archive.end()
            parts.append(Part(table: table.table, rows: count))
        }
        let files = try await transaction.query(
            PersonExport.files, ids + [.int(Int64(PersonExport.mostFiles))]
        ).map {
            OwnFile(
                id: try $0.int(0), name: try $0.text(1), sha256: try $0.text(2), size: try $0.int(3))
        }
        return ((try row.text(0), try row.text(1), try row.textOrNil(2)), parts, files)
    }

    /// Nothing that a name holds leads out of its folder.
    private static func path(_ file: OwnFile) -> String {
        let safe = file.name.unicodeScalars.map { scalar in
            "/\\:*?\"<>|".unicodeScalars.contains(scalar) || scalar.value < 0x20 ? "_" : Character(scalar)
        }
        return "files/\(file.id)-\(String(safe))"
    }

    private func page(_ institution: String, _ name: String, _ parts: [Part], _ files: [OwnFile]) -> String {
        var lines = [
            "<!doctype html>", "<html lang=\"en\"><head><meta charset=\"utf-8\">",
            "<title>\(escaped(name)) – \(escaped(institution))</title></head><body>",
            "<h1>\(escaped(name))</h1>",
            "<p>What \(escaped(institution)) keeps about this person. Each file below is JSON: a list of records.</p>",
            "<h2>Records</h2>", "<ul>",
        ]
        for part in parts where part.rows > 0 {
            lines.append("<li><a href=\"tables/\(part.table).json\">\(part.table)</a>: \(part.rows)</li>")
        }
        lines += ["</ul>", "<h2>Files</h2>", "<ul>"]
        for file in files {
            let path = PersonExport.path(file)
            lines.append(
                "<li><a href=\"\(escaped(encoded(path)))\">\(escaped(file.name))</a>: \(file.size) bytes</li>"
            )
        }
        lines += ["</ul>", "</body></html>", ""]
        return lines.joined(separator: "\n")
    }

    private func encoded(_ path: String) -> String {
        path.split(separator: "/").map { PercentCoding.encode(String($0)) }.joined(separator: "/")
    }

    private func escaped(_ text: String) -> String {
        var result = ""
        for character in text.unicodeScalars {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }
}
