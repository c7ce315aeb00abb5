import Postgres

/// A table whose states can be put back.
struct RestoreTable {
    let className: String
    private let writing: Writing

    /// How states are given back: as a column, or as rows that are there or not.
    private enum Writing {
        case column(Statement)
        case rows(link: Statement, unlink: Statement, lock: Statement?)
    }

    private init(className: String, update: Statement) {
        (self.className, writing) = (className, .column(update))
    }

    private init(className: String, link: Statement, unlink: Statement, lock: Statement? = nil) {
        (self.className, writing) = (className, .rows(link: link, unlink: unlink, lock: lock))
    }

    /// From what others stand on to what stands on others.
    static let all: [RestoreTable] = [
        RestoreTable(className: "Account", update: accounts),
        RestoreTable(className: "EnrollmentTerm", update: terms),
        RestoreTable(className: "User", update: plain("users", "")),
        RestoreTable(className: "Course", update: plain("courses", ", updated_at = now()")),
        RestoreTable(className: "CourseSection", update: plain("sections", "")),
        RestoreTable(
            className: "Enrollment",
            update: plain(
                "enrollments",
                ", updated_at = now(), completed_at = CASE WHEN g.state = 'completed' THEN coalesce(t.completed_at, now()) END"
            )),
        RestoreTable(className: "UserObserver", link: ObserverTable.link, unlink: ObserverTable.unlink),
        RestoreTable(
            className: "AccountUser", link: AdminTable.restore, unlink: AdminTable.takeBack,
            lock: AdminTable.lockAdmins),
    ]

    /// Gives rows the states that they had; those that something else now stands on stay.
    func write(
        _ ids: [Int64], _ others: [Int64], _ states: [String], _ tenant: PostgresValue,
        _ transaction: PostgresTransaction
    ) async throws(PostgresError) {
        guard case .rows(let link, let unlink, let lock) = writing else {
            if case .column(let update) = writing {
                try await transaction.query(update, [tenant, .intArray(ids), .textArray(states)])
            }
            return
        }
        if let lock { try await transaction.query(lock, [tenant]) }
        for (statement, isLink) in [(link, true), (unlink, false)] {
            let places = states.indices.filter { (states[$0] == "active") == isLink }
            guard !places.isEmpty else { continue }
            try await transaction.query(
                statement, [tenant, .intArray(places.map { ids[$0] }), .intArray(places.map { others[$0] })])
        }
    }

    /// The first former state of each thing, `deleted` for what the import has made.
    ///
    /// $1 institution, $2 import, $3 class, $4 whether those that are removed or the others, $5 and $6 after, $7 of batch
    /// mode only, $8 deleted ones only, $9 concluded ones only, $10 how many.
    static let changes: Statement = """
        SELECT c.row_id, c.other_id, c.wanted
        FROM (
            SELECT DISTINCT ON (s.row_id, s.other_id) s.row_id, s.other_id,
                CASE WHEN s.former = 'creation' THEN 'deleted' ELSE s.former END AS wanted
            FROM sis_state_changes s
            WHERE s.institution_id = $1 AND s.import_id = $2 AND s.kind = $3 AND (s.row_id, s.other_id) > ($5, $6)
                AND (NOT $7 OR s.is_cleanup) AND (NOT $8 OR s.change = 'deleted')
                AND (NOT $9 OR s.change = 'concluded')
            ORDER BY s.row_id, s.other_id, s.id
        ) c
        WHERE (c.wanted = 'deleted') = $4
        ORDER BY c.row_id, c.other_id LIMIT $10
        """

    /// How much the import has made that something else stands on by now: accounts, terms, and the last admins.
    ///
    /// $1 institution, $2 import.
    static let leftovers: Statement = """
        SELECT (
            SELECT count(*) FROM sis_state_changes s
            JOIN accounts a ON a.institution_id = $1 AND a.id = s.row_id AND a.workflow_state <> 'deleted'
            WHERE s.institution_id = $1 AND s.import_id = $2 AND s.kind = 'Account' AND s.former = 'creation')
            + (
            SELECT count(*) FROM sis_state_changes s
            JOIN enrollment_terms t ON t.institution_id = $1 AND t.id = s.row_id AND t.workflow_state <> 'deleted'
            WHERE s.institution_id = $1 AND s.import_id = $2 AND s.kind = 'EnrollmentTerm' AND s.former = 'creation')
            + (
            SELECT count(*) FROM sis_state_changes s
            JOIN user_roles r ON r.institution_id = $1 AND r.user_id = s.row_id AND r.role = 'admin' AND r.sis_batch_id = $2
            WHERE s.institution_id = $1 AND s.import_id = $2 AND s.kind = 'AccountUser' AND s.other_id = $1
                AND s.former = 'creation')
        """

    /// $1 institution, $2 ids, $3 states.
    private static func plain(_ table: String, _ more: String) -> Statement {
        Statement(
            """
            UPDATE \(table) t SET workflow_state = g.state\(more)
            FROM unnest($2::bigint[], $3::text[]) AS g (id, state)
            WHERE t.institution_id = $1 AND t.id = g.id AND t.workflow_state <> g.state
            """)
    }

    private static let accounts: Statement = """
        UPDATE accounts t SET workflow_state = g.state
        FROM unnest($2::bigint[], $3::text[]) AS g (id, state)
        WHERE t.institution_id = $1 AND t.id = g.id AND t.workflow_state <> g.state
            AND (g.state <> 'deleted' OR NOT (
                EXISTS (
                    SELECT 1 FROM courses c
                    WHERE c.institution_id = $1 AND c.account_id = t.id AND c.workflow_state <> 'deleted')
                OR EXISTS (
                    SELECT 1 FROM accounts b
                    WHERE b.institution_id = $1 AND b.id <> t.id AND t.id = ANY (b.path)
                        AND b.workflow_state <> 'deleted' AND NOT b.id = ANY ($2::bigint[]))))
        """

    private static let terms: Statement = """
        UPDATE enrollment_terms t SET workflow_state = g.state
        FROM unnest($2::bigint[], $3::text[]) AS g (id, state)
        WHERE t.institution_id = $1 AND t.id = g.id AND t.workflow_state <> g.state
            AND (g.state <> 'deleted' OR NOT (t.is_default OR EXISTS (
                SELECT 1 FROM courses c
                WHERE c.institution_id = $1 AND c.enrollment_term_id = t.id AND c.workflow_state <> 'deleted')))
        """
}
