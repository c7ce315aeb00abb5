import EventLoop
import JSON
import JobQueue
import Postgres

/// Copies a course into another one, batch by batch.
struct CourseCopyJob: JobKind {
    static let kindName = "courses.copy"

    let name = CourseCopyJob.kindName
    let policy = JobPolicy(
        lane: 3, attempts: 5, backoff: Backoff(base: .seconds(2), limit: .seconds(60)),
        timeLimit: .seconds(2 * 3600), cap: 4)
    /// What is copied, in this order: what others lead to comes first.
    let parts: [any CopyPart]

    /// A job for a migration.
    static func request(
        _ migration: Int64, into course: Int64, by user: Int64
    ) throws(JobRequestError) -> JobRequest {
        let payload = RawJSON { json in
            json.object { $0.member("migration", migration) }
        }
        return try JobRequest(
            kind: kindName, payload: payload,
            progress: ProgressRequest(
                contextType: "ContentMigration", contextID: migration, user: user, tag: "content_migration"))
    }

    func run(_ run: JobRun) async throws -> JobOutcome {
        let fields = try JSONFields(try JSONReader.read(run.payload.bytes))
        return try await CourseCopyRun(run: run, id: try fields.id("migration"), parts: parts).perform()
    }
}
