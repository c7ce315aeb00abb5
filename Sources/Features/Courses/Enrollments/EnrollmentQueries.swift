import Postgres

/// The SQL of enrolments.
enum EnrollmentQueries {
    /// Enrols users; who is enrolled so already becomes active again.
    ///
    /// $1 institution, $2 course, $3 section, $4 users, $5 type, $6 limited.
    static let enroll: Statement = """
        INSERT INTO enrollments (
            institution_id, course_id, section_id, user_id, type, limit_privileges_to_course_section)
        SELECT $1, $2, $3, given.user_id, $5, $6 FROM unnest($4::bigint[]) AS given (user_id)
        ON CONFLICT ON CONSTRAINT enrollments_once DO UPDATE
            SET workflow_state = 'active', updated_at = now(),
                limit_privileges_to_course_section = EXCLUDED.limit_privileges_to_course_section
        """

    /// $1 institution, $2 course, $3 user, $4 state.
    static let setState: Statement = """
        UPDATE enrollments SET workflow_state = $4, updated_at = now()
        WHERE institution_id = $1 AND course_id = $2 AND user_id = $3 AND workflow_state <> 'deleted'
        """

    /// Users of a course by name, each once.
    ///
    /// $1 institution, $2 course, $3 types, $4 sections or null, $5 and $6 the name and id after which to begin, $7 count, $8 left out.
    static let page: Statement = """
        SELECT u.id, u.name, u.sortable_name, u.short_name
        FROM users u
        WHERE u.institution_id = $1 AND u.workflow_state = 'registered'
            AND EXISTS (
                SELECT 1 FROM enrollments e
                WHERE e.institution_id = $1 AND e.course_id = $2 AND e.user_id = u.id AND e.workflow_state = 'active'
                    AND e.type = ANY ($3::text[])
                    AND ($4::bigint[] IS NULL OR e.section_id = ANY ($4::bigint[])))
            AND ($5::text IS NULL OR (u.sortable_name, u.id) > ($5, $6))
        ORDER BY u.sortable_name, u.id LIMIT $7 OFFSET $8
        """

    /// Everybody actively enrolled, by name.
    ///
    /// $1 institution, $2 course.
    static let roster: Statement = """
        SELECT u.id, u.name, u.sortable_name, e.type, e.section_id
        FROM enrollments e JOIN users u ON u.institution_id = $1 AND u.id = e.user_id
        WHERE e.institution_id = $1 AND e.course_id = $2 AND e.workflow_state = 'active'
            AND u.workflow_state = 'registered'
        ORDER BY u.sortable_name, u.id, e.id
        """
}
