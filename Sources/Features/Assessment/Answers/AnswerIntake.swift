package import EventLoop
package import Postgres
package import Telemetry

/// Records the answers of a node: the one way from a live quiz, by socket or REST, into the gradebook's tables.
///
/// Group commit: one batch is in flight, what comes meanwhile goes with the next one, and there is no timer on the way,
/// so that an idle node commits one answer at once and a busy one hundreds with one fsync. Acknowledged is what was
/// committed, nothing else. At most `backlog` answers wait; beyond that the outcome is
/// ``AnswerOutcome/unavailable(retryAfter:)`` at once. Each database has a queue of its own, so that one that is away holds
/// up nothing of the others'.
package final class AnswerIntake: Sendable {
    /// Hears, on the intake's loop, of what a batch has recorded; after the commit, before the replies.
    package typealias Observer = @Sendable ([RecordedAnswer]) -> Void

    private let cores: LoopBound<AnswerIntakeCores>

    /// Makes the node's intake.
    ///
    /// - Parameters:
    ///   - loop: The loop that it works on; this is called there, or before the loop is used at all.
    ///   - pool: Connections on that loop, which the intake has for itself; one or two are enough.
    ///   - metrics: Where it counts.
    ///   - backlog: Answers that may wait.
    package init(loop: EventLoop, pool: PostgresPool, metrics: Metrics, backlog: Int = 50_000) {
        cores = LoopBound(
            AnswerIntakeCores(pool: pool, counters: IntakeCounters(metrics), backlog: backlog), loop: loop)
    }

    /// Has `observer` hear of every batch from now on; from any thread.
    package func observe(_ observer: @escaping Observer) {
        cores.loop.execute { [cores] in cores.value.observe(observer) }
    }

    /// Records an answer, once for its key; from any loop.
    ///
    /// `then` is called on `loop`, after the commit.
    package func record(
        _ submission: AnswerSubmission, loop: EventLoop, then: @escaping (AnswerOutcome) -> Void
    ) {
        let reply = LoopBound(then, loop: loop)
        cores.loop.execute { [cores] in cores.value.enqueue(submission, reply) }
    }

    /// Calls `then`, on `loop`, once every answer that was handed in before has its outcome.
    package func drained(loop: EventLoop, then: @escaping () -> Void) {
        let reply = LoopBound(then, loop: loop)
        cores.loop.execute { [cores] in cores.value.whenIdle { reply.loop.execute { reply.value() } } }
    }
}

extension AnswerIntake {
    /// Records an answer and waits for its outcome; called on `loop`.
    package func record(_ submission: AnswerSubmission, loop: EventLoop) async -> AnswerOutcome {
        await withCheckedContinuation { continuation in
            record(submission, loop: loop) { continuation.resume(returning: $0) }
        }
    }
}

/// What the intake tells of itself.
struct IntakeCounters: Sendable {
    let recorded: Counter
    let duplicates: Counter
    let refused: Counter
    let unavailable: Counter
    let batches: Counter
    let commits: Distribution

    init(_ metrics: Metrics) {
        let (name, help) = ("cohort_answers_total", "Quiz answers by outcome.")
        recorded = metrics.counter(name, help, ("outcome", "recorded"))
        duplicates = metrics.counter(name, help, ("outcome", "duplicate"))
        refused = metrics.counter(name, help, ("outcome", "refused"))
        unavailable = metrics.counter(name, help, ("outcome", "unavailable"))
        batches = metrics.counter("cohort_answer_batches_total", "Transactions that recorded quiz answers.")
        commits = metrics.distribution("cohort_answer_commit_seconds", "Time of one such transaction.")
    }
}
