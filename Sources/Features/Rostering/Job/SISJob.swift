import EventLoop
import JSON
package import JobQueue
import Postgres
import Tenancy

/// The kinds of jobs of this feature.
package enum RosteringJobs {
    /// All of them; each has lanes of its own.
    package static let all: [any JobKind] = [SISJob()]
}

/// What is put back of an import.
struct RestoreWish: Hashable, Sendable {
    /// Only what batch mode has removed.
    var isCleanupOnly = false
    /// Only what was deleted.
    var undeletesOnly = false
    /// Only what was concluded.
    var unconcludesOnly = false

    /// Whether all of it is.
    var isWhole: Bool { !isCleanupOnly && !undeletesOnly && !unconcludesOnly }
}

/// Imports a roster, or puts back what an import has changed: one at a time in an institution, in the order in which they
/// were asked for.
///
/// Batches are committed one by one, each together with how far the import is; so an attempt goes on where the last one
/// was, and a worker that comes too late finds that another attempt has begun.
struct SISJob: JobKind {
    static let kindName = "rostering.sis"

    enum Task: Hashable, Sendable {
        case importing
        case restoring(RestoreWish)
    }

    let name = SISJob.kindName
    let policy = JobPolicy(
        lane: 3, attempts: 5, backoff: Backoff(base: .seconds(2), limit: .seconds(60)),
        timeLimit: .seconds(4 * 3600),
        cap: 4, snoozes: 100_000)
    /// Inflating and reading; what waits in it is bounded by the kind's cap.
    let lane = WorkLane(label: "sis", width: 1, backlog: 32)
    /// Apart from that of sign-ins: a file with passwords must not keep people out.
    let passwords = PasswordLane(width: 1, backlog: 32)

    /// A job for an import.
    static func request(
        _ task: Task, _ importID: Int64, progress: ProgressRequest? = nil
    ) throws(JobRequestError) -> JobRequest {
        let payload = RawJSON { json in
            json.object { json in
                json.member("import", importID)
                if case .restoring(let wish) = task {
                    json.object("restore") { json in
                        json.member("batch_mode", wish.isCleanupOnly)
                        json.member("undelete_only", wish.undeletesOnly)
                        json.member("unconclude_only", wish.unconcludesOnly)
                    }
                }
            }
        }
        return try JobRequest(kind: kindName, payload: payload, progress: progress)
    }

    func run(_ run: JobRun) async throws -> JobOutcome {
        let fields = try JSONFields(try JSONReader.read(run.payload.bytes))
        let importID = try fields.id("import")
        let earlier = try await run.pool.query(
            SISJobQueries.earlier, [.int(run.institution.rawValue), .int(run.id)], tenant: run.institution)
        // Who is further behind asks less often.
        let count = try earlier.first?.int(0) ?? 0
        guard count == 0 else { return .snoozed(.milliseconds(500 * count)) }
        if let wish = try fields.optionalFields("restore") {
            let restore = SISRestore(
                run: run, importID: importID,
                wish: RestoreWish(
                    isCleanupOnly: try wish.bool("batch_mode"), undeletesOnly: try wish.bool("undelete_only"),
                    unconcludesOnly: try wish.bool("unconclude_only")))
            return try await restore.run()
        }
        return try await SISImportRun(run: run, importID: importID, lane: lane, passwords: passwords)
            .perform(isLastAttempt: run.attempt >= policy.attempts)
    }
}

/// The SQL of the job; `$1` is the institution throughout.
enum SISJobQueries {
    /// How many other jobs of the institution come first, twenty at most.
    ///
    /// $2 job.
    static let earlier: Statement = """
        SELECT count(*) FROM (
            SELECT 1 FROM job_heads h
            WHERE h.institution_id = $1 AND h.kind = 'rostering.sis' AND h.id < $2 AND h.state IN ('available', 'running')
            LIMIT 20) first
        """

    /// Imports whose job has ended without them: their workers died in the middle, as often as they may.
    ///
    /// $2 import that begins now.
    static let giveUpDead: Statement = """
        UPDATE sis_imports i SET workflow_state = 'failed', ended_at = now(), updated_at = now()
        WHERE i.institution_id = $1 AND i.id <> $2
            AND i.workflow_state IN ('created', 'importing', 'cleanup_batch', 'restoring')
            AND NOT EXISTS (
                SELECT 1 FROM job_heads h
                WHERE h.institution_id = $1 AND h.id = i.job_id AND h.state IN ('available', 'running'))
        RETURNING i.id
        """

    /// Begins an attempt: those before it write nothing from now on.
    ///
    /// No row for an import that is over, and for an attempt that a later one has overtaken already.
    ///
    /// $2 import, $3 job, $4 the job's fence.
    static let begin: Statement = """
        UPDATE sis_imports SET attempt = $4, started_at = coalesce(started_at, now()), updated_at = now(),
            workflow_state = CASE WHEN workflow_state = 'created' THEN 'importing' ELSE workflow_state END
        WHERE institution_id = $1 AND id = $2 AND workflow_state IN ('created', 'importing', 'cleanup_batch')
            AND job_id = $3 AND attempt < $4
        RETURNING attempt, step, step_row
        """

