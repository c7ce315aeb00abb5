import Postgres

/// The SQL of the intake; `$1` is always the institution.
///
/// Every look-up is a `LATERAL … OFFSET 0`, which can only be planned as one index look-up per answer. Left to itself the
/// planner, which sees the institution compared twice (here and in the policy), expects one row of every table and
/// nests scans of whole courses.
enum AnswerStatements {
    /// Keeps plans that were made while a table was tiny from reading all of it once it has grown; first in a
    /// transaction.
    static let planForGrowth: Statement = """
        SELECT set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true)
        """

    /// Reads what never changes of runs.
    ///
    /// $2 runs.
    static let runs: Statement = """
        SELECT r.id, r.class_id, r.question FROM quiz_runs r WHERE r.institution_id = $1 AND r.id = ANY ($2)
        """

    /// Holds the runs as they are until the commit, in one order, so that two nodes cannot deadlock.
    ///
    /// A statement of its own: the next ones see a reveal that this one waited for. $2 runs.
    static let lockRuns: Statement = """
        SELECT r.id FROM quiz_runs r WHERE r.institution_id = $1 AND r.id = ANY ($2) ORDER BY r.id FOR SHARE
        """

    /// Records the answers that may be recorded.
    ///
    /// They come sorted by user, so that two nodes cannot deadlock. $2 runs, $3 users, $4 sequences, $5 classes, $6 keys,
    /// $7 digests, $8 times, $9 answers (null for what is no answer to the question), $10 tallies, $11 scores,
    /// $12 rights, $13 the grace.
    static let record: Statement = """
        INSERT INTO quiz_answers (
            institution_id, run_id, user_id, sequence, class_id, key, digest, answer, tally, received_at, score, is_right)
        SELECT $1, i.run_id, i.user_id, i.sequence, i.class_id, i.key, i.digest, i.answer, i.tally, i.at, i.score,
            i.is_right
        FROM unnest(
            $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::uuid[], $7::bigint[], $8::bigint[],
            $9::jsonb[], $10::text[], $11::float8[], $12::boolean[])
            WITH ORDINALITY AS i (
                run_id, user_id, sequence, class_id, key, digest, at, answer, tally, score, is_right, place)
        CROSS JOIN LATERAL (
            SELECT r.class_id, r.course_id, r.answer_change FROM quiz_runs r
            WHERE r.institution_id = $1 AND r.id = i.run_id AND r.revealed_at IS NULL
                AND (r.closed_at IS NULL OR i.at <= r.closed_at + $13)
                AND (r.deadline_at IS NULL OR i.at <= r.deadline_at + $13)
            OFFSET 0) r
        CROSS JOIN LATERAL (
            SELECT FROM enrollments e
            WHERE e.institution_id = $1 AND e.course_id = r.course_id AND e.user_id = i.user_id
                AND e.type = 'StudentEnrollment' AND e.workflow_state = 'active'
            LIMIT 1) e
        WHERE i.answer IS NOT NULL AND r.class_id = i.class_id
            AND CASE r.answer_change
                WHEN 'never' THEN i.sequence = 0
                ELSE i.sequence > coalesce((
                    SELECT a.sequence FROM quiz_answers a
                    WHERE a.institution_id = $1 AND a.run_id = i.run_id AND a.user_id = i.user_id
                    ORDER BY a.sequence DESC LIMIT 1), -1)
                END
        ORDER BY i.place
        ON CONFLICT DO NOTHING
        """

    /// Gives one verdict for each answer, by its place from 0.
    ///
    /// A later statement, so that it sees what others have committed while ``record`` waited for them. `k` is what the key
    /// has recorded; `l` the newest answer of run and user. $2 runs, $3 users, $4 sequences, $5 classes, $6 keys,
    /// $7 digests, $8 times, $9 whether it is an answer to the question, $10 the grace.
    static let verdicts: Statement = """
        SELECT i.place - 1,
            CASE
                WHEN k.id IS NOT NULL THEN CASE
                    WHEN k.digest <> i.digest THEN 'key_reused'
                    WHEN k.is_ours THEN 'recorded'
                    ELSE 'known' END
                WHEN r.id IS NULL THEN 'not_open'
                WHEN NOT r.is_enrolled THEN 'not_enrolled'
                WHEN r.answer_change = 'never' AND i.sequence > 0 THEN 'attempts_used'
                WHEN l.sequence >= i.sequence THEN 'overtaken'
                WHEN r.revealed_at IS NOT NULL OR i.at > r.closed_at + $10 OR i.at > r.deadline_at + $10 THEN 'closed'
                WHEN NOT i.is_answer THEN 'bad_answer'
                ELSE 'undecided' END,
            coalesce(k.id, l.id), coalesce(k.run_id, i.run_id), coalesce(k.sequence, l.sequence),
            coalesce(k.received_at, l.received_at), coalesce(k.answer, l.answer)
        FROM unnest(
            $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::uuid[], $7::bigint[], $8::bigint[],
            $9::boolean[])
            WITH ORDINALITY AS i (run_id, user_id, sequence, class_id, key, digest, at, is_answer, place)
        LEFT JOIN LATERAL (
            SELECT a.id, a.run_id, a.sequence, a.received_at, a.answer, a.digest,
                a.xmin = pg_current_xact_id()::xid AS is_ours
            FROM quiz_answers a
            WHERE a.institution_id = $1 AND a.class_id = i.class_id AND a.user_id = i.user_id AND a.key = i.key
            OFFSET 0) k ON true
        LEFT JOIN LATERAL (
            SELECT r.id, r.class_id, r.answer_change, r.closed_at, r.deadline_at, r.revealed_at,
                EXISTS (
                    SELECT FROM enrollments e
                    WHERE e.institution_id = $1 AND e.course_id = r.course_id AND e.user_id = i.user_id
                        AND e.type = 'StudentEnrollment' AND e.workflow_state = 'active') AS is_enrolled
            FROM quiz_runs r
            WHERE k.id IS NULL AND r.institution_id = $1 AND r.id = i.run_id
            OFFSET 0) r ON r.class_id = i.class_id
        LEFT JOIN LATERAL (
            SELECT a.id, a.sequence, a.received_at, a.answer FROM quiz_answers a
            WHERE r.id IS NOT NULL AND a.institution_id = $1 AND a.run_id = i.run_id AND a.user_id = i.user_id
            ORDER BY a.sequence DESC LIMIT 1) l ON true
        ORDER BY i.place
        """
}
