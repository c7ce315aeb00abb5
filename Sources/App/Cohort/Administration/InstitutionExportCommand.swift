import Content
import EventLoop
import Glibc
import JSON
import Postgres
import Privacy
import Tenancy

/// `cohort institution export`: writes a whole institution to a file of this machine, in memory that does not grow with it.
package struct InstitutionExportCommand: Sendable {
    private let configuration: Configuration
    private let database: PostgresConfiguration

    /// Takes database and storage from the settings.
    ///
    /// - Throws: ``ConfigurationProblem/missing(key:reason:)`` when there is no database.
    package init(_ configuration: Configuration) throws(ConfigurationProblem) {
        guard let database = configuration.database else {
            throw .missing(key: ConfigurationKeys.databaseURL.name, reason: "it is what is exported")
        }
        self.configuration = configuration
        self.database = database
    }

    private static let named: Statement = """
        SELECT id FROM institutions WHERE id::text = $1 OR host = lower($1) ORDER BY id LIMIT 1
        """

    /// Writes the export.
    ///
    /// - Parameters:
    ///   - name: The institution's id or host name.
    ///   - path: The file, which must not be there; it gets its name once it is whole.
    /// - Returns: A line that says what was written.
    /// - Throws: ``Administration/Failure``, ``ServerProblem``, or what the storage or the disk throws.
    package func run(_ name: String, to path: String) async throws -> String {
        guard access(path, F_OK) != 0 else { throw Administration.Failure("\(path) is there already") }
        let loop = try EventLoop(index: 0, label: "cohort.export")
        let (configuration, database) = (configuration, database)
        guard let place = try Server.exportPlace(configuration, loop: loop) else {
            throw ConfigurationProblem.missing(
                key: ConfigurationKeys.contentFolder.name, reason: "the export holds the files' bytes")
        }
        return try await loop.carryOut {
            let plan = ShardPlan(
                configuration.shards, directory: ShardDirectory(), lookup: ShardQueries.lookup)
            let pool = PostgresPool(loop: loop, configuration: database, size: 1, waiters: 16, shards: plan)
            defer { pool.close() }
            do {
                let id = try await Self.find(name, in: pool)
                let archive = try await ArchiveFile.create(
                    at: path + ".part", lane: place.lane, now: WallTime.milliseconds())
                let manifest = try await InstitutionExport(
                    of: InstitutionID(rawValue: id), pool: pool, tables: Schema.tables, place: place,
                    into: archive
                ).run { _ in }
                let whole = try await archive.finish()
                try await archive.keep(as: path)
                return try Self.line(manifest, whole)
            } catch let error as PostgresError {
                throw ServerProblem.database(database.display, error)
            } catch let error as ArchiveFile.Problem {
                throw Administration.Failure("\(error)")
            } catch let error as StorageError {
                throw Administration.Failure("\(error)")
            }
        }
    }

    /// The id of the institution, in whichever database it lives.
    private static func find(_ name: String, in pool: PostgresPool) async throws -> Int64 {
        for member in pool.members {
            try await member.waitUntilOpen(atMost: .seconds(10))
            try await Schema.check(member)
            if let row = try await member.query(named, [.text(name)], tenant: nil).first {
                return try row.int(0)
            }
        }
        throw Administration.Failure("there is no institution \(name)")
    }

    private static func line(_ manifest: RawJSON, _ whole: ArchiveFile.Entry) throws -> String {
        let json = try JSONReader.read(manifest.bytes)
        let rows = (json["tables"]?.array ?? []).reduce(0) { $0 + ($1["rows"]?.int ?? 0) }
        let files = json["files"]?["count"]?.int ?? 0
        let missing = json["files"]?["missing"]?.array?.count ?? 0
        return
            "\(rows) rows, \(files) files, \(missing) missing, \(whole.size) bytes, SHA-256 \(whole.sha256)"
    }
}
