package import EventLoop
import JSON
package import Postgres
import Synchronization

/// Where features put jobs, and where those who look after them ask.
///
/// Any thread may use it; what takes a pool or a transaction is called on that one's loop.
///
/// A job is written in its caller's transaction: it exists exactly when what it is about does. Nothing is told within that
/// transaction (`NOTIFY` makes commits wait for each other). After the commit this node's worker is woken at once, and the
/// other nodes are told at most 20 times a second; a node that hears nothing looks by itself once a second.
package final class JobQueue: Sendable {
    /// All kinds of jobs.
    package let catalogue: JobCatalogue
    private let loop: EventLoop
    private let tellOthers: @Sendable () -> Void
    private let state = Mutex(State())

    private struct State {
        var pace = Pace(atMostEvery: .milliseconds(50))
        var workers: [@Sendable () -> Void] = []
    }

    /// Makes the node's queue.
    ///
    /// - Parameters:
    ///   - catalogue: All kinds of jobs.
    ///   - loop: Where it waits until it may tell others again.
    ///   - tellOthers: Tells other nodes that there is something to do; from any thread. They call ``heard()``.
    package init(
        catalogue: JobCatalogue, loop: EventLoop, tellOthers: @escaping @Sendable () -> Void = {}
    ) {
        self.catalogue = catalogue
        self.loop = loop
        self.tellOthers = tellOthers
    }

    // MARK: Waking

    /// Says that jobs were committed; ``PostgresTransaction/enqueue(_:to:)`` does it by itself.
    package func wake() {
        heard()
        let action = state.withLock { $0.pace.want(at: .now) }
        switch action {
        case .now: tellOthers()
        case .later(let pause):
            loop.execute {
                self.loop.schedule(after: pause) {
                    self.state.withLock { $0.pace.due(at: .now) }
                    self.tellOthers()
                }
            }
        case .nothing: break
        }
    }

    /// Another node says that there is something to do.
    package func heard() {
        for wake in state.withLock({ $0.workers }) { wake() }
    }

    /// Has a worker of this node woken from now on.
    func add(_ wake: @escaping @Sendable () -> Void) { state.withLock { $0.workers.append(wake) } }

    // MARK: Enqueuing within a batch

    /// Puts jobs into a batch, without progresses; ``enqueued(_:)`` reads what comes back, and whoever sent the batch calls
    /// ``wake()`` after its commit.
    ///
    /// - Returns: The place of the result among the batch's results.
    package func append(_ requests: [JobRequest], to batch: inout TransactionBatch, tenant: TenantID) -> Int {
        precondition(requests.allSatisfy { $0.progress == nil }, "a batch makes no progresses")
        return batch.append(JobStatements.enqueue, values(requests), tenant: tenant)
    }

    /// Reads the result of ``append(_:to:tenant:)``, in the order of the requests.
    package static func enqueued(_ rows: Rows) throws(PostgresError) -> [EnqueuedJob] {
        var jobs: [EnqueuedJob] = []
        for row in rows {
            let state = JobState(rawValue: try row.text(3)) ?? .available
            jobs.append(EnqueuedJob(id: try row.int(1), isNew: try row.bool(2), state: state))
        }
        return jobs
    }

    /// The parameters of the statement; kinds that nobody knows are a programmer's mistake.
    func values(_ requests: [JobRequest]) -> [PostgresValue] {
        precondition(requests.count <= JobRequest.mostAtOnce, "too many jobs at once")
        for request in requests {
            precondition(catalogue.kind(request.kind) != nil, "\(request.kind) is no kind of the catalogue")
        }
        return [
            .textArray(requests.map(\.kind)), .textArray(requests.map(\.uniqueKey)),
            .jsonArray(requests.map(\.payload.bytes)), .timestampArray(milliseconds: requests.map(\.runAt)),
        ]
    }

    // MARK: Dead letters

    /// Which dead letters are sent on their way again; what is `nil` does not matter.
    package struct Redrive: Sendable, Equatable {
        /// The most that one call sends.
        package static let most = 10_000

        package var institution: TenantID?
        package var job: Int64?
        package var kind: String?
        package var errorClass: ErrorClass?

        package init(
            institution: TenantID? = nil, job: Int64? = nil, kind: String? = nil,
            errorClass: ErrorClass? = nil
        ) {
            self.institution = institution
            self.job = job
            self.kind = kind
            self.errorClass = errorClass
        }
    }

    /// Sends dead letters on their way again, with all their attempts, in a transaction of its own.
    ///
    /// - Returns: How many, ``Redrive/most`` at most; another call takes the next.
    @discardableResult
    package func redrive(_ what: Redrive, pool: PostgresPool) async throws(PostgresError) -> Int {
        let rows = try await pool.query(JobStatements.redrive, what.values, tenant: what.institution)
        let count = Int(try rows[0].int(0))
        if count > 0 { wake() }
        return count
    }
}

