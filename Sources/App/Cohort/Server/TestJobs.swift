import EventLoop
import JSON
import JobQueue
import Postgres

/// What tests have done to see whether it is done once: after a while, a row in a table that the test has made.
///
/// Exists with test endpoints only. The payload: `{"text": …, "hold_ms": …}`; the table: `job_test_effects`.
struct EffectTestJob: JobKind {
    let name = "test.effect"
    let policy = JobPolicy(
        attempts: 5, backoff: Backoff(base: .milliseconds(100), limit: .seconds(1)), timeLimit: .seconds(60))

    func run(_ run: JobRun) async throws -> JobOutcome {
        let fields = try JSONFields(try JSONReader.read(run.payload.bytes))
        let text = try fields.value("text").string ?? ""
        let hold = Duration.milliseconds(try fields.value("hold_ms").int ?? 0)
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            var isOver = false
            let end = {
                guard !isOver else { return }
                isOver = true
                continuation.resume()
            }
            run.loop.schedule(after: hold, end)
            run.whenStopped(end)
        }
        // One that was lost goes on, as a handler may that does not ask: the fence has to stop it.
        if let reason = run.stopReason, reason != .lost { throw JobStopped(reason: reason) }
        let institution = run.institution.rawValue
        return .completed { transaction in
            try await transaction.query(
                "INSERT INTO job_test_effects (institution_id, text) VALUES ($1, $2)",
                [.int(institution), .text(text)])
        }
    }
}

/// Nothing: what is measured with it is the queue alone.
///
/// Exists with test endpoints only.
struct EmptyTestJob: JobKind {
    let name = "test.empty"
    let policy = JobPolicy()

    func run(_ run: JobRun) async throws -> JobOutcome { .completed }
}
