import Content
import JSON
import JobQueue
import Postgres
import Tenancy
import WebServer

/// A report that somebody asked for: what it is, and how far its job is.
struct Report: Sendable {
    /// What can be asked for.
    enum Kind: String, Sendable, CaseIterable {
        case institutionExport = "institution_export"
        case provisioning = "provisioning_csv"
        /// Of one person; not one of an account's reports.
        case person = "data_export"

        /// Those that an account has.
        static let ofAccount: [Kind] = [.institutionExport, .provisioning]

        var title: String {
            switch self {
            case .institutionExport: "Export of the whole institution"
            case .provisioning: "Rosters as CSV, as an import reads them"
            case .person: "Export of one person's data"
            }
        }
    }

    let id: Int64
    let kind: Kind
    let user: Int64
    let subject: Int64?
    let parameters: JSONValue
    let status: String
    let progress: Double
    let progressID: Int64?
    let job: Int64?
    let message: String?
    let createdAt: Int64
    let startedAt: Int64?
    let endedAt: Int64?
    let artifact: Artifact?

    /// Reads a row of ``ReportQueries``.
    init(_ row: Row) throws {
        id = try row.int(0)
        // The database lets in no other.
        kind = Kind(rawValue: try row.text(1)) ?? .institutionExport
        user = try row.int(2)
        subject = try row.intOrNil(3)
        parameters = try JSONReader.read(try row.bytes(4))
        status = try row.text(5)
        progress = try row.double(6)
        progressID = try row.intOrNil(7)
        job = try row.intOrNil(8)
        message = try row.textOrNil(9)
        createdAt = try row.timestampMilliseconds(10)
        startedAt = try row.timestampMillisecondsOrNil(11)
        endedAt = try row.timestampMillisecondsOrNil(12)
        artifact = try row.isNull(13) ? nil : Artifact(row, at: 13)
    }

    /// Writes it as Canvas has reports; the file's address only for who asked for it.
    func write(_ call: Call, _ json: inout JSONWriter) {
        let url = artifact?.url(for: call)
        let base = call.request.base
        json.object { json in
            json.member("id", id)
            json.member("report", kind.rawValue)
            json.orNull("file_url", url)
            if let artifact, let url {
                json.object("attachment") { json in
                    json.member("id", artifact.id)
                    json.member("filename", artifact.filename)
                    json.member("display_name", artifact.filename)
                    json.member("content-type", artifact.contentType)
                    json.member("size", artifact.size)
                    json.member("url", url)
                    json.member("created_at", ISO8601.text(milliseconds: artifact.createdAt))
                    json.member("expires_at", ISO8601.text(milliseconds: artifact.expiresAt))
                }
            } else {
                json.nullMember("attachment")
            }
            json.member("status", status)
            json.member("progress", Int64(progress))
            json.orNull("progress_url", progressID.map { "\(base)/api/v1/progress/\($0)" })
            json.member("user_id", user)
            if let subject { json.member("subject_id", subject) }
            json.orNull("message", message)
            json.member("created_at", ISO8601.text(milliseconds: createdAt))
            json.orNull("started_at", startedAt.map(ISO8601.text(milliseconds:)))
            json.orNull("ended_at", endedAt.map(ISO8601.text(milliseconds:)))
            json.name("parameters")
            json.value(parameters)
        }
    }
}

/// The SQL of reports; `$1` is the institution throughout.
enum ReportQueries {
    /// A job that is over without its report has failed: its workers died, or somebody cancelled it.
    private static let columns = """
        r.id, r.report, r.user_id, r.subject_id, r.parameters::text,
        CASE WHEN r.workflow_state IN ('complete', 'error', 'deleted') THEN r.workflow_state
            WHEN h.state = 'cancelled' THEN 'aborted' WHEN h.state IN ('available', 'running') THEN r.workflow_state
            ELSE 'error' END,
        CASE WHEN r.workflow_state = 'complete' THEN 100 ELSE coalesce(p.completion, 0) END, p.id, r.job_id, r.message,
        r.created_at, r.started_at, r.ended_at, \(Artifact.columns)
        """

    private static let tables = """
        FROM account_reports r
        LEFT JOIN job_heads h ON h.institution_id = $1 AND h.id = r.job_id
        LEFT JOIN progresses p ON p.institution_id = $1 AND p.job_id = r.job_id
        LEFT JOIN artifacts a ON a.institution_id = $1 AND a.id = r.artifact_id AND a.expires_at > now()
        """

