import Postgres

/// The SQL of courses and of who may do what in them.
enum CourseQueries {
    /// $1 institution, $2 course, $3 user, $4 a way in or null: the course once per active or concluded enrolment of the
    /// user, at least once; the last column says whether the enrolment's own role closes the way.
    static let membership = Statement(
        """
        SELECT c.id, c.name, c.course_code, c.workflow_state,
            e.type, e.section_id, e.limit_privileges_to_course_section,
            EXISTS (
                SELECT 1 FROM accounts a JOIN account_admins m ON m.institution_id = $1 AND m.user_id = $3
                    AND m.account_id = ANY (a.path)
                WHERE a.institution_id = $1 AND a.id = c.account_id),
            e.phase, coalesce($4::text = ANY (r.denied_ways), false)
        FROM courses c
        LEFT JOIN (
            SELECT e.course_id, e.type, e.section_id, e.limit_privileges_to_course_section, e.role_id,
                \(EnrollmentDates.phase) AS phase
            FROM enrollments e \(EnrollmentDates.joins)
            WHERE e.institution_id = $1 AND e.course_id = $2 AND e.user_id = $3
                AND e.workflow_state IN ('active', 'completed')
        ) e ON e.course_id = c.id
        LEFT JOIN course_roles r ON r.institution_id = $1 AND r.id = e.role_id
        WHERE c.institution_id = $1 AND c.id = $2 AND c.workflow_state <> 'deleted'
        """)

    /// $1 institution, $2 courses, $3 users, pairwise.
    static let roles = Statement(
        """
        SELECT p.course_id, p.user_id,
            EXISTS (
                SELECT 1 FROM user_roles r
                WHERE r.institution_id = $1 AND r.user_id = p.user_id AND r.role = 'admin')
            OR EXISTS (
                SELECT 1 FROM accounts a JOIN account_admins m ON m.institution_id = $1 AND m.user_id = p.user_id
                    AND m.account_id = ANY (a.path)
                WHERE a.institution_id = $1 AND a.id = c.account_id),
            c.workflow_state, coalesce(o.types, '{}'), coalesce(o.phases, '{}')
        FROM unnest($2::bigint[], $3::bigint[]) AS p (course_id, user_id)
        JOIN courses c ON c.institution_id = $1 AND c.id = p.course_id AND c.workflow_state <> 'deleted'
        JOIN users u ON u.institution_id = $1 AND u.id = p.user_id AND u.workflow_state = 'registered'
        LEFT JOIN LATERAL (
            SELECT array_agg(e.type ORDER BY e.id) AS types, array_agg(\(EnrollmentDates.phase) ORDER BY e.id) AS phases
            FROM enrollments e \(EnrollmentDates.joins)
            WHERE e.institution_id = $1 AND e.course_id = p.course_id AND e.user_id = p.user_id
                AND e.workflow_state IN ('active', 'completed')
        ) o ON true
        """)

