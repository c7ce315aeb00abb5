import Postgres
import Tenancy

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

    // MARK: Enrolments as such

    private static let record = "SELECT \(EnrollmentRecord.columns) \(EnrollmentRecord.tables)"

    /// $1 institution, $2 enrolment.
    static let show = Statement(
        "\(record) WHERE e.institution_id = $1 AND e.id = $2 AND e.workflow_state <> 'deleted'")

    /// A row where course $2 is in account $3 or below it.
    ///
    /// $1 institution.
    static let isBelow: Statement = """
        SELECT c.id FROM courses c JOIN accounts a ON a.institution_id = $1 AND a.id = c.account_id
        WHERE c.institution_id = $1 AND c.id = $2 AND $3 = ANY (a.path)
        """

    /// The limit of an enrolment that is active, of course $2, section $3, user $4 and type $5.
    ///
    /// $1 institution.
    static let limit: Statement = """
        SELECT limit_privileges_to_course_section FROM enrollments
        WHERE institution_id = $1 AND course_id = $2 AND section_id = $3 AND user_id = $4 AND type = $5
            AND workflow_state = 'active'
        """

    /// Of a course, by id.
    ///
    /// $1 institution, $2 course, $3 types, $4 states, $5 users or null, $6 sections or null, $7 after, $8 count, $9 left
    /// out.
    static let ofCourse = Statement(
        """
        \(record)
        WHERE e.institution_id = $1 AND e.course_id = $2 AND e.id > $7 AND e.type = ANY ($3::text[])
            AND e.workflow_state = ANY ($4::text[]) AND u.workflow_state = 'registered'
            AND ($5::bigint[] IS NULL OR e.user_id = ANY ($5)) AND ($6::bigint[] IS NULL OR e.section_id = ANY ($6))
        ORDER BY e.id LIMIT $8 OFFSET $9
        """)

    /// Of a user, by id.
    ///
    /// $1 institution, $2 user, $3 types, $4 states, $5 a term or null, $6 after, $7 count, $8 left out.
    static let ofUser = Statement(
        """
        \(record)
        WHERE e.institution_id = $1 AND e.user_id = $2 AND e.id > $6 AND e.type = ANY ($3::text[])
            AND e.workflow_state = ANY ($4::text[]) AND c.workflow_state <> 'deleted'
            AND ($5::bigint IS NULL OR c.enrollment_term_id = $5)
        ORDER BY e.id LIMIT $7 OFFSET $8
        """)

    /// Enrols one user; who was enrolled so before gets the state wished for.
    ///
    /// $1 institution, $2 course, $3 section, $4 user, $5 type, $6 state, $7 limited, $8 associated user or null, $9 start,
    /// $10 end, $11 whether the user did it, $12 a role of the institution's own or null.
    static let enrollOne: Statement = """
        INSERT INTO enrollments (
            institution_id, course_id, section_id, user_id, type, workflow_state, limit_privileges_to_course_section,
            associated_user_id, start_at, end_at, is_self_enrolled, role_id, stuck_fields)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,
            CASE WHEN $12::bigint IS NULL THEN '{workflow_state}'::text[] ELSE '{role_id,workflow_state}' END)
        ON CONFLICT ON CONSTRAINT enrollments_once DO UPDATE
            SET workflow_state = CASE
                    WHEN enrollments.workflow_state = 'active' AND EXCLUDED.workflow_state = 'invited' THEN 'active'
                    ELSE EXCLUDED.workflow_state END,
                limit_privileges_to_course_section = EXCLUDED.limit_privileges_to_course_section,
                associated_user_id = coalesce(EXCLUDED.associated_user_id, enrollments.associated_user_id),
                start_at = EXCLUDED.start_at, end_at = EXCLUDED.end_at, completed_at = NULL, updated_at = now(),
                role_id = CASE WHEN $11 THEN enrollments.role_id ELSE EXCLUDED.role_id END,
                stuck_fields = CASE
                    WHEN $11 OR enrollments.role_id IS NOT DISTINCT FROM EXCLUDED.role_id
                        OR 'role_id' = ANY (enrollments.stuck_fields) THEN enrollments.stuck_fields
                    ELSE enrollments.stuck_fields || 'role_id'::text END
        RETURNING id
        """

    /// Changes the state of one that is in some of the states $4.
    ///
    /// $1 institution, $2 enrolment, $3 state.
    static let change: Statement = """
        UPDATE enrollments SET workflow_state = $3, updated_at = now(),
            completed_at = CASE WHEN $3 = 'completed' THEN now() END,
            stuck_fields = CASE WHEN 'workflow_state' = ANY (stuck_fields) THEN stuck_fields
                ELSE stuck_fields || 'workflow_state'::text END
        WHERE institution_id = $1 AND id = $2 AND workflow_state = ANY ($4::text[]) RETURNING id
        """

    /// The first section of a course, which takes who names none.
    ///
    /// $1 institution, $2 course.
    static let firstSection: Statement = """
        SELECT s.id FROM sections s
        WHERE s.institution_id = $1 AND s.course_id = $2 AND s.workflow_state = 'active' ORDER BY s.id LIMIT 1
        """

    /// An active role of an account that the course is in: $1 institution, $2 course, $3 role.
    static let role: Statement = """
        SELECT r.id, r.base_role_type FROM course_roles r
        JOIN courses c ON c.institution_id = $1 AND c.id = $2
        JOIN accounts a ON a.institution_id = $1 AND a.id = c.account_id AND r.account_id = ANY (a.path)
        WHERE r.institution_id = $1 AND r.id = $3 AND r.workflow_state = 'active'
        """

    /// Holds a course, so that who joins it is counted one by one.
    ///
    /// $1 institution, $2 course.
    static let holdCourse: Statement = """
        SELECT c.id FROM courses c WHERE c.institution_id = $1 AND c.id = $2 FOR NO KEY UPDATE
        """

    /// A course that can be joined with a code, and how many have; to be asked after ``holdCourse``, since a statement that
    /// waits counts what was there before it waited.
    ///
    /// $1 institution, $2 course.
    static let selfEnrollment: Statement = """
        SELECT c.self_enrollment, c.self_enrollment_code, c.self_enrollment_limit::bigint,
            (SELECT count(*) FROM enrollments e
                WHERE e.institution_id = $1 AND e.course_id = $2 AND e.is_self_enrolled
                    AND e.workflow_state IN ('invited', 'active')),
            c.workflow_state
        FROM courses c WHERE c.institution_id = $1 AND c.id = $2 AND c.workflow_state <> 'deleted'
        """

    /// What somebody is as a student of a course: what is in force first, then what can come back.
    ///
    /// $1 institution, $2 course, $3 user.
    static let ofStudent: Statement = """
        SELECT e.id, e.workflow_state, e.section_id FROM enrollments e
        WHERE e.institution_id = $1 AND e.course_id = $2 AND e.user_id = $3 AND e.type = 'StudentEnrollment'
        ORDER BY e.workflow_state <> 'active', e.workflow_state <> 'invited', e.workflow_state = 'rejected', e.id LIMIT 1
        """

    /// The section that who joins comes into, with what their enrolment's phase would be.
    ///
    /// $1 institution, $2 course, $3 the section of their invitation or null.
    static let joinedSection: Statement = """
        SELECT s.id, courses_enrollment_phase(
            'StudentEnrollment', NULL, NULL, s.restrict_enrollments_to_section_dates, s.start_at, s.end_at,
            c.restrict_enrollments_to_course_dates, c.start_at, c.end_at, t.start_at, t.end_at, now())
        FROM sections s
        JOIN courses c ON c.institution_id = $1 AND c.id = s.course_id
        JOIN enrollment_terms t ON t.institution_id = $1 AND t.id = c.enrollment_term_id
        WHERE s.institution_id = $1 AND s.course_id = $2 AND s.workflow_state = 'active'
            AND ($3::bigint IS NULL OR s.id = $3)
        ORDER BY s.id LIMIT 1
        """

    /// Enrols who joins by a code; who was invited keeps the dates.
    ///
    /// $1 institution, $2 course, $3 section, $4 user.
    static let join: Statement = """
        INSERT INTO enrollments (
            institution_id, course_id, section_id, user_id, type, workflow_state, is_self_enrolled, stuck_fields)
        VALUES ($1, $2, $3, $4, 'StudentEnrollment', 'active', true, '{workflow_state}')
        ON CONFLICT ON CONSTRAINT enrollments_once DO UPDATE
            SET workflow_state = 'active', is_self_enrolled = true, updated_at = now()
            WHERE enrollments.workflow_state IN ('invited', 'rejected')
        RETURNING id
        """

    /// Users of a course with more than their names.
    ///
    /// $1 institution, $2 course, $3 types, $4 states, $5 sections or null, $6 users or null, $7 a pattern or null, $8 and
    /// $9 the name and id after which to begin, $10 count, $11 left out.
    static let users = Statement(
        """
        SELECT \(UserRecord.columns)
        FROM (
            SELECT u.* FROM users u
            WHERE u.institution_id = $1 AND u.workflow_state = 'registered'
                AND EXISTS (
                    SELECT 1 FROM enrollments e
                    WHERE e.institution_id = $1 AND e.course_id = $2 AND e.user_id = u.id
                        AND e.workflow_state = ANY ($4::text[]) AND e.type = ANY ($3::text[])
                        AND ($5::bigint[] IS NULL OR e.section_id = ANY ($5::bigint[])))
                AND ($6::bigint[] IS NULL OR u.id = ANY ($6))
                AND ($7::text IS NULL OR u.name ILIKE $7 OR u.sortable_name ILIKE $7)
                AND ($8::text IS NULL OR (u.sortable_name, u.id) > ($8, $9))
            ORDER BY u.sortable_name, u.id LIMIT $10 OFFSET $11
        ) u \(UserRecord.join)
        ORDER BY u.sortable_name, u.id
        """)

    /// Students by when a session of theirs was last used, in microseconds since 1970.
    ///
    /// $1 institution, $2 course, $3 sections or null, $4 and $5 the time and id after which to begin, $6 count, $7 left
    /// out.
    static let recentStudents = Statement(
        """
        SELECT \(UserRecord.columns), u.seen
        FROM (
            SELECT u.*, l.seen FROM users u
            JOIN LATERAL (
                SELECT (extract(epoch FROM max(s.last_seen)) * 1000000)::bigint AS seen FROM sessions s
                WHERE s.institution_id = $1 AND s.user_id = u.id) l ON l.seen IS NOT NULL
            WHERE u.institution_id = $1 AND u.workflow_state = 'registered'
                AND EXISTS (
                    SELECT 1 FROM enrollments e
                    WHERE e.institution_id = $1 AND e.course_id = $2 AND e.user_id = u.id
                        AND e.workflow_state = 'active' AND e.type = 'StudentEnrollment'
                        AND ($3::bigint[] IS NULL OR e.section_id = ANY ($3::bigint[])))
                AND ($4::bigint IS NULL OR (l.seen, -u.id) < ($4, -$5::bigint))
            ORDER BY l.seen DESC, u.id LIMIT $6 OFFSET $7
        ) u \(UserRecord.join)
        ORDER BY u.seen DESC, u.id
        """)

    /// All users of the institution, or those with enrolments in courses of an account.
    ///
    /// $1 institution, $2 an account or null, $3 types or null, $4 a pattern or null, $5 and $6 the name and id after which
    /// to begin, $7 count, $8 left out.
    static let usersOfAccount = Statement(
        """
        SELECT \(UserRecord.columns)
        FROM (
            SELECT u.* FROM users u
            WHERE u.institution_id = $1 AND u.workflow_state <> 'deleted'
                AND (($2::bigint IS NULL AND $3::text[] IS NULL) OR EXISTS (
                    SELECT 1 FROM enrollments e
                    JOIN courses c ON c.institution_id = $1 AND c.id = e.course_id AND c.workflow_state <> 'deleted'
                    JOIN accounts a ON a.institution_id = $1 AND a.id = c.account_id
                    WHERE e.institution_id = $1 AND e.user_id = u.id AND e.workflow_state IN ('invited', 'active')
                        AND ($2::bigint IS NULL OR $2 = ANY (a.path))
                        AND ($3::text[] IS NULL OR e.type = ANY ($3))))
                AND ($4::text IS NULL OR u.name ILIKE $4 OR u.sortable_name ILIKE $4 OR u.sis_user_id ILIKE $4
                    OR u.email ILIKE $4)
                AND ($5::text IS NULL OR (u.sortable_name, u.id) > ($5, $6))
            ORDER BY u.sortable_name, u.id LIMIT $7 OFFSET $8
        ) u \(UserRecord.join)
        ORDER BY u.sortable_name, u.id
        """)
}
