import Courses
import Postgres

/// The SQL of what is due, for whom; `$1` is the institution and `$2` the user throughout.
enum DueQueries {
    /// Assignments of courses in which the user is a student now, for which nothing was handed in.
    private static let open = """
        \(Assignment.tables) JOIN courses c ON c.institution_id = $1 AND c.id = a.course_id
        WHERE a.institution_id = $1 AND a.published AND c.workflow_state = 'available'
            AND EXISTS (
                SELECT 1 FROM enrollments e \(EnrollmentDates.joins)
                WHERE e.institution_id = $1 AND e.user_id = $2 AND e.course_id = a.course_id
                    AND e.type = 'StudentEnrollment' AND e.workflow_state = 'active'
                    AND (\(EnrollmentDates.phase)) = 'current')
            AND NOT EXISTS (
                SELECT 1 FROM grade_cells g
                WHERE g.institution_id = $1 AND g.assignment_id = a.id AND g.user_id = $2)
            AND NOT EXISTS (
                SELECT 1 FROM quiz_runs r JOIN quiz_answers x
                    ON x.institution_id = $1 AND x.run_id = r.id AND x.user_id = $2
                WHERE r.institution_id = $1 AND r.quiz_id = q.id)
        """

    /// When something is due, as a number to sort by; what has no date comes last.
    private static let due = """
        (CASE WHEN a.due_at IS NULL THEN 9223372036854775807 ELSE (extract(epoch FROM a.due_at) * 1000000)::bigint END)
        """

    /// What is past its date, what was due first comes first.
    ///
    /// $3 and $4 the bookmark, $5 count, $6 left out, $7 now, $8 courses or null.
    static let missing = Statement(
        """
        SELECT \(Assignment.columns), \(due) \(open) AND a.due_at < $7 AND ($8::bigint[] IS NULL OR a.course_id = ANY ($8))
            AND ($3::bigint IS NULL OR (\(due), a.id) > ($3, $4::bigint))
        ORDER BY \(due), a.id LIMIT $5 OFFSET $6
        """)

    /// What the user is to hand in, and what waits for the user's grading: how much of it, and the place in the list.
    ///
    /// An assignment may be both. $3 and $4 the bookmark, $5 count, $6 left out, $7 from and $8 until when what is to be
    /// handed in is due, $9 a course or null.
    static let todo = Statement(
        """
        SELECT * FROM (
            SELECT \(Assignment.columns), 0::bigint AS waiting, \(due) AS due, a.id * 2 AS place
            \(open) AND a.due_at BETWEEN $7 AND $8
            UNION ALL
            SELECT \(Assignment.columns), w.waiting, \(due), a.id * 2 + 1
            \(Assignment.tables) JOIN courses c ON c.institution_id = $1 AND c.id = a.course_id
            CROSS JOIN LATERAL (
                SELECT count(*) AS waiting FROM grade_cells g
                WHERE g.institution_id = $1 AND g.assignment_id = a.id AND g.workflow_state = 'pending_review'
                    AND EXISTS (
                        SELECT 1 FROM enrollments e \(EnrollmentDates.joins)
                        WHERE e.institution_id = $1 AND e.user_id = $2 AND e.course_id = a.course_id
                            AND e.type IN ('TeacherEnrollment', 'TaEnrollment') AND e.workflow_state = 'active'
                            AND (\(EnrollmentDates.phase)) = 'current'
                            AND (NOT e.limit_privileges_to_course_section OR EXISTS (
                                SELECT 1 FROM enrollments s
                                WHERE s.institution_id = $1 AND s.course_id = a.course_id AND s.user_id = g.user_id
                                    AND s.type = 'StudentEnrollment' AND s.section_id = e.section_id)))) w
            WHERE a.institution_id = $1 AND a.published AND c.workflow_state IN ('available', 'unpublished')
                AND w.waiting > 0 AND a.course_id IN (
                    SELECT n.course_id FROM enrollments n WHERE n.institution_id = $1 AND n.user_id = $2)) found
        WHERE ($9::bigint IS NULL OR found.course_id = $9)
            AND ($3::bigint IS NULL OR (found.due, found.place) > ($3, $4::bigint))
        ORDER BY found.due, found.place LIMIT $5 OFFSET $6
        """)

    /// Published assignments of some courses by when they are due.
    ///
    /// $2 courses, $3 from, $4 until, $5 count.
    static let between = Statement(
        """
        SELECT \(Assignment.columns) \(Assignment.tables)
        WHERE a.institution_id = $1 AND a.course_id = ANY ($2) AND a.published AND a.due_at BETWEEN $3 AND $4
        ORDER BY a.due_at, a.id LIMIT $5
        """)
}
