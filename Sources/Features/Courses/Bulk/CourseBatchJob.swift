import EventLoop
import JSON
import JobQueue
import Postgres

/// Offers, concludes, deletes or restores courses: all that can be, in the transaction that completes the job.
struct CourseBatchJob: JobKind {
    static let kindName = "courses.batch_update"

    let name = CourseBatchJob.kindName
    let policy = JobPolicy(
        lane: 2, attempts: 5, backoff: Backoff(base: .seconds(1), limit: .seconds(60)),
        timeLimit: .seconds(60))

    /// A job for a batch.
    static func request(
        _ batch: CourseBatch, in account: Int64, by user: Int64
    ) throws(JobRequestError) -> JobRequest {
        let payload = RawJSON { json in
            json.object { json in
                json.member("account", account)
                json.member("batch", RawJSON(batch.payload))
            }
        }
        return try JobRequest(
            kind: kindName, payload: payload,
            progress: ProgressRequest(
                contextType: "Account", contextID: account, user: user, tag: "course_batch_update"))
    }

    func run(_ run: JobRun) async throws -> JobOutcome {
        let fields = try JSONFields(try JSONReader.read(run.payload.bytes))
        let account = try fields.id("account")
        let batch = try CourseBatch(try fields.fields("batch"))
        let tenant = PostgresValue.int(run.institution.rawValue)
        let rows = try await run.pool.query(
            CourseBatchQueries.find, [tenant] + batch.courses.values + [.int(account)],
            tenant: run.institution)
        var changed: [Int64] = []
        var refused: [(course: String, message: String)] = []
        for (text, row) in zip(batch.courses.written, rows) {
            if let message = batch.refusal(of: try row.textOrNil(1)) {
                refused.append((text, message))
            } else {
                changed.append(try row.int(0))
            }
        }
        let ids = Set(changed).sorted()
        let results = RawJSON { json in
            json.object { json in
                json.member("updated", ids.count)
                json.array("errors", of: refused) { json, item in
                    json.object { json in
                        json.member("course_id", item.course)
                        json.member("message", item.message)
                    }
                }
            }
        }
        return .completed(results: results) { transaction in
            try await transaction.query(
                CourseBatchQueries.change, [tenant, .intArray(ids), .text(batch.event.rawValue)])
        }
    }
}

/// The SQL of it; `$1` is the institution throughout.
enum CourseBatchQueries {
    /// Courses of an account and below it, the deleted ones too: a row for each that was named, in their order.
    ///
    /// $2 ids, $3 ids of the student information system, pairwise, $4 account.
    static let find: Statement = """
        SELECT c.id, c.workflow_state
        FROM unnest($2::bigint[], $3::text[]) WITH ORDINALITY AS g (id, sis, place)
        LEFT JOIN LATERAL (
            SELECT k.id, k.workflow_state
            FROM courses k JOIN accounts a ON a.institution_id = $1 AND a.id = k.account_id
            WHERE k.institution_id = $1 AND $4 = ANY (a.path)
                AND k.id = coalesce(g.id, (
                    SELECT o.id FROM courses o WHERE o.institution_id = $1 AND o.sis_course_id = g.sis))) c ON true
        ORDER BY g.place
        """

    /// Changes courses; what is deleted goes back to the state that it had before.
    ///
    /// $2 courses, $3 event.
    static let change: Statement = """
        WITH held AS (
            SELECT id FROM courses WHERE institution_id = $1 AND id = ANY ($2) ORDER BY id FOR NO KEY UPDATE)
        UPDATE courses c SET updated_at = now(),
            workflow_state = CASE $3
                WHEN 'offer' THEN 'available' WHEN 'conclude' THEN 'completed' WHEN 'delete' THEN 'deleted'
                ELSE coalesce(c.state_before_deletion, 'unpublished') END,
            stuck_fields = CASE WHEN 'workflow_state' = ANY (c.stuck_fields) THEN c.stuck_fields
                ELSE c.stuck_fields || 'workflow_state'::text END
        FROM held
        WHERE c.institution_id = $1 AND c.id = held.id AND (c.workflow_state = 'deleted') = ($3 = 'undelete')
        """
}
