import JSON
import JobQueue
import Postgres
import Tenancy

/// The end of an import in batch mode: what imports have brought into a term and this one's files do not mention is removed.
///
/// Only of kinds that a file was there for; and of a kind with a row that could not be read nothing, since that row may
/// have mentioned it.
struct SISCleanup {
    private static let batchSize: Int64 = 1000

    let hold: ImportHold
    let term: Int64
    let step: Int
    /// Percent of a kind that may be removed; `nil` for all of it.
    let threshold: Int64?
    let overrides: Bool
    let kinds: Set<RosterKind>
    let fileName: String
    let run: JobRun

    private static let order: [RosterKind] = [.enrollments, .sections, .courses]

    /// Does it.
    ///
    /// - Parameter isChecked: Whether an earlier attempt has found that not too much is removed.
    /// - Throws: ``ImportOver`` also when too much would be: then the import is aborted, and nothing is removed.
    func perform(isChecked: Bool) async throws {
        if !isChecked { try await check() }
        for kind in SISCleanup.order where kinds.contains(kind) {
            while try await remove(kind) { try run.check() }
        }
    }

    /// Whether more would go than may.
    static func exceeds(threshold: Int64?, missing: Int64, of all: Int64) -> Bool {
        guard let threshold else { return false }
        return missing * 100 > threshold * all
    }

    private func check() async throws {
        var isTooMuch = false
        try await hold.transaction { transaction, counted in
            var tallies = counted
            var messages: [RosterMessage] = []
            for kind in SISCleanup.order where kinds.contains(kind) {
                if counted.flawed.contains(kind.className) {
                    messages.append(
                        .warning(
                            nil,
                            "nothing of \(kind.rawValue) is removed: rows of their file could not be done"))
                    continue
                }
                let rows = try await hold.query(transaction, SISCleanup.count(kind), parameters)
                guard let row = rows.first else { continue }
                let (all, missing) = (try row.int(0), try row.int(1))
                guard SISCleanup.exceeds(threshold: threshold, missing: missing, of: all) else { continue }
                isTooMuch = true
                messages.append(
                    .error(
                        nil,
                        "\(missing) of \(all) \(kind.rawValue) would be removed, more than \(threshold ?? 0) percent: nothing is"
                    ))
            }
            try await hold.add(messages, of: fileName, &tallies, transaction)
            try await hold.query(
                transaction, SISJobQueries.advance,
                [.int(Int64(step)), .int(1), .json(tallies.stored.bytes), .int(nil)])
            if isTooMuch {
                try await hold.query(
                    transaction, SISJobQueries.end, [.text(SISImport.State.aborted.rawValue)])
                try await transaction.query([
                    (SISImportQueries.removePieces, [hold.tenant, .intArray([hold.importID])]),
                    (SISImportQueries.removeMentions, [hold.tenant, .intArray([hold.importID])]),
                ])
            } else {
                try await hold.query(
                    transaction, SISJobQueries.setState, [.text(SISImport.State.cleanupBatch.rawValue)])
            }
        }
        if isTooMuch { throw ImportOver() }
    }

    private var parameters: [PostgresValue] { [.int(term), .bool(overrides)] }

    /// Removes a batch; `false` when nothing was left.
    private func remove(_ kind: RosterKind) async throws -> Bool {
        var isDone = true
        try await hold.transaction { transaction, counted in
            guard !counted.flawed.contains(kind.className) else { return }
            let rows = try await hold.query(
                transaction, SISCleanup.removal(kind), parameters + [.int(SISCleanup.batchSize)])
            guard !rows.isEmpty else { return }
            isDone = false
            let batch = RosterBatch(
                institution: hold.institution, importID: hold.importID, rules: StickyRules(),
                keepsMentions: false,
                hashes: [:], transaction: transaction)
            for row in rows {
                batch.note(kind.className, .deleted, id: try row.int(0), former: try row.text(1))
            }
            if kind == .sections {
                try await EnrollmentTable.remove(ofSections: try rows.map { try $0.int(0) }, batch)
            }
            try await batch.writeNotes(isCleanup: true)
            var tallies = counted + batch.tallies
            tallies.removed[kind.className, default: 0] += Int64(rows.count)
            try await hold.query(
                transaction, SISJobQueries.advance,
                [.int(Int64(step)), .int(1), .json(tallies.stored.bytes), .int(nil)])
        }
        return !isDone
    }

