import Postgres

/// The SQL of runs.
///
/// `$1` is always the institution.
enum RunQueries {
    private static let columns = """
        r.id, r.class_id, r.course_id, r.quiz_id, q.title, r.number, r.question, r.seconds, r.answer_change,
            r.opened_at, r.deadline_at, r.closed_at, r.revealed_at, r.results
        """

    private static let joined = """
        FROM quiz_runs r JOIN quizzes q ON q.institution_id = $1 AND q.id = r.quiz_id
        WHERE r.institution_id = $1
        """

    /// $2 class: its runs, oldest first.
    static let ofClass = Statement("SELECT \(columns) \(joined) AND r.class_id = $2 ORDER BY r.number")

    /// $2 class, $3 run.
    static let show = Statement("SELECT \(columns) \(joined) AND r.class_id = $2 AND r.id = $3")

    /// $2 class, $3 run; waits for the answers that are being recorded.
    static let lock = Statement(
        "SELECT \(columns), q.assignment_id \(joined) AND r.class_id = $2 AND r.id = $3 FOR UPDATE OF r")

    /// Lets one transaction at a time open a question in a class.
    ///
    /// $2 class; nobody else locks this space of keys.
    static let lockClass: Statement =
        "SELECT pg_advisory_xact_lock(hashtextextended('quiz_runs:' || $1::bigint, $2))"

    /// $2 class: the open run, and the number of the next.
    static let place: Statement = """
        SELECT (SELECT r.id FROM quiz_runs r WHERE r.institution_id = $1 AND r.class_id = $2 AND r.closed_at IS NULL),
            coalesce((SELECT max(r.number) FROM quiz_runs r WHERE r.institution_id = $1 AND r.class_id = $2), 0) + 1
        """

    /// $2 class, $3 course, $4 quiz, $5 question, $6 number, $7 snapshot, $8 seconds, $9 answer_change, $10 opened_at,
    /// $11 opened_by, $12 deadline_at.
    static let open: Statement = """
        INSERT INTO quiz_runs (
            institution_id, class_id, course_id, quiz_id, question_id, number, question, seconds, answer_change,
            opened_at, opened_by, deadline_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id
        """

    /// $2 run, $3 at.
    static let close: Statement = """
        UPDATE quiz_runs SET closed_at = $3 WHERE institution_id = $1 AND id = $2 AND closed_at IS NULL
        """

    /// $2 class, $3 at.
    static let closeAll: Statement = """
        UPDATE quiz_runs SET closed_at = $3 WHERE institution_id = $1 AND class_id = $2 AND closed_at IS NULL
        RETURNING id
        """

    /// $2 run, $3 at.
    static let reveal: Statement = """
        UPDATE quiz_runs SET revealed_at = $3, closed_at = coalesce(closed_at, $3)
        WHERE institution_id = $1 AND id = $2
        """

    /// $2 run, $3 results.
    static let keepResults: Statement =
        "UPDATE quiz_runs SET results = $3 WHERE institution_id = $1 AND id = $2"

    /// Writes the cells of everybody who answered a run.
    ///
    /// Per student and question the newest revealed run that they answered counts, in it the answer with the highest
    /// sequence. The quiz is locked. $2 quiz, $3 run, $4 assignment, $5 at.
    static let postScores: Statement = """
        WITH placed AS (
            SELECT a.user_id, a.score, a.received_at, r.id = $3 AS is_this,
                row_number() OVER (
                    PARTITION BY a.user_id, r.question_id ORDER BY r.opened_at DESC, r.id DESC, a.sequence DESC) AS place
            FROM quiz_runs r CROSS JOIN LATERAL (
                SELECT a.user_id, a.score, a.received_at, a.sequence FROM quiz_answers a
                WHERE a.institution_id = $1 AND a.run_id = r.id OFFSET 0) a
            WHERE r.institution_id = $1 AND r.quiz_id = $2 AND r.revealed_at IS NOT NULL
        )
        INSERT INTO grade_cells (institution_id, assignment_id, user_id, score, submitted_at, graded_at)
        SELECT $1, $4, p.user_id, round((sum(p.score) FILTER (WHERE p.place = 1))::numeric, 4)::float8,
            max(p.received_at) FILTER (WHERE p.place = 1), $5
        FROM placed p GROUP BY p.user_id HAVING bool_or(p.is_this) ORDER BY p.user_id
        ON CONFLICT (institution_id, assignment_id, user_id) DO UPDATE
            SET score = EXCLUDED.score, submitted_at = EXCLUDED.submitted_at, graded_at = EXCLUDED.graded_at,
                workflow_state = 'graded'
        RETURNING user_id, score
        """

