import Courses
import Postgres

/// The SQL of live classes, and of what is read from their logs besides whole events.
///
/// `$1` is always the institution.
enum ClassQueries {
    static let columns = """
        c.id, c.course_id, k.name, c.title, c.workflow_state, c.scheduled_at, c.started_at, c.ended_at, c.created_at
        """

    static let from = """
        FROM live_classes c JOIN courses k ON k.institution_id = $1 AND k.id = c.course_id
            AND k.workflow_state <> 'deleted'
        WHERE c.institution_id = $1 AND c.workflow_state <> 'deleted'
        """

    /// $2 id.
    static let show = Statement("SELECT \(columns) \(from) AND c.id = $2")

    /// $2 courses, $3 states, $4 after, $5 count, $6 left out.
    static let list = Statement(
        """
        SELECT \(columns) \(from) AND c.course_id = ANY ($2) AND c.workflow_state = ANY ($3::text[]) AND c.id > $4
        ORDER BY c.id LIMIT $5 OFFSET $6
        """)

    /// $2 course, $3 title, $4 scheduled, $5 now, $6 user.
    static let create: Statement = """
        INSERT INTO live_classes (institution_id, course_id, title, scheduled_at, created_at, created_by)
        VALUES ($1, $2, $3, $4, $5, $6) RETURNING id
        """

    /// $2 id, $3 title or null, $4 whether the time is to change, $5 scheduled.
    static let update: Statement = """
        UPDATE live_classes SET title = coalesce($3, title),
            scheduled_at = CASE WHEN $4 THEN $5::bigint ELSE scheduled_at END
        WHERE institution_id = $1 AND id = $2 AND workflow_state <> 'deleted'
        """

    /// $2 id.
    ///
    /// A class that is live is not deleted.
    static let delete: Statement = """
        UPDATE live_classes SET workflow_state = 'deleted'
        WHERE institution_id = $1 AND id = $2 AND workflow_state IN ('scheduled', 'ended')
        """

    /// $2 id, $3 now.
    static let start: Statement = """
        UPDATE live_classes SET workflow_state = 'live', started_at = $3
        WHERE institution_id = $1 AND id = $2 AND workflow_state = 'scheduled'
        """

    /// $2 id, $3 now.
    static let end: Statement = """
        UPDATE live_classes SET workflow_state = 'ended', ended_at = $3
        WHERE institution_id = $1 AND id = $2 AND workflow_state = 'live'
        """

    /// $2 id: the state, locked, so that two nodes cannot both start or end it.
    static let lock: Statement = """
        SELECT workflow_state FROM live_classes WHERE institution_id = $1 AND id = $2 FOR UPDATE
        """

    /// Reads a class from the columns above; `nil` for a state that no living class has.
    static func liveClass(_ row: Row) throws(PostgresError) -> LiveClass? {
        guard let phase = LiveClass.Phase(rawValue: try row.text(4)) else { return nil }
        return LiveClass(
            id: try row.int(0), course: try row.int(1), courseName: try row.text(2), title: try row.text(3),
            phase: phase, scheduledAt: try row.intOrNil(5), startedAt: try row.intOrNil(6),
            endedAt: try row.intOrNil(7), createdAt: try row.int(8))
    }

    // MARK: Logs

    /// $2 channel, $3 author, $4 method, $5 key: what the key has made before.
    static let made: Statement = """
        SELECT seq, at, digest, body FROM live_events
        WHERE institution_id = $1 AND channel = $2 AND author = $3 AND method = $4 AND key = $5::uuid
        """

    /// $2 channel, $3 before, $4 count: messages, the newest first; hidden ones too.
    static let messages: Statement = """
        SELECT seq, body, hidden FROM live_events
        WHERE institution_id = $1 AND channel = $2 AND seq < $3 AND method = 'chat.send' ORDER BY seq DESC LIMIT $4
        """

    /// $2 channel, $3 message, as text: hides what was made of a message that is deleted.
    static let hideEdits: Statement = """
        UPDATE live_events SET hidden = true
        WHERE institution_id = $1 AND channel = $2 AND method = 'chat.edit' AND body::json ->> 'message' = $3
        """

    /// $2 run, $3 users: those of them who have answered.
    static let answered: Statement = """
        SELECT DISTINCT user_id FROM quiz_answers
        WHERE institution_id = $1 AND run_id = $2 AND user_id = ANY ($3)
        """

    // MARK: Boards

    /// $2 class.
    static let boardSnapshot: Statement = """
        SELECT seq, elements FROM board_snapshots WHERE institution_id = $1 AND class_id = $2
        ORDER BY seq DESC LIMIT 1
        """

    /// $2 class, $3 seq, $4 elements.
    static let keepBoard: Statement = """
        INSERT INTO board_snapshots (institution_id, class_id, seq, elements) VALUES ($1, $2, $3, $4)
        ON CONFLICT DO NOTHING
        """

    /// $2 class, $3 seq.
    static let dropBoards: Statement = """
        DELETE FROM board_snapshots WHERE institution_id = $1 AND class_id = $2 AND seq < $3
        """

    // MARK: Enrolments

    /// $2 courses: something that is different whenever an enrolment has changed, has begun, or is over.
    static let enrollmentMarks = Statement(
        """
        SELECT c.id, c.workflow_state, count(e.id), max(e.updated_at), count(*) FILTER (WHERE e.phase = 'current'),
            count(*) FILTER (WHERE e.phase = 'past')
        FROM courses c LEFT JOIN (
            SELECT e.id, e.course_id, e.updated_at, \(EnrollmentDates.phase) AS phase
            FROM enrollments e \(EnrollmentDates.joins)
            WHERE e.institution_id = $1 AND e.course_id = ANY ($2) AND e.workflow_state = 'active'
        ) e ON e.course_id = c.id
        WHERE c.institution_id = $1 AND c.id = ANY ($2) GROUP BY c.id, c.workflow_state
        """)
}
