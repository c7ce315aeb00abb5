package import EventLoop
package import JSON
package import Postgres

/// One attempt at a job, as its handler sees it.
///
/// Confined to the worker's loop.
package final class JobRun {
    /// Why a handler should come to an end.
    package enum Stop: Sendable, Equatable {
        /// Somebody cancelled the job.
        case cancelled
        /// Its lease may have run out, or has: another worker may have the job.
        case lost
        /// It has taken longer than its kind allows, and counts as failed.
        case overdue
        /// The node stops, and has given the job back.
        case released
    }

    package let id: Int64
    package let institution: TenantID
    /// Which attempt this is, from 1; snoozes do not count.
    package let attempt: Int
    /// What the job is about.
    package let payload: RawJSON
    /// The worker's loop.
    package let loop: EventLoop
    /// For reading, and for what belongs to no transaction of the job's.
    package let pool: PostgresPool

    let kind: any JobKind
    /// Raised with every claim: of two attempts that run at the same time the greater one has the job.
    package let fence: Int64
    let snoozes: Int
    let hasKey: Bool
    let progress: Int64?
    var lease: LeaseClock
    /// Whether the job was cancelled before it was begun.
    let isCancelled: Bool
    /// Nothing that the handler does from now on counts.
    var isOver = false
    /// What came of it is being written.
    var isEnding = false

    private(set) var stop: Stop?
    private var whenStopped: [() -> Void] = []
    private var pace = Pace(atMostEvery: .milliseconds(500))
    private var latest: (completion: Double?, message: String?) = (nil, nil)

    init(_ job: ClaimedJob, _ content: JobContent, kind: any JobKind, lease: LeaseClock, pool: PostgresPool) {
        id = job.id
        institution = job.institution
        attempt = job.attempt
        fence = job.fence
        snoozes = job.snoozes
        isCancelled = job.isCancelled
        payload = content.payload
        hasKey = content.hasKey
        progress = content.progress
        self.kind = kind
        self.lease = lease
        loop = pool.loop
        self.pool = pool
    }

    // MARK: Stopping

    /// Why the handler should come to an end; `nil` while it should not.
    ///
    /// A cancellation is heard of with a heartbeat, seconds after it was asked for.
    package var stopReason: Stop? { stop }

    /// Throws when the handler should come to an end: called now and then in long work.
    ///
    /// - Throws: ``JobStopped``, which the handler lets out.
    package func check() throws(JobStopped) {
        if let stop { throw JobStopped(reason: stop) }
    }

    /// Has `body` called once, on the loop, when the handler should come to an end; at once when that is so already.
    package func whenStopped(_ body: @escaping () -> Void) {
        if stop == nil { whenStopped.append(body) } else { body() }
    }

    func tell(_ reason: Stop) {
        guard stop == nil else { return }
        stop = reason
        let told = whenStopped
        whenStopped = []
        for body in told { body() }
    }

    // MARK: Progress

    /// Tells people how far it is: at most twice a second, the latest counts, and it does not wait.
    ///
    /// Without a progress nothing happens. It is no part of the job's transaction, so it may be lost.
    ///
    /// - Parameters:
    ///   - completion: 0 to 100; `nil` leaves it.
    ///   - message: Shown to people, cut at ``JobFailure/messageLength``; `nil` leaves it.
    package func report(completion: Double? = nil, message: String? = nil) {
        guard progress != nil, !isOver else { return }
        if let completion { latest.completion = min(max(completion, 0), 100) }
        if let message { latest.message = JobFailure(.unexpected, message).message }
        switch pace.want(at: .now) {
        case .now: write()
        case .later(let pause):
            loop.schedule(after: pause) { [self] in
                pace.due(at: .now)
                write()
            }
        case .nothing: break
        }
    }

    private func write() {
        guard !isOver else { return }
        var batch = TransactionBatch()
        batch.append(
            ProgressStatements.update,
            [
                .int(institution.rawValue), .int(id), .int(fence), .double(latest.completion),
                .text(latest.message),
            ], tenant: institution)
        // A report that fails is made good by the next one, or by the end.
        pool.batch(batch) { _ in }
    }
}

/// The handler has heard that it should come to an end.
package struct JobStopped: Error, Sendable, Equatable {
    /// Why.
    package let reason: JobRun.Stop

    package init(reason: JobRun.Stop) { self.reason = reason }
}

/// A job as a claim gives it.
struct ClaimedJob: Equatable {
    var institution: TenantID
    var id: Int64
    var kind: String
    var attempt: Int
    var snoozes: Int
    var fence: Int64
    var isCancelled: Bool
    /// How long it has waited since it was due.
    var waited: Duration
}

/// What row-level security shows to its institution alone.
struct JobContent {
    var payload: RawJSON
    var hasKey: Bool
    var progress: Int64?
}