    /// $2 report's name, $3 after, $4 limit, $5 skip, newest first.
    static let list = Statement(
        """
        SELECT \(columns) \(tables)
        WHERE r.institution_id = $1 AND r.report = $2 AND r.workflow_state <> 'deleted' AND ($3 = 0 OR r.id < $3)
        ORDER BY r.id DESC LIMIT $4 OFFSET $5
        """)

    /// $2 user whose data it is, $3 after, $4 limit, $5 skip, $6 who asked, newest first.
    static let listOfPerson = Statement(
        """
        SELECT \(columns) \(tables)
        WHERE r.institution_id = $1 AND r.subject_id = $2 AND r.user_id = $6 AND r.workflow_state <> 'deleted'
            AND ($3 = 0 OR r.id < $3)
        ORDER BY r.id DESC LIMIT $4 OFFSET $5
        """)

    /// $2 report.
    static let show = Statement(
        "SELECT \(columns) \(tables) WHERE r.institution_id = $1 AND r.id = $2 AND r.workflow_state <> 'deleted'"
    )

    /// The latest of each name.
    static let latest = Statement(
        """
        SELECT \(columns) \(tables)
        WHERE r.institution_id = $1 AND r.id = ANY (ARRAY(
            SELECT max(l.id) FROM account_reports l
            WHERE l.institution_id = $1 AND l.workflow_state <> 'deleted' GROUP BY l.report))
        """)

    /// One that is under way; asking again gives it.
    ///
    /// $2 report's name, $3 who asks, $4 whose data or null, $5 parameters.
    static let findOpen: Statement = """
        SELECT r.id FROM account_reports r
        JOIN job_heads h ON h.institution_id = $1 AND h.id = r.job_id AND h.state IN ('available', 'running')
        WHERE r.institution_id = $1 AND r.report = $2 AND r.user_id = $3 AND r.subject_id IS NOT DISTINCT FROM $4::bigint
            AND r.parameters = $5 AND r.workflow_state IN ('created', 'running')
        ORDER BY r.id DESC LIMIT 1
        """

    /// Reports are asked for one after the other.
    static let lock: Statement =
        "SELECT pg_advisory_xact_lock(hashtextextended('account_reports', $1::bigint))::text"

    /// $2 report's name, $3 who asks, $4 whose data or null, $5 parameters.
    static let create: Statement = """
        INSERT INTO account_reports (institution_id, report, user_id, subject_id, parameters)
        VALUES ($1, $2, $3, $4, $5) RETURNING id
        """

    /// $2 report, $3 job.
    static let setJob: Statement =
        "UPDATE account_reports SET job_id = $3 WHERE institution_id = $1 AND id = $2"

    /// Begins an attempt; no row for what is over.
    ///
    /// The last column is ``erased``.
    /// $2 report.
    static let begin: Statement = """
        UPDATE account_reports SET workflow_state = 'running', started_at = coalesce(started_at, now())
        WHERE institution_id = $1 AND id = $2 AND workflow_state IN ('created', 'running')
        RETURNING report, user_id, subject_id, parameters::text, (
            SELECT count(*) FROM privacy_erasures e WHERE e.institution_id = $1 AND e.workflow_state = 'completed')
        """

    /// How many users have been erased.
    static let erased: Statement =
        "SELECT count(*) FROM privacy_erasures WHERE institution_id = $1 AND workflow_state = 'completed'"

    /// $2 report, $3 artifact.
    static let complete: Statement = """
        UPDATE account_reports SET workflow_state = 'complete', artifact_id = $3, ended_at = now()
        WHERE institution_id = $1 AND id = $2 AND workflow_state = 'running' RETURNING id
        """

    /// $2 report, $3 message.
    static let fail: Statement = """
        UPDATE account_reports SET workflow_state = 'error', message = $3, ended_at = now()
        WHERE institution_id = $1 AND id = $2 AND workflow_state IN ('created', 'running')
        """

    /// $2 report.
    static let delete: Statement = """
        UPDATE account_reports SET workflow_state = 'deleted', ended_at = coalesce(ended_at, now())
        WHERE institution_id = $1 AND id = $2
        """
}
