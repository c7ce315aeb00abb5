import Postgres

/// The SQL of the audit log; `$1` is the institution throughout.
enum AuditQueries {
    /// $2 kind, $3 actor, $4 subject, $5 address, $6 request, $7 details.
    static let record: Statement = """
        INSERT INTO audit_events (institution_id, kind, actor_id, subject_id, remote_address, request_id, details)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """

    /// Pages, newest first, each with the index that its filters want.
    static func page(ofKind: Bool, aboutUser: Bool) -> Statement {
        aboutUser ? (ofKind ? kindAndUser : user) : (ofKind ? kind : all)
    }

    private static let all = Statement(text(from: "audit_events", where: "TRUE"))
    private static let kind = Statement(text(from: "audit_events", where: "kind = $8"))
    private static let user = Statement(text(from: either(where: "TRUE"), where: "TRUE"))
    private static let kindAndUser = Statement(text(from: either(where: "kind = $8"), where: "TRUE"))

    /// Not before $2 and before $3; after the bookmark of time $4 and id $5; at most $6 without the first $7; of kind $8.
    private static func text(from table: String, where condition: String) -> String {
        """
        SELECT id, at, kind, actor_id, subject_id, remote_address, request_id, details::text
        FROM \(table)
        WHERE institution_id = $1 AND \(condition) AND \(period)
        ORDER BY at DESC, id DESC LIMIT $6 OFFSET $7
        """
    }

    private static let period = """
        at >= coalesce($2, '-infinity'::timestamptz) AND at < coalesce($3, 'infinity'::timestamptz)
            AND ($4::timestamptz IS NULL OR (at, id) < ($4, $5::bigint)) AND $8::text IS NOT DISTINCT FROM $8
        """

    /// What user $9 did or met: each half from its own index, no more of it than a page can show.
    private static func either(where condition: String) -> String {
        let halves = ["actor_id", "subject_id"].map { column in
            """
            (SELECT * FROM audit_events WHERE institution_id = $1 AND \(column) = $9 AND \(condition) AND \(period)
             ORDER BY at DESC, id DESC LIMIT $6 + $7)
            """
        }
        return "(\(halves.joined(separator: " UNION "))) AS events"
    }
}
