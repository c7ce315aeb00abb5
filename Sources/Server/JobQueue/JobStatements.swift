import Postgres

/// Every statement of the queue but those of progresses.
enum JobStatements {
    static let enqueue: Statement = """
        SELECT place, job_id, was_added, job_state FROM job_enqueue($1, $2, $3, $4)
        """

    static let claim: Statement = """
        SELECT institution_id, id, kind, attempt, snoozes, fence, is_cancelled, waited_ms
        FROM job_claim($1, $2, $3, $4, $5, $6, $7, $8)
        """

    /// Of one institution: what the jobs are about.
    static let load: Statement = """
        SELECT j.id, j.payload, j.unique_key IS NOT NULL, p.id
        FROM jobs j LEFT JOIN progresses p ON p.institution_id = j.institution_id AND p.job_id = j.id
        WHERE j.institution_id = $1 AND j.id = ANY ($2)
        """

    static let heartbeat: Statement = """
        SELECT id, fence, is_extended, is_cancelled FROM job_heartbeat($1, $2, $3, $4)
        """
    static let complete: Statement = "SELECT job_complete($1, $2)"
    static let settle: Statement = "SELECT job_settle($1, $2, $3, $4, $5, $6)"
    static let release: Statement = "SELECT job_release($1, $2, $3)"
    static let rescue: Statement = "SELECT kind, count FROM job_rescue($1)"
    static let sweep: Statement = "SELECT job_sweep($1, $2, $3)"
    static let cancel: Statement = "SELECT job_cancel($1)"
    static let redrive: Statement = "SELECT job_redrive($1, $2, $3, $4, $5)"

    /// Gives up the keys of jobs that are over; after the statement that ends them, in the same transaction.
    ///
    /// In the order in which enqueuing takes them, so that the two cannot wait for each other.
    static let giveUpKeys: Statement = """
        WITH held AS MATERIALIZED (
            SELECT j.id FROM jobs j
            WHERE j.institution_id = $1 AND j.id = ANY ($2) AND j.is_key_held AND EXISTS (
                SELECT FROM job_heads h
                WHERE h.institution_id = j.institution_id AND h.id = j.id
                    AND h.state IN ('completed', 'cancelled'))
            ORDER BY j.kind, j.unique_key FOR UPDATE
        )
        UPDATE jobs j SET is_key_held = false FROM held WHERE j.institution_id = $1 AND j.id = held.id
        """

    /// Keeps what went wrong, the last ten times; after the statement that settles the job, in the same transaction, and
    /// only when that one held the job.
    static let noteError: Statement = """
        UPDATE jobs j
        SET errors = CASE WHEN jsonb_array_length(j.errors) >= 10 THEN j.errors - 0 ELSE j.errors END || $4::jsonb
        WHERE j.institution_id = $1 AND j.id = $2 AND EXISTS (
            SELECT FROM job_heads h
            WHERE h.institution_id = j.institution_id AND h.id = j.id AND h.fence = $3 AND h.state <> 'running')
        """
}
