import Postgres

/// The statements that write progresses.
enum ProgressStatements {
    /// For a job that has one already, it stays as it is.
    static let add: Statement = """
        WITH added AS (
            INSERT INTO progresses (institution_id, job_id, context_type, context_id, user_id, tag)
            SELECT NULLIF(current_setting('cohort.institution', true), '')::bigint, g.job, g.type, g.context,
                g.user_id, g.tag
            FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[], $5::text[])
                AS g (job, type, context, user_id, tag)
            ON CONFLICT (institution_id, job_id) DO NOTHING
            RETURNING job_id, id
        )
        SELECT job_id, id FROM added
        UNION ALL
        SELECT p.job_id, p.id FROM progresses p
        WHERE p.institution_id = NULLIF(current_setting('cohort.institution', true), '')::bigint
            AND p.job_id = ANY ($1)
        """

    /// From the handler, outside of the job's transaction: only while the fence holds the job.
    static let update: Statement = """
        UPDATE progresses p SET workflow_state = 'running', completion = coalesce($4, p.completion),
            -- What an earlier attempt failed of is no more so.
            message = coalesce($5, CASE WHEN p.workflow_state <> 'failed' THEN p.message END), updated_at = now()
        WHERE p.institution_id = $1 AND p.job_id = $2 AND p.settled_fence < $3 AND EXISTS (
            SELECT FROM job_heads h
            WHERE h.institution_id = p.institution_id AND h.id = p.job_id AND h.fence = $3 AND h.state = 'running')
        """

    /// In the transaction that ends or settles the job, after the statement that does: only when that one held it.
    static let settle: Statement = """
        UPDATE progresses p SET workflow_state = $4, settled_fence = $3,
            completion = CASE WHEN $4 = 'completed' THEN 100 ELSE p.completion END,
            message = CASE
                WHEN $4 <> 'completed' THEN $5
                WHEN p.workflow_state <> 'failed' THEN p.message
            END,
            results = coalesce($6, p.results),
            updated_at = now()
        WHERE p.institution_id = $1 AND p.job_id = $2 AND EXISTS (
            SELECT FROM job_heads h
            WHERE h.institution_id = p.institution_id AND h.id = p.job_id AND h.fence = $3 AND h.state <> 'running')
        """

    /// Likewise, for a job that was to be put back and turns out to be cancelled.
    static let settleCancelled: Statement = """
        UPDATE progresses p SET workflow_state = 'failed', settled_fence = $3, message = 'cancelled', updated_at = now()
        WHERE p.institution_id = $1 AND p.job_id = $2 AND EXISTS (
            SELECT FROM job_heads h
            WHERE h.institution_id = p.institution_id AND h.id = p.job_id AND h.fence = $3 AND h.state = 'cancelled')
        """

    /// With a job that is cancelled before it ran.
    static let cancel: Statement = """
        UPDATE progresses SET workflow_state = 'failed', message = 'cancelled', updated_at = now()
        WHERE institution_id = $1 AND job_id = $2
        """
}
