import Postgres

/// The SQL of imports; `$1` is the institution throughout.
enum SISImportQueries {
    private static let shown = "SELECT \(SISImport.columns), \(SISImport.messages) FROM sis_imports i"

    /// $2 import.
    static let show = Statement("\(shown) WHERE i.institution_id = $1 AND i.id = $2")

    /// The newest first.
    ///
    /// $2 before, $3 count, $4 left out, $5 states or null, $6 since or null, $7 until or null.
    static let list = Statement(
        """
        \(shown) WHERE i.institution_id = $1 AND ($2 = 0 OR i.id < $2) AND ($5::text[] IS NULL OR i.workflow_state = ANY ($5))
            AND ($6::timestamptz IS NULL OR i.created_at > $6) AND ($7::timestamptz IS NULL OR i.created_at < $7)
        ORDER BY i.id DESC LIMIT $3 OFFSET $4
        """)

    /// Imports of an institution are put in line one after the other, so that the order of their jobs is that of their
    /// commits.
    static let lock: Statement = "SELECT pg_advisory_xact_lock(400, hashint8($1))"

    /// $2 user, $3 extension, $4 size, $5 term or null, $6 override, $7 add, $8 clear, $9 data set or null, $10 remaster,
    /// $11 threshold of changes or null, $12 of rows or null.
    static let create: Statement = """
        INSERT INTO sis_imports (
            institution_id, user_id, extension, file_size, batch_mode, batch_mode_term_id, override_sis_stickiness,
            add_sis_stickiness, clear_sis_stickiness, diffing_data_set_identifier, diffing_remaster, change_threshold,
            diff_row_count_threshold)
        VALUES ($1, $2, $3, $4, $5::bigint IS NOT NULL, $5, $6, $7, $8, $9, $10, $11::int, $12::int) RETURNING id
        """

    /// $2 import, $3 places, $4 bytes.
    static let addPieces: Statement = """
        INSERT INTO sis_import_pieces (institution_id, import_id, place, bytes)
        SELECT $1, $2, g.place, g.bytes FROM unnest($3::bigint[], $4::bytea[]) AS g (place, bytes)
        """

    /// $2 import, $3 job.
    static let setJob: Statement = "UPDATE sis_imports SET job_id = $3 WHERE institution_id = $1 AND id = $2"

    /// $2 a term's id or 0, $3 its SIS id or null.
    static let term: Statement = """
        SELECT id FROM enrollment_terms
        WHERE institution_id = $1 AND (id = $2 OR sis_term_id = $3) AND workflow_state <> 'deleted'
        """

    /// $2 import; no row for one that is over.
    static let abort: Statement = """
        UPDATE sis_imports SET workflow_state = 'aborted', ended_at = now(), updated_at = now()
        WHERE institution_id = $1 AND id = $2
            AND workflow_state IN ('initializing', 'created', 'importing', 'cleanup_batch') RETURNING id
        """

    static let abortAllPending: Statement = """
        UPDATE sis_imports SET workflow_state = 'aborted', ended_at = now(), updated_at = now()
        WHERE institution_id = $1 AND workflow_state IN ('initializing', 'created') RETURNING id
        """

    /// $2 imports.
    static let removePieces: Statement = """
        DELETE FROM sis_import_pieces WHERE institution_id = $1 AND import_id = ANY ($2::bigint[])
        """

    /// $2 imports.
    static let removeMentions: Statement = """
        DELETE FROM sis_mentions WHERE institution_id = $1 AND import_id = ANY ($2::bigint[])
        """

    /// $2 import; no row for one that is under way, or was not begun.
    static let beginRestoring: Statement = """
        UPDATE sis_imports SET workflow_state = 'restoring', attempt = 0, progress = 0, updated_at = now()
        WHERE institution_id = $1 AND id = $2 AND workflow_state IN (
            'imported', 'imported_with_messages', 'aborted', 'failed', 'failed_with_messages', 'partially_restored')
        RETURNING id
        """

    /// $2 import, $3 after, $4 count, $5 left out.
    static let messages: Statement = """
        SELECT m.id, m.file, m.row_number, m.message, m.is_error FROM sis_import_messages m
        WHERE m.institution_id = $1 AND m.import_id = $2 AND m.id > $3 ORDER BY m.id LIMIT $4 OFFSET $5
        """
}
