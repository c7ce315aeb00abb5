import EventLoop
import JSON
package import Logging
package import Postgres
import Telemetry

/// Takes jobs and has them done, as many at a time as it has slots.
///
/// Confined to the pool's loop; it claims in the pool's own database, and each database has a worker. ``ClaimPlan`` and ``LeaseClock`` decide; this one only carries out.
///
/// A handler that does not return keeps its slot, also when its job was given up: what nobody can end must not pile up.
package final class JobWorker {
    /// Statements of a worker's own that take longer are cancelled.
    static let statementTimeout: Duration = .seconds(10)
    /// Failures of the same kind are logged this often at most.
    private static let complaintPeriod: Duration = .seconds(60)
    /// Leases that one look gives back at most.
    private static let rescues: Int64 = 1000

    let loop: EventLoop
    let pool: PostgresPool
    let queue: JobQueue
    let settings: JobSettings
    let meters: JobMeters
    let logger: Logger
    let completions: Completions
    /// What stands in the database for this worker's life: the node's name, and a number of this life.
    let name: String

    private var plan: ClaimPlan
    var running: [ObjectIdentifier: JobRun] = [:]
    /// Jobs that were claimed and are not begun yet.
    private var loading = 0
    private var isClaiming = false
    private var wantsClaim = false
    private var mayHaveMore = false
    private var isStarted = false
    private(set) var isStopping = false
    private(set) var isStopped = false
    private var floorTimer: LoopTimer?
    private var beatTimer: LoopTimer?
    private var batchTimer: LoopTimer?
    private var complainedAt: ContinuousClock.Instant?
    private var whenIdle: [() -> Void] = []

    /// Makes a worker; on the loop of `pool`, whose connections it uses for claims, jobs and their completion.
    package init(
        queue: JobQueue, pool: PostgresPool, settings: JobSettings, meters: JobMeters,
        name: String = "worker", logger: Logger = Log.logger("jobs")
    ) {
        self.queue = queue
        self.pool = pool
        self.settings = settings
        self.meters = meters
        self.logger = logger
        loop = pool.loop
        completions = Completions(pool: pool)
        self.name = name.prefix(64) + "-" + String(UInt64.random(in: 1 ... .max), radix: 16)
        plan = ClaimPlan(queue.catalogue, slots: settings.slots)
    }

    /// Jobs that it has at this moment.
    package var runningCount: Int { running.count + loading }

    // MARK: Life

    /// Begins to work.
    package func start() {
        guard !isStarted, !isStopping else { return }
        isStarted = true
        let own = LoopBound(WeakWorker(worker: self), loop: loop)
        queue.add { own.loop.execute { own.value.worker?.claimSoon() } }
        look()
        beatLater()
    }

    /// Stops in good order: takes nothing more, lets what runs come to an end, and gives the rest back at once.
    ///
    /// Afterwards the pool may be closed.
    ///
    /// - Parameter limit: How long jobs that run may take.
    /// - Returns: How many jobs were given back.
    @discardableResult
    package func stop(within limit: Duration) async -> Int {
        guard !isStopping else { return 0 }
        isStopping = true
        floorTimer?.cancel()
        batchTimer?.cancel()
        // A claim that is under way may still bring jobs, which then are given back at once.
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            var isTold = false
            let tell = {
                guard !isTold else { return }
                isTold = true
                continuation.resume()
            }
            whenIdle.append(tell)
            loop.schedule(after: limit, tell)
            tellIdle()
        }
        isStopped = true
        beatTimer?.cancel()
        let rest = running.values.filter { !$0.isOver && !$0.isEnding }
        for run in rest {
            run.isOver = true
            run.tell(.released)
        }
        await release(rest.map { ($0.institution, $0.id, $0.fence) })
        for run in rest { meters.count(run.kind.name, .released) }
        return rest.count
    }

    /// Gives jobs back: others may take them from now on, and the attempt does not count.
    private func release(_ jobs: [(institution: TenantID, id: Int64, fence: Int64)]) async {
        guard !jobs.isEmpty else { return }
        do throws(PostgresError) {
            try await pool.query(
                JobStatements.release,
                [
                    .intArray(jobs.map(\.institution.rawValue)), .intArray(jobs.map(\.id)),
                    .intArray(jobs.map(\.fence)),
                ], tenant: nil)
        } catch {
            // Their leases run out.
            complain("jobs cannot be given back", error)
        }
    }

    private func tellIdle() {
        guard isStopping, runningCount == 0, !isClaiming else { return }
        let told = whenIdle
        whenIdle = []
        for tell in told { tell() }
    }

    // MARK: Claiming

    /// Looks for lost leases and for work, and again after a while.
    private func look() {
        guard !isStopping else { return }
        floorTimer = loop.schedule(after: settings.floor) { [weak self] in self?.look() }
        loop.run { [weak self] in
            await self?.rescue()
            self?.claimSoon()
        }
    }

    private func rescue() async {
        do throws(PostgresError) {
            for row in try await pool.query(JobStatements.rescue, [.int(JobWorker.rescues)], tenant: nil) {
                let (kind, count) = (try row.text(0), Int(try row.int(1)))
                meters.count(kind, .rescued, times: count)
                logger.warning("leases ran out", metadata: ["kind": "\(kind)", "jobs": "\(count)"])
            }
        } catch {
            complain("leases cannot be looked at", error)
        }
    }

    /// Claims, now or as soon as the claim that is under way is over.
    func claimSoon() {
        guard !isStopping else { return }
        wantsClaim = true
        guard !isClaiming else { return }
        isClaiming = true
        loop.run { [self] in
            await claimWhileWanted()
            isClaiming = false
            tellIdle()
        }
    }

    private func claimWhileWanted() async {
        while wantsClaim, !isStopping {
            wantsClaim = false
            guard let ask = plan.ask(running: runningCount) else {
                // There is no room; whoever makes some asks again.
                mayHaveMore = true
                return
            }
            do throws(PostgresError) {
                let count = try await claim(ask)
                mayHaveMore = count > 0
                if mayHaveMore, plan.isWorthwhile(running: runningCount) { wantsClaim = true }
            } catch {
                complain("jobs cannot be claimed", error)
            }
        }
    }

    private func claim(_ ask: ClaimPlan.Ask) async throws(PostgresError) -> Int {
        let claimedAt = loop.now
        let rows = try await pool.query(
            JobStatements.claim,
            [
                .text(name), .textArray(ask.kinds), .intArray(ask.rooms.map(Int64.init)),
                .intArray(ask.caps.map(Int64.init)), .intArray(ask.cursors),
                .int(settings.lease.wholeMilliseconds), .int(Int64(ask.most)), .int(Int64(settings.breadth)),
            ], tenant: nil)
        var jobs: [ClaimedJob] = []
        for row in rows {
            jobs.append(
                ClaimedJob(
                    institution: TenantID(rawValue: try row.int(0)), id: try row.int(1),
                    kind: try row.text(2),
                    attempt: Int(try row.int(3)), snoozes: Int(try row.int(4)), fence: try row.int(5),
                    isCancelled: try row.bool(6), waited: .milliseconds(try row.int(7))))
        }
        guard !jobs.isEmpty else { return 0 }
        plan.served(jobs.map { ($0.kind, $0.institution.rawValue) })
        // The next claim need not wait until these are loaded.
        loading += jobs.count
        loop.run { [self] in
            await load(jobs, claimedAt: claimedAt)
            loading -= jobs.count
            tellIdle()
        }
        return jobs.count
    }

    /// Loads what was claimed and begins with it; what cannot be loaded is given back.
    private func load(_ jobs: [ClaimedJob], claimedAt: ContinuousClock.Instant) async {
        var contents: [Int64: JobContent] = [:]
        do throws(PostgresError) {
            if !isStopping { contents = try await read(jobs) }
        } catch {
            complain("jobs cannot be loaded", error)
        }
        var rest: [ClaimedJob] = []
        for job in jobs {
            // A kind that was asked for is known.
            guard !isStopping, let kind = queue.catalogue.kind(job.kind), let content = contents[job.id]
            else {
                rest.append(job)
                continue
            }
            let lease = LeaseClock(
                claimedAt: claimedAt, lease: settings.lease, timeLimit: kind.policy.timeLimit)
            meters.began(job)
            begin(JobRun(job, content, kind: kind, lease: lease, pool: pool))
        }
        await release(rest.map { ($0.institution, $0.id, $0.fence) })
    }

    /// What the jobs are about, read as their institutions.
    private func read(
        _ jobs: [ClaimedJob]
    ) async throws(PostgresError) -> [Int64: JobContent] {
        var batch = TransactionBatch(statementTimeout: JobWorker.statementTimeout)
        let groups = Dictionary(grouping: jobs, by: \.institution)
        for (institution, group) in groups.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            batch.append(
                JobStatements.load, [.int(institution.rawValue), .intArray(group.map(\.id))],
                tenant: institution)
        }
        var contents: [Int64: JobContent] = [:]
        for rows in try await pool.run(batch) {
            for row in rows {
                guard let payload = try? RawJSON(validating: try row.bytes(1)) else { continue }
                contents[try row.int(0)] = JobContent(
                    payload: payload, hasKey: try row.bool(2), progress: try row.intOrNil(3))
            }
        }
        return contents
    }

    // MARK: Slots

    private func begin(_ run: JobRun) {
        running[ObjectIdentifier(run)] = run
        loop.run { [self] in
            await perform(run)
            running[ObjectIdentifier(run)] = nil
            slotIsFree()
        }
    }

    private func slotIsFree() {
        if isStopping { return tellIdle() }
        guard mayHaveMore else { return }
        if plan.isWorthwhile(running: runningCount) { return claimSoon() }
        guard batchTimer == nil else { return }
        batchTimer = loop.schedule(after: .milliseconds(10)) { [weak self] in
            self?.batchTimer = nil
            self?.claimSoon()
        }
    }

    // MARK: Heartbeats

    private func beatLater() {
        guard !isStopped else { return }
        beatTimer = loop.schedule(after: settings.heartbeat) { [weak self] in
            guard let self else { return }
            // The next is planned first: a slow database makes answers late, not beats rarer.
            beatLater()
            loop.run { await self.beat() }
        }
    }

    func complain(_ sentence: Logger.Message, _ error: any Error) {
        let now = loop.now
        if let complainedAt, now - complainedAt < JobWorker.complaintPeriod { return }
        complainedAt = now
        logger.warning(sentence, metadata: ["error": "\(error)"])
    }
}

/// Holds a worker for those who may outlive it.
private struct WeakWorker {
    weak var worker: JobWorker?
}
