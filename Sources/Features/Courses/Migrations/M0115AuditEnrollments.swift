extension CourseMigrations {
    /// The audit log hears who becomes staff of a course, with which limit, and who is it no more.
    static let m0115AuditEnrollments = #"""
        CREATE FUNCTION courses_audit_enrollments() RETURNS trigger
        LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
        AS $$
        DECLARE
            origin jsonb := tenancy_audit_origin();
        BEGIN
            INSERT INTO audit_events (institution_id, kind, actor_id, subject_id, remote_address, request_id, details)
            SELECT n.institution_id, 'enrollment.granted', (origin->>'actor')::bigint, n.user_id, origin->>'address',
                origin->>'request',
                jsonb_build_object('enrollment_id', n.id, 'course_id', n.course_id, 'role', n.type,
                    'is_limited', n.limit_privileges_to_course_section)
            FROM touched n
            WHERE n.type IN ('TeacherEnrollment', 'TaEnrollment', 'DesignerEnrollment')
                AND n.workflow_state IN ('invited', 'active')
            ORDER BY n.id;
            RETURN NULL;
        END
        $$;
        CREATE TRIGGER enrollments_audit_added AFTER INSERT ON enrollments
            REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION courses_audit_enrollments();

        CREATE FUNCTION courses_audit_changed_enrollments() RETURNS trigger
        LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
        AS $$
        DECLARE
            origin jsonb := tenancy_audit_origin();
        BEGIN
            INSERT INTO audit_events (institution_id, kind, actor_id, subject_id, remote_address, request_id, details)
            SELECT c.institution_id, c.kind, (origin->>'actor')::bigint, c.user_id, origin->>'address',
                origin->>'request',
                jsonb_build_object('enrollment_id', c.id, 'course_id', c.course_id, 'role', c.type,
                    'is_limited', c.limit_privileges_to_course_section)
            FROM (
                SELECT n.*, CASE
                    WHEN n.workflow_state IN ('invited', 'active')
                        AND o.workflow_state NOT IN ('invited', 'active') THEN 'enrollment.granted'
                    WHEN n.workflow_state NOT IN ('invited', 'active')
                        AND o.workflow_state IN ('invited', 'active') THEN 'enrollment.ended'
                    WHEN n.limit_privileges_to_course_section <> o.limit_privileges_to_course_section
                        THEN 'enrollment.changed' END AS kind
                FROM touched n JOIN former o ON o.institution_id = n.institution_id AND o.id = n.id
                WHERE n.type IN ('TeacherEnrollment', 'TaEnrollment', 'DesignerEnrollment')
            ) c
            WHERE c.kind IS NOT NULL ORDER BY c.id;
            RETURN NULL;
        END
        $$;
        CREATE TRIGGER enrollments_audit_changed AFTER UPDATE ON enrollments
            REFERENCING OLD TABLE AS former NEW TABLE AS touched
            FOR EACH STATEMENT EXECUTE FUNCTION courses_audit_changed_enrollments();
        """#
}
