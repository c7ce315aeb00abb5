import Postgres

/// The SQL of courses and of who may do what in them.
enum CourseQueries {
    /// $1 institution, $2 course, $3 user: the course once per active enrolment of the user, at least once.
    static let membership: Statement = """
        SELECT c.id, c.name, c.course_code, c.workflow_state,
            e.type, e.section_id, e.limit_privileges_to_course_section
        FROM courses c
        LEFT JOIN enrollments e ON e.institution_id = $1 AND e.course_id = c.id AND e.user_id = $3
            AND e.workflow_state = 'active'
        WHERE c.institution_id = $1 AND c.id = $2 AND c.workflow_state <> 'deleted'
        """

    /// $1 institution, $2 courses, $3 users, pairwise.
    static let roles: Statement = """
        SELECT p.course_id, p.user_id,
            EXISTS (
                SELECT 1 FROM user_roles r
                WHERE r.institution_id = $1 AND r.user_id = p.user_id AND r.role = 'admin'),
            c.workflow_state,
            ARRAY(
                SELECT e.type FROM enrollments e
                WHERE e.institution_id = $1 AND e.course_id = p.course_id AND e.user_id = p.user_id
                    AND e.workflow_state = 'active')
        FROM unnest($2::bigint[], $3::bigint[]) AS p (course_id, user_id)
        JOIN courses c ON c.institution_id = $1 AND c.id = p.course_id AND c.workflow_state <> 'deleted'
        JOIN users u ON u.institution_id = $1 AND u.id = p.user_id AND u.workflow_state = 'registered'
        """

    /// $1 institution, $2 user, $3 after, $4 count, $5 left out: courses that the user is actively enrolled in and may see.
    static let ownCourses: Statement = """
        SELECT c.id, c.name, c.course_code, c.workflow_state
        FROM courses c
        WHERE c.institution_id = $1 AND c.id > $3 AND c.workflow_state <> 'deleted'
            AND EXISTS (
                SELECT 1 FROM enrollments e
                WHERE e.institution_id = $1 AND e.user_id = $2 AND e.course_id = c.id AND e.workflow_state = 'active'
                    AND (c.workflow_state <> 'unpublished'
                        OR e.type IN ('TeacherEnrollment', 'TaEnrollment', 'DesignerEnrollment')))
        ORDER BY c.id LIMIT $4 OFFSET $5
        """

    /// $1 institution, $2 after, $3 count, $4 left out.
    static let allCourses: Statement = """
        SELECT c.id, c.name, c.course_code, c.workflow_state
        FROM courses c
        WHERE c.institution_id = $1 AND c.id > $2 AND c.workflow_state <> 'deleted'
        ORDER BY c.id LIMIT $3 OFFSET $4
        """

    /// $1 institution, $2 user, $3 courses.
    static let ownEnrollments: Statement = """
        SELECT e.course_id, e.type, e.workflow_state
        FROM enrollments e
        WHERE e.institution_id = $1 AND e.user_id = $2 AND e.course_id = ANY ($3) AND e.workflow_state = 'active'
        ORDER BY e.id
        """

    /// $1 institution, $2 id of the student information system.
    static let bySIS: Statement = """
        SELECT id FROM courses WHERE institution_id = $1 AND sis_course_id = $2 AND workflow_state <> 'deleted'
        """

    /// $1 institution, $2 name, $3 code, $4 state.
    static let createCourse: Statement = """
        INSERT INTO courses (institution_id, name, course_code, workflow_state) VALUES ($1, $2, $3, $4) RETURNING id
        """

    /// $1 institution, $2 course, $3 name.
    static let createSection: Statement = """
        INSERT INTO sections (institution_id, course_id, name) VALUES ($1, $2, $3) RETURNING id
        """

    /// $1 institution, $2 ids.
    static let courses: Statement = """
        SELECT id, name, course_code, workflow_state FROM courses
        WHERE institution_id = $1 AND id = ANY ($2) AND workflow_state <> 'deleted' ORDER BY id
        """

    /// Reads a course from the first four columns; `nil` for a state that is none of a living course.
    static func course(_ row: Row) throws(PostgresError) -> Course? {
        guard let state = Course.State(rawValue: try row.text(3)) else { return nil }
        return Course(id: try row.int(0), name: try row.text(1), code: try row.text(2), state: state)
    }
}
