import Postgres

/// The SQL of assignments and submissions.
///
/// `$1` is always the institution.
enum GradebookQueries {
    /// $2 course, $3 after, $4 count, $5 left out.
    static let assignments = Statement(
        """
        SELECT \(Assignment.columns) \(Assignment.tables)
        WHERE a.institution_id = $1 AND a.course_id = $2 AND a.id > $3
        ORDER BY a.id LIMIT $4 OFFSET $5
        """)

    /// Students whose submissions are asked for, by id: those enrolled now or until the course was completed.
    ///
    /// $2 course, $3 sections or null, $4 users or null, $5 after, $6 count, $7 left out.
    static let students: Statement = """
        SELECT DISTINCT e.user_id FROM enrollments e
        WHERE e.institution_id = $1 AND e.course_id = $2 AND e.user_id > $5 AND e.type = 'StudentEnrollment'
            AND e.workflow_state IN ('active', 'completed')
            AND ($3::bigint[] IS NULL OR e.section_id = ANY ($3::bigint[]))
            AND ($4::bigint[] IS NULL OR e.user_id = ANY ($4::bigint[]))
        ORDER BY e.user_id LIMIT $6 OFFSET $7
        """

    /// One row for each of the students and assignments: what is in the cell, and what was answered.
    ///
    /// Look-ups are `LATERAL` for the reason told at ``AnswerStatements``. $2 course, $3 students, $4 assignments or
    /// null.
    static let submissions: Statement = """
        SELECT a.id, s.user_id, c.score, c.workflow_state, coalesce(c.submitted_at, n.submitted_at), c.graded_at
        FROM unnest($3::bigint[]) AS s (user_id)
        CROSS JOIN assignments a
        LEFT JOIN LATERAL (
            SELECT c.score, c.workflow_state, c.submitted_at, c.graded_at FROM grade_cells c
            WHERE c.institution_id = $1 AND c.assignment_id = a.id AND c.user_id = s.user_id OFFSET 0) c ON true
        LEFT JOIN LATERAL (
            SELECT max(x.received_at) AS submitted_at
            FROM quizzes q
            JOIN quiz_runs r ON r.institution_id = $1 AND r.quiz_id = q.id
            CROSS JOIN LATERAL (
                SELECT x.received_at FROM quiz_answers x
                WHERE x.institution_id = $1 AND x.run_id = r.id AND x.user_id = s.user_id OFFSET 0) x
            WHERE c.score IS NULL AND q.institution_id = $1 AND q.assignment_id = a.id) n ON true
        WHERE a.institution_id = $1 AND a.course_id = $2 AND ($4::bigint[] IS NULL OR a.id = ANY ($4::bigint[]))
        ORDER BY s.user_id, a.id
        """

    /// The answers that count in each run of a course, of some students; scores only where they are revealed.
    ///
    /// $2 course, $3 students, $4 assignments or null.
    static let answers: Statement = """
        SELECT q.assignment_id, s.user_id, r.id, r.question, a.answer, a.received_at,
            CASE WHEN r.revealed_at IS NOT NULL THEN a.score END,
            CASE WHEN r.revealed_at IS NOT NULL THEN a.is_right END
        FROM quiz_runs r
        JOIN quizzes q ON q.institution_id = $1 AND q.id = r.quiz_id
        CROSS JOIN unnest($3::bigint[]) AS s (user_id)
        CROSS JOIN LATERAL (
            SELECT a.answer, a.received_at, a.score, a.is_right FROM quiz_answers a
            WHERE a.institution_id = $1 AND a.run_id = r.id AND a.user_id = s.user_id
            ORDER BY a.sequence DESC LIMIT 1) a
        WHERE r.institution_id = $1 AND r.course_id = $2
            AND ($4::bigint[] IS NULL OR q.assignment_id = ANY ($4::bigint[]))
        ORDER BY s.user_id, q.assignment_id, r.opened_at, r.id
        """
}
