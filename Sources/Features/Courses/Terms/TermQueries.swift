import Postgres

/// The SQL of terms; `$1` is the institution throughout.
enum TermQueries {
    private static let from = "FROM enrollment_terms t WHERE t.institution_id = $1"

    /// $2 term.
    static let show = Statement(
        "SELECT \(EnrollmentTerm.columns) \(from) AND t.id = $2 AND t.workflow_state <> 'deleted'")

    /// $2 id of the student information system.
    static let bySIS = Statement(
        "SELECT \(EnrollmentTerm.columns) \(from) AND t.sis_term_id = $2 AND t.workflow_state <> 'deleted'")

    /// $2 states, $3 after, $4 count, $5 left out, $6 a pattern or null.
    static let list = Statement(
        """
        SELECT \(EnrollmentTerm.columns) \(from) AND t.workflow_state = ANY ($2::text[]) AND t.id > $3
            AND ($6::text IS NULL OR t.name ILIKE $6)
        ORDER BY t.id LIMIT $4 OFFSET $5
        """)

    /// $2 terms.
    static let some = Statement("SELECT \(EnrollmentTerm.columns) \(from) AND t.id = ANY ($2)")

    /// $2 name, $3 SIS id, $4 start, $5 end.
    static let create = Statement(
        """
        INSERT INTO enrollment_terms AS t (institution_id, name, sis_term_id, start_at, end_at)
        VALUES ($1, $2, $3, $4, $5) RETURNING \(EnrollmentTerm.columns)
        """)

    /// $2 term, $3 name or null, then whether and to what: $4, $5 the SIS id, $6, $7 the start, $8, $9 the end; $10 fields
    /// that are stuck from now on.
    static let update = Statement(
        """
        UPDATE enrollment_terms t SET name = coalesce($3, t.name),
            sis_term_id = CASE WHEN $4 THEN $5 ELSE t.sis_term_id END,
            start_at = CASE WHEN $6 THEN $7 ELSE t.start_at END,
            end_at = CASE WHEN $8 THEN $9 ELSE t.end_at END,
            stuck_fields = ARRAY(
                SELECT DISTINCT field FROM unnest(t.stuck_fields || $10::text[]) AS field ORDER BY field)
        WHERE t.institution_id = $1 AND t.id = $2 AND t.workflow_state <> 'deleted'
        RETURNING \(EnrollmentTerm.columns)
        """)

    /// Holds a term while a course is put into it; no row once it is gone.
    ///
    /// $2 term.
    static let share = Statement(
        "SELECT t.id \(from) AND t.id = $2 AND t.workflow_state <> 'deleted' FOR SHARE")

    /// Holds a term, so that ``delete``, which follows, sees every course in it.
    ///
    /// $2 term.
    static let hold = Statement("SELECT t.id \(from) AND t.id = $2 FOR UPDATE")

    /// $2 term: no row while it is the default one or courses are in it.
    static let delete = Statement(
        """
        UPDATE enrollment_terms t SET workflow_state = 'deleted', sis_term_id = NULL
        WHERE t.institution_id = $1 AND t.id = $2 AND NOT t.is_default AND NOT EXISTS (
            SELECT 1 FROM courses c
            WHERE c.institution_id = $1 AND c.enrollment_term_id = $2 AND c.workflow_state <> 'deleted')
        RETURNING \(EnrollmentTerm.columns)
        """)
}