extension JobQueue.Redrive {
    /// The parameters of the statement.
    var values: [PostgresValue] {
        [
            .int(institution?.rawValue), .int(job), .text(kind), .text(errorClass?.rawValue),
            .int(Int64(JobQueue.Redrive.most)),
        ]
    }
}

extension PostgresTransaction {
    /// Adds jobs to what this transaction does: they exist when it commits, and this node's worker hears of them then.
    ///
    /// - Parameters:
    ///   - requests: ``JobRequest/mostAtOnce`` at most; they are added in one statement.
    ///   - queue: The node's queue.
    /// - Returns: What came of each, in the same order.
    /// - Throws: `PostgresError`; without an institution the database refuses.
    @discardableResult
    package func enqueue(
        _ requests: [JobRequest], to queue: JobQueue
    ) async throws(PostgresError) -> [EnqueuedJob] {
        guard !requests.isEmpty else { return [] }
        var jobs = try JobQueue.enqueued(try await query(JobStatements.enqueue, queue.values(requests)))
        let shown = zip(requests, jobs).compactMap { request, job in request.progress.map { ($0, job.id) } }
        if !shown.isEmpty {
            let rows = try await query(
                ProgressStatements.add,
                [
                    .intArray(shown.map(\.1)), .textArray(shown.map(\.0.contextType)),
                    .intArray(shown.map(\.0.contextID)), .nullableIntArray(shown.map(\.0.user)),
                    .textArray(shown.map(\.0.tag)),
                ])
            var ids: [Int64: Int64] = [:]
            for row in rows { ids[try row.int(0)] = try row.int(1) }
            for place in jobs.indices where requests[place].progress != nil {
                jobs[place].progress = ids[jobs[place].id]
            }
        }
        afterCommit { queue.wake() }
        return jobs
    }

    /// Sends dead letters on their way again, with all their attempts; this node's worker hears of them after the commit.
    ///
    /// - Returns: How many, ``JobQueue/Redrive/most`` at most; another call takes the next.
    /// - Throws: `PostgresError`.
    @discardableResult
    package func redrive(_ what: JobQueue.Redrive, of queue: JobQueue) async throws(PostgresError) -> Int {
        let count = Int(try await query(JobStatements.redrive, what.values)[0].int(0))
        if count > 0 { afterCommit { queue.wake() } }
        return count
    }

    /// Cancels a job of this transaction's institution: one that waits at once, one that runs by a mark that its handler
    /// hears of at its next heartbeat.
    ///
    /// - Returns: Whether there was something to cancel.
    /// - Throws: `PostgresError`.
    package func cancelJob(_ id: Int64, in institution: TenantID) async throws(PostgresError) -> Bool {
        let rows = try await query(JobStatements.cancel, [.int(id)])
        guard let state = try rows.first?.textOrNil(0) else { return false }
        if state == JobState.cancelled.rawValue {
            try await query([
                (JobStatements.giveUpKeys, [.int(institution.rawValue), .intArray([id])]),
                (ProgressStatements.cancel, [.int(institution.rawValue), .int(id)]),
            ])
        }
        return true
    }
}
