import JSON
package import Postgres
package import Tenancy

/// One transaction of a copy: where from, where to, for whom.
///
/// Confined to the loop of its transaction.
package struct CopyBatch {
    /// Things of a batch at most.
    package static let size = 50

    /// The institution of both courses.
    package let institution: InstitutionID
    /// The course that is copied.
    package let source: Int64
    /// The course that gets the copies.
    package let target: Int64
    /// Who has asked for it: the author of what is made.
    package let user: Int64
    /// What is copied.
    package let selection: CopySelection
    /// What becomes of dates: the second parameter of `copied_date`.
    package let dates: PostgresValue
    /// Where links may begin besides the root, as `https://school.example`.
    let origins: [String]
    let migration: Int64
    /// The transaction; it holds the target course.
    package let transaction: PostgresTransaction

    init(
        of migration: ContentMigration, _ institution: InstitutionID, _ selection: CopySelection,
        _ transaction: PostgresTransaction
    ) {
        self.institution = institution
        source = migration.source
        target = migration.target
        user = migration.user
        self.selection = selection
        dates = .json(migration.options.dates?.json.bytes)
        origins = migration.options.origins
        self.migration = migration.id
        self.transaction = transaction
    }

    /// The institution as a statement's `$1`.
    package var tenant: PostgresValue { .int(institution.rawValue) }

    /// The selected ids of a kind as a parameter; null for all.
    package func selected(_ kind: CopyKind) -> PostgresValue {
        selection.ids(of: kind).map { .intArray($0) } ?? .null
    }

    /// One thing to be copied, and the copy that is there already.
    package struct Pair: Hashable, Sendable {
        /// The thing's id.
        package let source: Int64
        /// The copy's id; `nil` when there is none.
        package let copy: Int64?

        /// Names a thing and its copy.
        package init(source: Int64, copy: Int64?) {
            self.source = source
            self.copy = copy
        }
    }

    /// Runs a statement of the institution that gives things and the copies that are there.
    ///
    /// - Parameters:
    ///   - statement: Gives ids and copies' ids; `$1` is the institution, `$2` the source and `$3` the target course.
    ///   - values: `$4` and those that follow.
    /// - Returns: The pairs.
    /// - Throws: What the database throws.
    package func pairs(_ statement: Statement, _ values: [PostgresValue]) async throws -> [Pair] {
        try await transaction.query(statement, [tenant, .int(source), .int(target)] + values).map {
            Pair(source: try $0.int(0), copy: try $0.intOrNil(1))
        }
    }

    /// Makes the copies that are missing, and brings those that are there up to date.
    ///
    /// - Parameters:
    ///   - kind: What they are.
    ///   - pairs: The things.
    ///   - insert: Makes a copy and gives its id; no row when it cannot be made, which is noted as an issue.
    ///   - update: Brings a copy up to date; `nil` when that is done elsewhere.
    ///   - refusal: Why a copy could not be made.
    /// - Throws: What the database throws.
    package func write(
        _ kind: CopyKind, _ pairs: [Pair],
        insert: (_ source: Int64) -> (Statement, [PostgresValue]),
        update: (_ source: Int64, _ copy: Int64) -> (Statement, [PostgresValue])?,
        refusal: String
    ) async throws {
        guard !pairs.isEmpty else { return }
        let results = try await transaction.query(
            pairs.compactMap { pair in
                if let copy = pair.copy { update(pair.source, copy) } else { insert(pair.source) }
            })
        var place = 0
        for pair in pairs {
            if let copy = pair.copy {
                if update(pair.source, copy) != nil { place += 1 }
                try await note(kind, pair.source, became: copy)
                continue
            }
            let rows = results[place]
            place += 1
            if let copy = try rows.first?.int(0) {
                try await note(kind, pair.source, became: copy)
            } else {
                try await complain(kind, pair.source, refusal)
            }
        }
    }

    /// Remembers what a thing became.
    package func note(_ kind: CopyKind, _ source: Int64, became copy: Int64) async throws {
        try await transaction.query(
            CopyQueries.note,
            [
                tenant, .int(target), .text(kind.rawValue), .int(source), .int(copy), .int(migration),
            ])
    }

    /// What things became; those that were never copied are missing.
    package func copies(_ kind: CopyKind, of sources: some Sequence<Int64>) async throws -> [Int64: Int64] {
        var found: [Int64: Int64] = [:]
        let rows = try await transaction.query(
            CopyQueries.copies,
            [tenant, .int(target), .text(kind.rawValue), .intArray(Set(sources).sorted())])
        for row in rows { found[try row.int(0)] = try row.int(1) }
        return found
    }

    /// Notes that something could not be copied, or not wholly; once, however often it is tried.
    package func complain(
        _ kind: CopyKind, _ source: Int64, _ text: String, isError: Bool = false
    ) async throws {
        try await transaction.query(
            CopyQueries.complain,
            [
                tenant, .int(migration), .text(kind.rawValue), .int(source),
                .text(isError ? "error" : "warning"), .text(String(text.prefix(1000))),
            ])
    }
}

/// The SQL of what became of what; `$1` is the institution throughout.
enum CopyQueries {
    /// $2 course, $3 kind, $4 source, $5 copy, $6 migration.
    static let note: Statement = """
        INSERT INTO content_copies (institution_id, course_id, kind, source_id, copy_id, migration_id)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (institution_id, course_id, kind, source_id)
            DO UPDATE SET copy_id = EXCLUDED.copy_id, migration_id = EXCLUDED.migration_id
        """

    /// $2 course, $3 kind, $4 sources.
    static let copies: Statement = """
        SELECT source_id, copy_id FROM content_copies
        WHERE institution_id = $1 AND course_id = $2 AND kind = $3 AND source_id = ANY ($4)
        """

    /// $2 migration, $3 kind, $4 source, $5 type, $6 sentence.
    static let complain: Statement = """
        INSERT INTO migration_issues (institution_id, migration_id, kind, source_id, issue_type, description)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT ON CONSTRAINT migration_issues_once DO NOTHING
        """
}
