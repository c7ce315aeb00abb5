import Postgres

extension EnrollmentTable {
    /// The institution's own roles, which are few: $1 institution.
    static let roles: Statement = """
        SELECT id, account_id, label, base_role_type, workflow_state = 'active' FROM course_roles
        WHERE institution_id = $1
        """

    /// $1 institution, $2 SIS ids of users, $3 integration ids of users, $4 SIS ids of courses, $5 of sections, $6 types,
    /// $7 SIS ids of associated users; a row for each.
    ///
    /// Who names no section stays in the one where they are enrolled so already, and else comes into the course's first, which
    /// is not one that was cross-listed into it.
    static let find: Statement = """
        SELECT u.id, u.workflow_state, s.id, s.course_id, s.workflow_state, c.id, coalesce(
                (SELECT h.workflow_state FROM courses h WHERE h.institution_id = $1 AND h.id = s.course_id), c.workflow_state),
            f.id, a.id, e.id, e.xmin::text, e.workflow_state, e.limit_privileges_to_course_section, e.start_at, e.end_at,
            e.associated_user_id, e.stuck_fields, e.sis_batch_id IS NOT NULL, e.role_id, coalesce((
                SELECT x.path FROM courses h JOIN accounts x ON x.institution_id = $1 AND x.id = h.account_id
                WHERE h.institution_id = $1 AND h.id = coalesce(s.course_id, c.id)), '{}')
        FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[]) WITH ORDINALITY
            AS g (user_id, user_integration, course, section, type, associated, place)
        LEFT JOIN LATERAL (
            SELECT x.id, x.workflow_state FROM users x WHERE x.institution_id = $1 AND x.sis_user_id = g.user_id
            UNION ALL
            SELECT x.id, x.workflow_state FROM users x
            WHERE x.institution_id = $1 AND g.user_id IS NULL AND x.integration_id = g.user_integration
        ) u ON true
        LEFT JOIN sections s ON s.institution_id = $1 AND s.sis_section_id = g.section
        LEFT JOIN courses c ON c.institution_id = $1 AND c.sis_course_id = g.course
        LEFT JOIN LATERAL (
            SELECT x.id FROM sections x
            LEFT JOIN enrollments o ON o.institution_id = $1 AND o.course_id = c.id AND o.user_id = u.id
                AND o.type = g.type AND o.section_id = x.id
            WHERE g.section IS NULL AND x.institution_id = $1 AND x.course_id = c.id AND x.workflow_state = 'active'
            ORDER BY o.id IS NULL, x.nonxlist_course_id IS NOT NULL, x.id LIMIT 1
        ) f ON true
        LEFT JOIN users a ON a.institution_id = $1 AND a.sis_user_id = g.associated AND a.workflow_state <> 'deleted'
        LEFT JOIN enrollments e ON e.institution_id = $1 AND e.course_id = coalesce(s.course_id, c.id)
            AND e.user_id = u.id AND e.type = g.type AND e.section_id = coalesce(s.id, f.id)
        ORDER BY g.place
        """

    /// $1 institution, $2 import, $3 SIS ids of courses: those without a section get one, named as the course is.
    static let addSections: Statement = """
        INSERT INTO sections (institution_id, sis_batch_id, course_id, name)
        SELECT $1, $2, c.id, c.name FROM courses c
        WHERE c.institution_id = $1 AND c.sis_course_id = ANY ($3::text[]) AND c.workflow_state <> 'deleted'
            AND NOT EXISTS (
                SELECT 1 FROM sections s
                WHERE s.institution_id = $1 AND s.course_id = c.id AND s.workflow_state = 'active')
        ORDER BY c.id RETURNING id
        """

    /// $1 institution, $2 import, $3 courses, $4 sections, $5 users, $6 types, $7 states, $8 limited, $9 starts, $10 ends,
    /// $11 associated users, $12 roles, $13 stuck fields.
    static let insert: Statement = """
        INSERT INTO enrollments (
            institution_id, sis_batch_id, course_id, section_id, user_id, type, workflow_state,
            limit_privileges_to_course_section, start_at, end_at, associated_user_id, role_id, stuck_fields,
            completed_at)
        SELECT $1, $2, g.course, g.section, g.user_id, g.type, g.state, g.limited, g.start_at, g.end_at, g.associated,
            g.role, string_to_array(g.stuck, ','), CASE WHEN g.state = 'completed' THEN now() END
        FROM unnest(
            $3::bigint[], $4::bigint[], $5::bigint[], $6::text[], $7::text[], $8::boolean[], $9::timestamptz[],
            $10::timestamptz[], $11::bigint[], $12::bigint[], $13::text[])
            AS g (course, section, user_id, type, state, limited, start_at, end_at, associated, role, stuck)
        ON CONFLICT DO NOTHING RETURNING id, course_id, section_id, user_id, type
        """

    /// $1 institution, $2 import, $3 ids, $4 versions, then as from $7 above.
    static let update: Statement = """
        UPDATE enrollments e SET sis_batch_id = $2, workflow_state = g.state,
            limit_privileges_to_course_section = g.limited, start_at = g.start_at, end_at = g.end_at,
            associated_user_id = g.associated, role_id = g.role, stuck_fields = string_to_array(g.stuck, ','), updated_at = now(),
            completed_at = CASE WHEN g.state = 'completed' THEN coalesce(e.completed_at, now()) END
        FROM unnest(
            $3::bigint[], $4::text[], $5::text[], $6::boolean[], $7::timestamptz[], $8::timestamptz[], $9::bigint[],
            $10::bigint[], $11::text[])
            AS g (id, version, state, limited, start_at, end_at, associated, role, stuck)
        WHERE e.institution_id = $1 AND e.id = g.id AND e.xmin = g.version::xid RETURNING e.id
        """

    /// $1 institution, $2 sections.
    static let removeOfSections: Statement = """
        WITH gone AS (
            SELECT e.id, e.workflow_state FROM sections s
            JOIN enrollments e ON e.institution_id = $1 AND e.course_id = s.course_id AND e.section_id = s.id
            WHERE s.institution_id = $1 AND s.id = ANY ($2::bigint[]) AND e.workflow_state <> 'deleted'
            ORDER BY e.id FOR NO KEY UPDATE OF e
        )
        UPDATE enrollments e SET workflow_state = 'deleted', updated_at = now() FROM gone
        WHERE e.institution_id = $1 AND e.id = gone.id RETURNING e.id, gone.workflow_state
        """

    /// $1 institution, $2 users.
    static let removeOfUsers: Statement = """
        WITH gone AS (
            SELECT e.id, e.workflow_state FROM enrollments e
            WHERE e.institution_id = $1 AND e.user_id = ANY ($2::bigint[]) AND e.workflow_state <> 'deleted'
            ORDER BY e.id FOR NO KEY UPDATE OF e
        )
        UPDATE enrollments e SET workflow_state = 'deleted', updated_at = now() FROM gone
        WHERE e.institution_id = $1 AND e.id = gone.id RETURNING e.id, gone.workflow_state
        """
}