    /// Begins an attempt at putting back.
    ///
    /// $2 import, $3 job, $4 the job's fence.
    static let beginRestoring: Statement = """
        UPDATE sis_imports SET attempt = $4, updated_at = now()
        WHERE institution_id = $1 AND id = $2 AND workflow_state = 'restoring' AND job_id = $3 AND attempt < $4
        RETURNING attempt
        """

    /// An import fills tables faster than Postgres looks at how full they are: what is planned for few rows must not be a scan
    /// of all of them when there are many.
    static let planByIndex: Statement = """
        SELECT set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
            set_config('enable_mergejoin', 'off', true), set_config('enable_material', 'off', true),
            set_config('enable_bitmapscan', 'off', true)
        """

    /// Holds an import for a batch of an attempt, which is done in the name of who asked for it; no row for another attempt, and for an import that was aborted.
    ///
    /// $2 import, $3 job, $4 attempt.
    static let hold: Statement = """
        SELECT tallies, set_config('cohort.origin', jsonb_build_object('actor', user_id)::text, true) FROM sis_imports
        WHERE institution_id = $1 AND id = $2 AND job_id = $3 AND attempt = $4
            AND workflow_state IN ('importing', 'cleanup_batch', 'restoring') FOR NO KEY UPDATE
        """

    /// How far an import is, with the batch that brought it there.
    ///
    /// $2 import, $3 step, $4 row, $5 tallies, $6 progress or null.
    static let advance: Statement = """
        UPDATE sis_imports SET step = $3, step_row = $4, tallies = $5, progress = coalesce($6::int, progress),
            updated_at = now()
        WHERE institution_id = $1 AND id = $2
        """

    /// $2 import, $3 the files' kinds.
    static let setPlan: Statement = """
        UPDATE sis_imports SET supplied_batches = $3::text[], updated_at = now() WHERE institution_id = $1 AND id = $2
        """

    /// $2 import, $3 state.
    static let setState: Statement = """
        UPDATE sis_imports SET workflow_state = $3, updated_at = now() WHERE institution_id = $1 AND id = $2
        """

    /// And a line in the audit log.
    ///
    /// $2 import, $3 state.
    static let end: Statement = """
        WITH ended AS (
            UPDATE sis_imports SET workflow_state = $3, ended_at = now(), updated_at = now(),
                progress = CASE WHEN $3 IN ('imported', 'imported_with_messages', 'restored', 'partially_restored')
                    THEN 100 ELSE progress END
            WHERE institution_id = $1 AND id = $2 RETURNING id, user_id
        )
        INSERT INTO audit_events (institution_id, kind, actor_id, details)
        SELECT $1, 'sis_import.ended', user_id, jsonb_build_object('import_id', id, 'state', $3::text) FROM ended
        """

    /// $2 import, $3 compared with or null, $4 whether it was not compared for its size.
    static let setDiff: Statement = """
        UPDATE sis_imports SET diffed_against_import_id = $3, diffing_threshold_exceeded = $4, updated_at = now()
        WHERE institution_id = $1 AND id = $2
        """

    /// $2 import, $3 from place on, $4 how many.
    static let pieces: Statement = """
        SELECT bytes FROM sis_import_pieces
        WHERE institution_id = $1 AND import_id = $2 AND place >= $3 ORDER BY place LIMIT $4
        """

    /// The last import of a data set that went through, with its bytes.
    ///
    /// $2 data set, $3 before.
    static let former: Statement = """
        SELECT i.id, i.extension, i.file_size FROM sis_imports i
        WHERE i.institution_id = $1 AND i.diffing_data_set_identifier = $2 AND i.id < $3
            AND i.workflow_state IN ('imported', 'imported_with_messages')
            AND EXISTS (SELECT 1 FROM sis_import_pieces p WHERE p.institution_id = $1 AND p.import_id = i.id)
        ORDER BY i.id DESC LIMIT 1
        """

    /// Bytes of a data set's imports before one, which takes their place: not one that was too different to be compared.
    ///
    /// $2 data set, $3 import.
    static let removeFormerPieces: Statement = """
        DELETE FROM sis_import_pieces p USING sis_imports i
        WHERE p.institution_id = $1 AND i.institution_id = $1 AND i.id = p.import_id
            AND i.diffing_data_set_identifier = $2 AND i.id < $3
            AND NOT EXISTS (
                SELECT 1 FROM sis_imports e
                WHERE e.institution_id = $1 AND e.id = $3 AND e.diffing_threshold_exceeded)
        """

    /// Bytes of an import that was too different to be compared: later ones are compared with the one before it.
    ///
    /// $2 import.
    static let removeExceededPieces: Statement = """
        DELETE FROM sis_import_pieces p USING sis_imports i
        WHERE p.institution_id = $1 AND p.import_id = $2 AND i.institution_id = $1 AND i.id = $2
            AND i.diffing_threshold_exceeded
        """

    /// What is kept to put back is kept for thirty days.
    static let sweep: Statement = """
        DELETE FROM sis_state_changes c USING sis_imports i
        WHERE c.institution_id = $1 AND i.institution_id = $1 AND i.id = c.import_id
            AND i.created_at < now() - interval '30 days'
        """
}
