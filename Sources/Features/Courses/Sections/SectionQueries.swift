import Postgres

/// The SQL of sections; `$1` is the institution throughout.
enum SectionQueries {
    private static let from = "FROM sections s WHERE s.institution_id = $1 AND s.workflow_state = 'active'"
    private static let counted = """
        (SELECT count(DISTINCT e.user_id) FROM enrollments e
            WHERE e.institution_id = $1 AND e.section_id = s.id AND e.course_id = s.course_id
                AND e.type = 'StudentEnrollment' AND e.workflow_state IN ('invited', 'active'))
        """

    /// $2 section.
    static let show = Statement("SELECT \(Section.columns), \(counted) \(from) AND s.id = $2")

    /// $2 id of the student information system.
    static let bySIS = Statement("SELECT \(Section.columns), \(counted) \(from) AND s.sis_section_id = $2")

    /// $2 course, $3 sections or null, $4 after, $5 count, $6 left out, $7 a pattern or null.
    static let list = Statement(
        """
        SELECT \(Section.columns), \(counted) \(from) AND s.course_id = $2 AND s.id > $4
            AND ($3::bigint[] IS NULL OR s.id = ANY ($3)) AND ($7::text IS NULL OR s.name ILIKE $7)
        ORDER BY s.id LIMIT $5 OFFSET $6
        """)

    /// $2 course, $3 name, $4 SIS id, $5 integration id, $6 start, $7 end, $8 restricted to dates.
    static let create = Statement(
        """
        INSERT INTO sections AS s (
            institution_id, course_id, name, sis_section_id, integration_id, start_at, end_at,
            restrict_enrollments_to_section_dates)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING \(Section.columns), 0::bigint
        """)

    /// $2 section, $3 name or null, then whether and to what: $4, $5 SIS id, $6, $7 integration id, $8, $9 start,
    /// $10, $11 end; $12 restricted to dates or null, $13 fields that are stuck from now on.
    static let update = Statement(
        """
        UPDATE sections s SET name = coalesce($3, s.name),
            sis_section_id = CASE WHEN $4 THEN $5 ELSE s.sis_section_id END,
            integration_id = CASE WHEN $6 THEN $7 ELSE s.integration_id END,
            start_at = CASE WHEN $8 THEN $9 ELSE s.start_at END, end_at = CASE WHEN $10 THEN $11 ELSE s.end_at END,
            restrict_enrollments_to_section_dates = coalesce($12, s.restrict_enrollments_to_section_dates),
            stuck_fields = ARRAY(
                SELECT DISTINCT field FROM unnest(s.stuck_fields || $13::text[]) AS field ORDER BY field)
        WHERE s.institution_id = $1 AND s.id = $2 AND s.workflow_state = 'active'
        RETURNING \(Section.columns), \(counted)
        """)

    /// Holds a section while somebody is enrolled in it; no row once it is gone.
    ///
    /// $2 section.
    static let share: Statement = """
        SELECT s.id FROM sections s
        WHERE s.institution_id = $1 AND s.id = $2 AND s.workflow_state = 'active' FOR SHARE
        """

    /// Holds a section, so that ``delete``, which follows, sees everybody who is enrolled in it.
    ///
    /// $2 section.
    static let hold: Statement = """
        SELECT s.id FROM sections s WHERE s.institution_id = $1 AND s.id = $2 FOR UPDATE
        """

    /// $2 section: no row while somebody is enrolled in it.
    static let delete = Statement(
        """
        UPDATE sections s SET workflow_state = 'deleted', sis_section_id = NULL, integration_id = NULL
        WHERE s.institution_id = $1 AND s.id = $2 AND NOT EXISTS (
            SELECT 1 FROM enrollments e
            WHERE e.institution_id = $1 AND e.course_id = s.course_id AND e.section_id = $2
                AND e.workflow_state IN ('invited', 'active', 'inactive'))
        RETURNING \(Section.columns), 0::bigint
        """)

    /// Moves a section, and its enrolments with it, and remembers where it came from.
    ///
    /// $2 section, $3 course.
    static let crossList = Statement(
        """
        UPDATE sections s SET course_id = $3,
            nonxlist_course_id = NULLIF(coalesce(s.nonxlist_course_id, s.course_id), $3)
        WHERE s.institution_id = $1 AND s.id = $2 AND s.workflow_state = 'active'
        RETURNING \(Section.columns), \(counted)
        """)
}