    /// Courses that a user is enrolled in and may see, those of an account, or all.
    ///
    /// $1 institution, $2 user or null for all, $3 after, $4 count, $5 left out, $6 states of courses, $7 types and $8 the
    /// state of enrolments by their dates, or null, $9 a term or null, $10 accounts' path holds, or null, $11 a pattern or null, $12 whether the
    /// course has to be published, or null, $13 teachers or null.
    static let list = Statement(
        """
        SELECT \(CourseRecord.columns)
        FROM courses c
        WHERE c.institution_id = $1 AND c.id > $3 AND c.workflow_state = ANY ($6::text[])
            AND ($2::bigint IS NULL OR EXISTS (
                SELECT 1 FROM enrollments e \(EnrollmentDates.joins)
                WHERE e.institution_id = $1 AND e.user_id = $2 AND e.course_id = c.id AND e.type = ANY ($7::text[])
                    AND CASE
                        WHEN $8::text IS NULL THEN e.workflow_state = 'active'
                        WHEN e.workflow_state NOT IN ('invited', 'active', 'completed') THEN false
                        WHEN $8 = 'completed' THEN (\(EnrollmentDates.phase)) = 'past' OR c.workflow_state = 'completed'
                        WHEN c.workflow_state = 'completed' THEN false
                        WHEN $8 = 'active' THEN e.workflow_state = 'active' AND (\(EnrollmentDates.phase)) = 'current'
                        ELSE (\(EnrollmentDates.phase)) = 'future'
                            OR (e.workflow_state = 'invited' AND (\(EnrollmentDates.phase)) <> 'past') END
                    AND (c.workflow_state <> 'unpublished'
                        OR e.type IN ('TeacherEnrollment', 'TaEnrollment', 'DesignerEnrollment'))))
            AND ($9::bigint IS NULL OR c.enrollment_term_id = $9)
            AND ($10::bigint IS NULL OR EXISTS (
                SELECT 1 FROM accounts a
                WHERE a.institution_id = $1 AND a.id = c.account_id AND $10 = ANY (a.path)))
            AND ($11::text IS NULL OR c.name ILIKE $11 OR c.course_code ILIKE $11 OR c.sis_course_id ILIKE $11)
            AND ($12::boolean IS NULL OR (c.workflow_state IN ('available', 'completed')) = $12)
            AND ($13::bigint[] IS NULL OR EXISTS (
                SELECT 1 FROM enrollments e
                WHERE e.institution_id = $1 AND e.course_id = c.id AND e.user_id = ANY ($13)
                    AND e.type = 'TeacherEnrollment' AND e.workflow_state = 'active'))
        ORDER BY c.id LIMIT $4 OFFSET $5
        """)

    /// $1 institution, $2 course.
    static let show = Statement(
        "SELECT \(CourseRecord.columns) FROM courses c WHERE c.institution_id = $1 AND c.id = $2")

    /// $1 institution, $2 name, $3 code, $4 state, $5 account, $6 term or null.
    static let create: Statement = """
        INSERT INTO courses (institution_id, name, course_code, workflow_state, account_id, enrollment_term_id)
        VALUES ($1, $2, $3, $4, $5, $6) RETURNING id
        """

    /// Whether a course is deleted, and a user administers its account; no row otherwise.
    ///
    /// $1 institution, $2 course, $3 user, $4 whether they administer the institution.
    static let isDeleted: Statement = """
        SELECT c.id FROM courses c
        WHERE c.institution_id = $1 AND c.id = $2 AND c.workflow_state = 'deleted'
            AND ($4 OR EXISTS (
                SELECT 1 FROM accounts a JOIN account_admins m ON m.institution_id = $1 AND m.user_id = $3
                    AND m.account_id = ANY (a.path)
                WHERE a.institution_id = $1 AND a.id = c.account_id))
        """

    /// What a deleted course is in, held.
    ///
    /// $1 institution, $2 course.
    static let holder: Statement = """
        SELECT account_id, enrollment_term_id FROM courses
        WHERE institution_id = $1 AND id = $2 AND workflow_state = 'deleted' FOR NO KEY UPDATE
        """

    /// $1 institution, $2 course.
    static let undelete: Statement = """
        UPDATE courses SET workflow_state = 'unpublished', updated_at = now() WHERE institution_id = $1 AND id = $2
        """

