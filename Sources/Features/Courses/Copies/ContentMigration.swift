import JSON
import JobQueue
import Postgres
import Tenancy
import WebServer

/// A copy of a course into another one, in Canvas's words: asked for, under way, or done.
struct ContentMigration: Hashable, Sendable {
    /// The one kind that there is.
    static let courseCopy = "course_copy_importer"

    let id: Int64
    let target: Int64
    let source: Int64
    let user: Int64
    let type: String
    let options: CopyOptions
    let progress: Int64?
    /// Milliseconds since 1970.
    let createdAt: Int64
    let startedAt: Int64?
    let finishedAt: Int64?
    let issues: Int64
    /// Where its job stands; `nil` when that is known no more.
    let running: Progress.WorkflowState?

    /// The columns that ``init(_:)`` reads, of `content_migrations m`; `$1` is the institution.
    static let columns = """
        m.id, m.course_id, m.source_course_id, m.user_id, m.migration_type, m.options, m.progress_id, m.created_at,
        m.started_at, m.finished_at,
        (SELECT count(*) FROM migration_issues i
            WHERE i.institution_id = $1 AND i.migration_id = m.id AND i.workflow_state = 'active'),
        (SELECT p.workflow_state FROM progresses p WHERE p.institution_id = $1 AND p.id = m.progress_id)
        """

    init(_ row: Row) throws {
        id = try row.int(0)
        target = try row.int(1)
        source = try row.int(2)
        user = try row.int(3)
        type = try row.text(4)
        options = try CopyOptions(try JSONFields(try JSONReader.read(try row.bytes(5))))
        progress = try row.intOrNil(6)
        createdAt = try row.timestampMilliseconds(7)
        startedAt = try row.timestampMillisecondsOrNil(8)
        finishedAt = try row.timestampMillisecondsOrNil(9)
        issues = try row.int(10)
        running = try row.textOrNil(11).flatMap(Progress.WorkflowState.init(rawValue:))
    }

    /// Canvas's word for where it stands.
    var state: String {
        if finishedAt != nil { return "completed" }
        return switch running {
        case .queued: "pre_processing"
        case .running, .completed: "running"
        case .failed, nil: "failed"
        }
    }

    func write(_ json: inout JSONWriter, for call: Call) {
        let base = "\(call.request.base)/api/v1"
        json.object { json in
            json.member("id", id)
            json.member("user_id", user)
            json.member("migration_type", type)
            json.member("migration_type_title", "Course Copy")
            json.member("workflow_state", state)
            json.member("created_at", ISO8601.text(milliseconds: createdAt))
            json.timeOrNull("started_at", startedAt)
            json.timeOrNull("finished_at", finishedAt)
            json.object("settings") { json in json.member("source_course_id", source) }
            if let progress {
                json.member("progress_url", call.progressURL(progress))
            } else {
                json.nullMember("progress_url")
            }
            json.member(
                "migration_issues_url", "\(base)/courses/\(target)/content_migrations/\(id)/migration_issues")
            json.member("migration_issues_count", issues)
        }
    }
}

/// The SQL of it; `$1` is the institution throughout.
enum ContentMigrationQueries {
    /// $2 course, $3 source, $4 user, $5 type, $6 options.
    static let create: Statement = """
        INSERT INTO content_migrations (institution_id, course_id, source_course_id, user_id, migration_type, options)
        VALUES ($1, $2, $3, $4, $5, $6) RETURNING id
        """

    /// $2 migration, $3 job, $4 progress.
    static let setJob: Statement = """
        UPDATE content_migrations SET job_id = $3, progress_id = $4 WHERE institution_id = $1 AND id = $2
        """

    /// $2 course, $3 migration.
    static let show = Statement(
        """
        SELECT \(ContentMigration.columns) FROM content_migrations m
        WHERE m.institution_id = $1 AND m.course_id = $2 AND m.id = $3
        """)

    /// $2 course, $3 after, $4 count, $5 left out.
    static let list = Statement(
        """
        SELECT \(ContentMigration.columns) FROM content_migrations m
        WHERE m.institution_id = $1 AND m.course_id = $2 AND m.id > $3 ORDER BY m.id LIMIT $4 OFFSET $5
        """)

    // MARK: The job

    /// Begins an attempt; no row when a later one has begun, or all is done.
    ///
    /// $2 migration, $3 fence.
    static let begin: Statement = """
        UPDATE content_migrations SET fence = $3, started_at = coalesce(started_at, now())
        WHERE institution_id = $1 AND id = $2 AND fence <= $3 AND finished_at IS NULL RETURNING step, step_after
        """

    /// $2 migration.
    static let read = Statement(
        """
        SELECT \(ContentMigration.columns) FROM content_migrations m WHERE m.institution_id = $1 AND m.id = $2
        """)

    /// Holds the migration for a batch of an attempt; no row for another attempt.
    ///
    /// $2 migration, $3 fence.
    static let hold: Statement = """
        SELECT id FROM content_migrations
        WHERE institution_id = $1 AND id = $2 AND fence = $3 AND finished_at IS NULL FOR NO KEY UPDATE
        """

    /// $2 migration, $3 step, $4 where its last batch ended.
    static let advance: Statement = """
        UPDATE content_migrations SET step = $3, step_after = $4 WHERE institution_id = $1 AND id = $2
        """

    /// $2 migration, $3 fence.
    static let finish: Statement = """
        UPDATE content_migrations SET finished_at = now()
        WHERE institution_id = $1 AND id = $2 AND fence = $3 AND finished_at IS NULL RETURNING id
        """

    /// What the copies of a migration are, by kind.
    ///
    /// $2 course, $3 migration.
    static let counts: Statement = """
        SELECT kind, count(*) FROM content_copies
        WHERE institution_id = $1 AND course_id = $2 AND migration_id = $3 GROUP BY kind ORDER BY kind
        """

    /// The time zone of a course, by whose days dates are moved.
    ///
    /// $2 course.
    static let zone: Statement = """
        SELECT coalesce(c.time_zone, a.default_time_zone, 'UTC')
        FROM courses c JOIN accounts a ON a.institution_id = $1 AND a.id = c.account_id
        WHERE c.institution_id = $1 AND c.id = $2
        """
}
