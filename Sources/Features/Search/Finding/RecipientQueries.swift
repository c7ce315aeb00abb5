import Courses
import Postgres

/// The SQL of the people whom somebody may write to.
enum RecipientQueries {
    /// The caller's courses with what they may see there, and who is there with them.
    ///
    /// $1 institution, $2 user, $3 whether they administer the institution, $4 a course or null. Staff see everybody of their
    /// courses, others the staff; who is limited to a section sees nobody outside of it.
    private static let common = """
        own AS (
            SELECT e.course_id, e.section_id, e.limit_privileges_to_course_section AS is_limited,
                e.type IN ('TeacherEnrollment', 'TaEnrollment', 'DesignerEnrollment') AS is_staff
            FROM enrollments e \(EnrollmentDates.joins)
            JOIN courses c ON c.institution_id = $1 AND c.id = e.course_id AND c.workflow_state <> 'deleted'
            WHERE e.institution_id = $1 AND e.user_id = $2 AND e.workflow_state = 'active'
                AND (\(EnrollmentDates.phase)) = 'current'
                AND ($4::bigint IS NULL OR e.course_id = $4)
                AND (c.workflow_state <> 'unpublished'
                    OR e.type IN ('TeacherEnrollment', 'TaEnrollment', 'DesignerEnrollment'))
            UNION ALL
            SELECT c.id, NULL, false, true
            FROM account_admins m
            JOIN accounts a ON a.institution_id = $1 AND m.account_id = ANY (a.path)
            JOIN courses c ON c.institution_id = $1 AND c.account_id = a.id AND c.workflow_state <> 'deleted'
            WHERE m.institution_id = $1 AND m.user_id = $2 AND ($4::bigint IS NULL OR c.id = $4)
            UNION ALL
            SELECT c.id, NULL, false, true FROM courses c
            WHERE $3 AND c.institution_id = $1 AND c.id = $4 AND c.workflow_state <> 'deleted'
        ), common AS (
            SELECT DISTINCT o.user_id, o.course_id, o.type
            FROM own w
            JOIN enrollments o ON o.institution_id = $1 AND o.course_id = w.course_id AND o.workflow_state = 'active'
            WHERE (w.is_staff OR o.type IN ('TeacherEnrollment', 'TaEnrollment', 'DesignerEnrollment'))
                AND (NOT w.is_limited OR o.section_id = w.section_id)
        )
        """

    /// $5 a pattern or null, $6 ids or null, $7 ids that are left out, $8 and $9 the name and id after which to begin, $10 how
    /// many.
    static let people = Statement(
        """
        WITH \(common)
        SELECT u.id, u.name, u.short_name, u.sortable_name, u.avatar_url,
            ARRAY(SELECT m.course_id FROM common m WHERE m.user_id = u.id ORDER BY m.course_id, m.type),
            ARRAY(SELECT m.type FROM common m WHERE m.user_id = u.id ORDER BY m.course_id, m.type)
        FROM users u
        WHERE u.institution_id = $1 AND u.workflow_state = 'registered'
            AND (($3 AND $4::bigint IS NULL) OR u.id IN (SELECT m.user_id FROM common m))
            AND ($5::text IS NULL OR u.name ILIKE $5 OR u.short_name ILIKE $5 OR u.sortable_name ILIKE $5)
            AND ($6::bigint[] IS NULL OR u.id = ANY ($6)) AND NOT u.id = ANY ($7::bigint[])
            AND ($8::text IS NULL OR (u.sortable_name, u.id) > ($8, $9))
        ORDER BY u.sortable_name, u.id LIMIT $10
        """)

    /// The courses themselves, as those to write to: $5 a pattern or null, $6 courses that are left out, $7 and $8 the name and id
    /// after which to begin, $9 how many.
    static let contexts = Statement(
        """
        WITH \(common)
        SELECT c.id, c.name, (SELECT count(DISTINCT m.user_id) FROM common m WHERE m.course_id = c.id)
        FROM courses c
        WHERE c.institution_id = $1 AND c.id IN (SELECT w.course_id FROM own w)
            AND ($5::text IS NULL OR c.name ILIKE $5 OR c.course_code ILIKE $5) AND NOT c.id = ANY ($6::bigint[])
            AND ($7::text IS NULL OR (c.name, c.id) > ($7, $8))
        ORDER BY c.name, c.id LIMIT $9
        """)
}