    /// $2 assignment.
    static let points: Statement = """
        SELECT points_possible FROM assignments WHERE institution_id = $1 AND id = $2
        """

    /// Counts one run's answers and its course's students, in one statement.
    ///
    /// Sorted and grouped, never joined, so that it takes the same few milliseconds whatever the planner believes.
    /// $2 run. Rows: `totals` (answered, expected, right, missing), `count` (tally, sample, count), `missing` (name, id).
    static let tally: Statement = """
        WITH latest AS MATERIALIZED (
            SELECT DISTINCT ON (a.user_id) a.user_id, a.tally, a.answer, a.is_right
            FROM quiz_answers a WHERE a.institution_id = $1 AND a.run_id = $2
            ORDER BY a.user_id, a.sequence DESC
        ), people AS MATERIALIZED (
            SELECT p.user_id, bool_or(p.is_student) AS is_student, bool_or(p.has_answered) AS has_answered
            FROM (
                SELECT e.user_id, true AS is_student, false AS has_answered
                FROM enrollments e
                WHERE e.institution_id = $1 AND e.type = 'StudentEnrollment' AND e.workflow_state = 'active'
                    AND e.course_id = (
                        SELECT r.course_id FROM quiz_runs r WHERE r.institution_id = $1 AND r.id = $2)
                UNION ALL
                SELECT l.user_id, false, true FROM latest l) p
            GROUP BY p.user_id
        ), missing AS MATERIALIZED (
            SELECT p.user_id FROM people p WHERE p.is_student AND NOT p.has_answered ORDER BY p.user_id LIMIT 200
        )
        SELECT 'totals', NULL::text, NULL::text, (SELECT count(*) FROM latest),
            (SELECT count(*) FROM people p WHERE p.is_student), (SELECT count(*) FROM latest l WHERE l.is_right),
            (SELECT count(*) FROM people p WHERE p.is_student AND NOT p.has_answered), NULL::bigint
        FROM quiz_runs r WHERE r.institution_id = $1 AND r.id = $2
        UNION ALL
        (SELECT 'count', t.value, min(left(l.answer #>> '{}', 200)), count(*), 0, 0, 0, NULL
        FROM latest l CROSS JOIN LATERAL unnest(
            CASE WHEN (
                SELECT r.question ->> 'type' FROM quiz_runs r WHERE r.institution_id = $1 AND r.id = $2
            ) = 'multiple_answers_question' THEN string_to_array(l.tally, ',') ELSE ARRAY[l.tally] END) AS t (value)
        GROUP BY t.value ORDER BY count(*) DESC, t.value LIMIT 200)
        UNION ALL
        (SELECT 'missing', NULL, u.name, 0, 0, 0, 0, u.id
        FROM missing m CROSS JOIN LATERAL (
            SELECT u.id, u.name, u.sortable_name FROM users u
            WHERE u.institution_id = $1 AND u.id = m.user_id OFFSET 0) u
        ORDER BY u.sortable_name, u.id)
        """

    /// $2 runs: how many answered each.
    static let answered: Statement = """
        SELECT a.run_id, count(DISTINCT a.user_id) FROM quiz_answers a
        WHERE a.institution_id = $1 AND a.run_id = ANY ($2) GROUP BY a.run_id
        """

    /// $2 course: its active students.
    static let expected: Statement = """
        SELECT count(DISTINCT e.user_id) FROM enrollments e
        WHERE e.institution_id = $1 AND e.course_id = $2 AND e.type = 'StudentEnrollment'
            AND e.workflow_state = 'active'
        """

    /// $2 class, $3 user: the answer that counts in each run; the score once it is revealed.
    static let answersOfUser: Statement = """
        SELECT DISTINCT ON (r.number) a.run_id, a.sequence, a.received_at, a.answer,
            CASE WHEN r.is_revealed THEN a.score END, CASE WHEN r.is_revealed THEN a.is_right END
        FROM quiz_answers a CROSS JOIN LATERAL (
            SELECT r.number, r.revealed_at IS NOT NULL AS is_revealed FROM quiz_runs r
            WHERE r.institution_id = $1 AND r.id = a.run_id OFFSET 0) r
        WHERE a.institution_id = $1 AND a.class_id = $2 AND a.user_id = $3
        ORDER BY r.number, a.sequence DESC
        """
}