    // MARK: Statements: $1 institution, $2 import, $3 term, $4 whether stuck states are overridden

    private static let counts: [RosterKind: Statement] = statements { table in
        "SELECT count(*), count(*) FILTER (WHERE m.row_id IS NULL) \(table)"
    }

    /// $5 how many.
    private static let removals: [RosterKind: Statement] = [
        .enrollments: removing(.enrollments, from: "enrollments", with: ", updated_at = now()"),
        .sections: removing(.sections, from: "sections", with: ""),
        .courses: removing(.courses, from: "courses", with: ", updated_at = now()"),
    ]

    private static func count(_ kind: RosterKind) -> Statement {
        counts[kind] ?? "SELECT 0::bigint, 0::bigint"
    }

    private static func removal(_ kind: RosterKind) -> Statement {
        removals[kind] ?? "SELECT 0::bigint, '' WHERE false"
    }

    private static func statements(_ text: (String) -> String) -> [RosterKind: Statement] {
        var made: [RosterKind: Statement] = [:]
        for kind in order { made[kind] = Statement(text(imported(kind))) }
        return made
    }

    private static func removing(_ kind: RosterKind, from table: String, with more: String) -> Statement {
        Statement(
            """
            WITH gone AS (
                SELECT t.id, t.workflow_state \(imported(kind)) AND m.row_id IS NULL
                ORDER BY t.id LIMIT $5 FOR NO KEY UPDATE OF t
            )
            UPDATE \(table) t SET workflow_state = 'deleted'\(more) FROM gone
            WHERE t.institution_id = $1 AND t.id = gone.id RETURNING t.id, gone.workflow_state
            """)
    }

    /// What imports have brought into the term, as `t`, and its mention, as `m`.
    private static func imported(_ kind: RosterKind) -> String {
        let mention = """
            LEFT JOIN sis_mentions m ON m.institution_id = $1 AND m.import_id = $2 AND m.kind = '\(kind.className)'
                AND m.row_id = t.id
            """
        switch kind {
        case .enrollments:
            return """
                FROM enrollments t JOIN courses c ON c.institution_id = $1 AND c.id = t.course_id
                    AND c.enrollment_term_id = $3 AND c.workflow_state <> 'deleted'
                \(mention)
                WHERE t.institution_id = $1 AND t.sis_batch_id IS NOT NULL AND t.workflow_state <> 'deleted'
                    AND ($4 OR NOT 'workflow_state' = ANY (t.stuck_fields))
                """
        case .sections:
            return """
                FROM sections t JOIN courses c ON c.institution_id = $1 AND c.id = t.course_id
                    AND c.enrollment_term_id = $3 AND c.workflow_state <> 'deleted'
                \(mention)
                WHERE t.institution_id = $1 AND t.sis_batch_id IS NOT NULL AND t.sis_section_id IS NOT NULL
                    AND t.workflow_state <> 'deleted' AND ($4 OR NOT 'workflow_state' = ANY (t.stuck_fields))
                """
        default:
            return """
                FROM courses t
                \(mention)
                WHERE t.institution_id = $1 AND t.enrollment_term_id = $3 AND t.sis_batch_id IS NOT NULL
                    AND t.sis_course_id IS NOT NULL AND t.workflow_state <> 'deleted'
                    AND ($4 OR NOT 'workflow_state' = ANY (t.stuck_fields))
                """
        }
    }
}