    /// Changes what ``CourseFields/values(state:account:term:)`` says; of a deleted course other systems' ids are free.
    ///
    /// $1 institution, $2 course.
    static let update: Statement = """
        UPDATE courses SET
            name = coalesce($3, name), course_code = coalesce($4, course_code),
            workflow_state = coalesce($5, workflow_state), account_id = coalesce($6, account_id),
            enrollment_term_id = coalesce($7, enrollment_term_id),
            start_at = CASE WHEN $8 THEN $9 ELSE start_at END, end_at = CASE WHEN $10 THEN $11 ELSE end_at END,
            time_zone = CASE WHEN $12 THEN $13 ELSE time_zone END, is_public = coalesce($14, is_public),
            default_view = coalesce($15, default_view),
            course_format = CASE WHEN $16 THEN $17 ELSE course_format END,
            sis_course_id = CASE WHEN $5 = 'deleted' THEN NULL WHEN $18 THEN $19 ELSE sis_course_id END,
            integration_id = CASE WHEN $5 = 'deleted' THEN NULL WHEN $20 THEN $21 ELSE integration_id END,
            self_enrollment = coalesce($22, self_enrollment),
            self_enrollment_code = CASE WHEN $5 = 'deleted' THEN NULL WHEN $23 THEN $24 ELSE self_enrollment_code END,
            restrict_enrollments_to_course_dates = coalesce($25, restrict_enrollments_to_course_dates),
            hide_final_grades = coalesce($26, hide_final_grades),
            allow_student_discussion_topics = coalesce($27, allow_student_discussion_topics),
            self_enrollment_limit = CASE WHEN $28 THEN $29::int ELSE self_enrollment_limit END,
            locale = CASE WHEN $30 THEN $31 ELSE locale END,
            syllabus_body = CASE WHEN $32 THEN nullif($33, '') ELSE syllabus_body END,
            stuck_fields = ARRAY(
                SELECT DISTINCT field FROM unnest(stuck_fields || $34::text[]) AS field ORDER BY field),
            updated_at = now()
        WHERE institution_id = $1 AND id = $2 AND workflow_state <> 'deleted' RETURNING id
        """

    // MARK: What a course is shown with

    /// $1 institution, $2 courses.
    static let teachers: Statement = """
        SELECT DISTINCT e.course_id, u.id, u.name
        FROM enrollments e JOIN users u ON u.institution_id = $1 AND u.id = e.user_id AND u.workflow_state = 'registered'
        WHERE e.institution_id = $1 AND e.course_id = ANY ($2) AND e.type = 'TeacherEnrollment'
            AND e.workflow_state = 'active'
        ORDER BY e.course_id, u.id
        """

    /// $1 institution, $2 courses, $3 those of them of which only the sections $4 are counted.
    static let studentCounts: Statement = """
        SELECT e.course_id, count(DISTINCT e.user_id) FROM enrollments e
        WHERE e.institution_id = $1 AND e.course_id = ANY ($2) AND e.type = 'StudentEnrollment'
            AND e.workflow_state IN ('invited', 'active')
            AND (NOT e.course_id = ANY ($3::bigint[]) OR e.section_id = ANY ($4::bigint[]))
        GROUP BY e.course_id
        """

    /// $1 institution, $2 courses.
    static let sections: Statement = """
        SELECT s.course_id, s.id, s.name, s.start_at, s.end_at FROM sections s
        WHERE s.institution_id = $1 AND s.course_id = ANY ($2) AND s.workflow_state = 'active' ORDER BY s.course_id, s.id
        """

    /// $1 institution, $2 courses.
    static let syllabi: Statement = """
        SELECT id, syllabus_body FROM courses
        WHERE institution_id = $1 AND id = ANY ($2) AND syllabus_body IS NOT NULL
        """

    /// $1 institution, $2 course.
    static let settings: Statement = """
        SELECT allow_student_discussion_topics, hide_final_grades, restrict_enrollments_to_course_dates, is_public,
            self_enrollment
        FROM courses WHERE institution_id = $1 AND id = $2
        """

    /// $1 institution, $2 user, $3 courses.
    static let ownEnrollments: Statement = """
        SELECT e.course_id, e.type, e.workflow_state, e.limit_privileges_to_course_section, e.role_id, r.label,
            e.section_id
        FROM enrollments e LEFT JOIN course_roles r ON r.institution_id = $1 AND r.id = e.role_id
        WHERE e.institution_id = $1 AND e.user_id = $2 AND e.course_id = ANY ($3)
            AND e.workflow_state IN ('active', 'completed')
        ORDER BY e.id
        """

    /// $1 institution, $2 id of the student information system.
    static let bySIS: Statement = """
        SELECT id FROM courses WHERE institution_id = $1 AND sis_course_id = $2 AND workflow_state <> 'deleted'
        """

    /// $1 institution, $2 uuid.
    static let byUUID: Statement = """
        SELECT id FROM courses WHERE institution_id = $1 AND uuid = $2 AND workflow_state <> 'deleted'
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
