import EventLoop
import JSON
import JobQueue
import Postgres

/// Enrols users in courses, each in each.
///
/// All pairs that can be enrolled are, in the transaction that completes the job: an attempt that dies leaves nothing, and
/// who was enrolled already stays so.
struct BulkEnrollmentJob: JobKind {
    static let kindName = "courses.bulk_enrollment"

    let name = BulkEnrollmentJob.kindName
    let policy = JobPolicy(
        lane: 2, attempts: 5, backoff: Backoff(base: .seconds(1), limit: .seconds(60)),
        timeLimit: .seconds(60))

    /// A job for a wish.
    static func request(
        _ wish: BulkEnrollment, in account: Int64, by user: Int64
    ) throws(JobRequestError) -> JobRequest {
        let payload = RawJSON { json in
            json.object { json in
                json.member("account", account)
                json.member("wish", RawJSON(wish.payload))
            }
        }
        return try JobRequest(
            kind: kindName, payload: payload,
            progress: ProgressRequest(
                contextType: "Account", contextID: account, user: user, tag: "bulk_enrollment"))
    }

    func run(_ run: JobRun) async throws -> JobOutcome {
        let fields = try JSONFields(try JSONReader.read(run.payload.bytes))
        let account = try fields.id("account")
        let wish = try BulkEnrollment(try fields.fields("wish"))
        let tenant = PostgresValue.int(run.institution.rawValue)
        var batch: [(Statement, [PostgresValue])] = []
        batch.append((BulkQueries.users, [tenant] + wish.users.values))
        batch.append(
            (
                BulkQueries.courses,
                [tenant] + wish.courses.values + [.int(account), .int(wish.section)]
            ))
        let statements = batch
        let found = try await run.pool.transaction(tenant: run.institution) {
            try await $0.query(statements)
        }
        let users = try found[0].map { try $0.intOrNil(0) }
        let courses = try found[1].map {
            BulkEnrollment.FoundCourse(id: try $0.intOrNil(0), section: try $0.intOrNil(1))
        }
        let (pairs, refusals) = wish.judge(users: users, courses: courses)
        return .completed(results: Self.results(pairs.count, refusals)) { transaction in
            // In the order of the unique key, so that two jobs cannot wait for each other.
            let sorted = pairs.sorted { ($0.course, $0.user, $0.section) < ($1.course, $1.user, $1.section) }
            try await transaction.query(
                BulkQueries.enroll,
                [
                    tenant, .intArray(sorted.map(\.course)), .intArray(sorted.map(\.section)),
                    .intArray(sorted.map(\.user)), .text(wish.type.rawValue), .text(wish.state.rawValue),
                ])
        }
    }

    private static func results(_ enrolled: Int, _ refusals: [BulkEnrollment.Refusal]) -> RawJSON {
        RawJSON { json in
            json.object { json in
                json.member("enrolled", enrolled)
                json.array("errors", of: refusals) { json, refusal in
                    json.object { json in
                        json.member("user_id", refusal.user)
                        json.member("course_id", refusal.course)
                        json.member("message", refusal.message)
                    }
                }
            }
        }
    }
}

/// The SQL of what is done to many at once; `$1` is the institution throughout.
enum BulkQueries {
    /// $2 ids, $3 ids of the student information system, pairwise: a row for each, in their order.
    static let users: Statement = """
        SELECT coalesce(
            (SELECT u.id FROM users u
                WHERE u.institution_id = $1 AND u.id = g.id AND u.workflow_state <> 'deleted'),
            (SELECT u.id FROM users u
                WHERE u.institution_id = $1 AND u.sis_user_id = g.sis AND u.workflow_state <> 'deleted'))
        FROM unnest($2::bigint[], $3::text[]) WITH ORDINALITY AS g (id, sis, place) ORDER BY g.place
        """

    /// Courses of an account and below it, each with the section that is asked for, else its first.
    ///
    /// $2 ids, $3 ids of the student information system, pairwise, $4 account, $5 a section or null.
    static let courses: Statement = """
        SELECT c.id, (
            SELECT s.id FROM sections s
            WHERE s.institution_id = $1 AND s.course_id = c.id AND s.workflow_state = 'active'
                AND ($5::bigint IS NULL OR s.id = $5)
            ORDER BY s.id LIMIT 1)
        FROM unnest($2::bigint[], $3::text[]) WITH ORDINALITY AS g (id, sis, place)
        LEFT JOIN LATERAL (
            SELECT k.id FROM courses k JOIN accounts a ON a.institution_id = $1 AND a.id = k.account_id
            WHERE k.institution_id = $1 AND k.workflow_state <> 'deleted' AND $4 = ANY (a.path)
                AND k.id = coalesce(g.id, (
                    SELECT o.id FROM courses o WHERE o.institution_id = $1 AND o.sis_course_id = g.sis))) c ON true
        ORDER BY g.place
        """

    /// Enrols pairs; who was enrolled so before is again, and who is stays as they are.
    ///
    /// $2 courses, $3 sections, $4 users, together, $5 type, $6 state.
    static let enroll: Statement = """
        INSERT INTO enrollments (
            institution_id, course_id, section_id, user_id, type, workflow_state, stuck_fields)
        SELECT $1, g.course, g.section, g.user_id, $5, $6, '{workflow_state}'
        FROM unnest($2::bigint[], $3::bigint[], $4::bigint[]) AS g (course, section, user_id)
        ON CONFLICT ON CONSTRAINT enrollments_once DO UPDATE
            SET workflow_state = EXCLUDED.workflow_state, completed_at = NULL, updated_at = now()
            WHERE enrollments.workflow_state NOT IN ('active', EXCLUDED.workflow_state)
        """
}
