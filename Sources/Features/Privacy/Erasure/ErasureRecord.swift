import JSON
import Postgres
import Tenancy
import WebServer

/// That a user is to be erased, or was.
struct ErasureRecord: Sendable {
    let id: Int64
    let user: Int64
    let requester: Int64
    /// `requested`, `confirmed`, `completed`, or `failed` for one whose job is over without it: to be confirmed again.
    let state: String
    let progressID: Int64?
    let createdAt: Int64
    let confirmedAt: Int64?
    let endedAt: Int64?

    init(_ row: Row) throws(PostgresError) {
        id = try row.int(0)
        user = try row.int(1)
        requester = try row.int(2)
        state = try row.text(3)
        progressID = try row.intOrNil(4)
        createdAt = try row.timestampMilliseconds(5)
        confirmedAt = try row.timestampMillisecondsOrNil(6)
        endedAt = try row.timestampMillisecondsOrNil(7)
    }

    func write(_ call: Call, _ json: inout JSONWriter) {
        let base = call.request.base
        json.object { json in
            json.member("id", id)
            json.member("user_id", user)
            json.member("requested_by", requester)
            json.member("workflow_state", state)
            json.orNull("progress_url", progressID.map { "\(base)/api/v1/progress/\($0)" })
            json.member("created_at", ISO8601.text(milliseconds: createdAt))
            json.orNull("confirmed_at", confirmedAt.map(ISO8601.text(milliseconds:)))
            json.orNull("ended_at", endedAt.map(ISO8601.text(milliseconds:)))
        }
    }
}

/// The SQL of erasures; `$1` is the institution throughout.
enum ErasureQueries {
    private static let columns = """
        e.id, e.user_id, e.requested_by,
        CASE WHEN e.workflow_state = 'confirmed' AND coalesce(h.state NOT IN ('available', 'running'), true)
            THEN 'failed' ELSE e.workflow_state END,
        p.id, e.created_at, e.confirmed_at, e.ended_at
        """

    private static let tables = """
        FROM privacy_erasures e
        LEFT JOIN job_heads h ON h.institution_id = $1 AND h.id = e.job_id
        LEFT JOIN progresses p ON p.institution_id = $1 AND p.job_id = e.job_id
        """

    /// $2 after, $3 limit, $4 skip, newest first.
    static let list = Statement(
        """
        SELECT \(columns) \(tables) WHERE e.institution_id = $1 AND ($2 = 0 OR e.id < $2)
        ORDER BY e.id DESC LIMIT $3 OFFSET $4
        """)

    /// $2 erasure.
    static let show = Statement("SELECT \(columns) \(tables) WHERE e.institution_id = $1 AND e.id = $2")

    /// Whether the institution has a user, even one who was deleted; `true` for one who administers it.
    ///
    /// $2 user.
    static let user: Statement = """
        SELECT EXISTS (
            SELECT 1 FROM user_roles r WHERE r.institution_id = $1 AND r.user_id = u.id AND r.role = 'admin')
        FROM users u WHERE u.institution_id = $1 AND u.id = $2
        """

    /// Asks for it; one that was asked for stays, and one that is not confirmed within an hour begins anew.
    ///
    /// $2 user, $3 who asks.
    static let request: Statement = """
        INSERT INTO privacy_erasures (institution_id, user_id, requested_by) VALUES ($1, $2, $3)
        ON CONFLICT ON CONSTRAINT privacy_erasures_once DO UPDATE SET
            requested_by = CASE WHEN privacy_erasures.workflow_state = 'requested'
                THEN excluded.requested_by ELSE privacy_erasures.requested_by END,
            created_at = CASE WHEN privacy_erasures.workflow_state = 'requested'
                THEN now() ELSE privacy_erasures.created_at END
        RETURNING id
        """

    /// Holds one.
    ///
    /// $2 erasure.
    static let hold: Statement = """
        SELECT user_id, workflow_state, created_at < now() - interval '1 hour' FROM privacy_erasures
        WHERE institution_id = $1 AND id = $2 FOR UPDATE
        """

    /// $2 erasure, $3 job.
    static let confirm: Statement = """
        UPDATE privacy_erasures SET workflow_state = 'confirmed', job_id = $3,
            confirmed_at = coalesce(confirmed_at, now())
        WHERE institution_id = $1 AND id = $2
        """

    /// From now on they have no way in, and what is open closes.
    ///
    /// $2 user.
    static let shutOut: [Statement] = [
        "UPDATE users SET workflow_state = 'deleted' WHERE institution_id = $1 AND id = $2 AND workflow_state <> 'deleted'",
        "DELETE FROM sessions WHERE institution_id = $1 AND user_id = $2",
        "DELETE FROM access_tokens WHERE institution_id = $1 AND user_id = $2",
    ]

    /// $2 erasure; no row when it is completed already.
    static let subject: Statement = """
        SELECT user_id, requested_by FROM privacy_erasures
        WHERE institution_id = $1 AND id = $2 AND workflow_state = 'confirmed'
        """

    /// Exports that hold them: those of the whole institution, and those about them whoever asked.
    ///
    /// Nobody fetches them any more, and those about them that are under way are not kept.
    ///
    /// $2 user.
    static let recall: [Statement] = [
        """
        UPDATE artifacts a SET expires_at = now() FROM account_reports r
        WHERE a.institution_id = $1 AND a.expires_at > now() AND r.institution_id = $1 AND r.artifact_id = a.id
            AND (r.report <> 'data_export' OR r.subject_id = $2)
        """,
        """
        UPDATE account_reports SET workflow_state = 'deleted', ended_at = coalesce(ended_at, now())
        WHERE institution_id = $1 AND subject_id = $2 AND workflow_state <> 'deleted'
        """,
    ]

    /// $2 user, $3 rows.
    static let blindAudit: Statement = "SELECT privacy_blind_audit($2, $3) WHERE $1::bigint IS NOT NULL"
    /// $2 user.
    static let detach: Statement = "SELECT privacy_detach_person($2) WHERE $1::bigint IS NOT NULL"

    /// $2 erasure.
    static let complete: Statement = """
        UPDATE privacy_erasures SET workflow_state = 'completed', ended_at = now()
        WHERE institution_id = $1 AND id = $2 AND workflow_state = 'confirmed' RETURNING user_id
        """
}
