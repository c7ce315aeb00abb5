package import EventLoop
package import Logging
package import Postgres
import Synchronization
package import Telemetry

/// Finds events that the broker did not bring: asks the log now and then what has changed, and has this node's channels
/// that are behind read it.
///
/// Confined to the log's loop, and about the institutions of its pool's own database; ``LogWatch`` decides. One check is under way at a time, and one batch of it: a slow
/// database makes checks rarer, never more. A check that fails is made again after the same time.
package final class LogWatcher {
    /// A statement that takes longer is cancelled, and the check has failed.
    private static let statementTimeout: Duration = .seconds(5)
    /// Failures are logged this often at most.
    private static let complaintPeriod: Duration = .seconds(60)

    private let loop: EventLoop
    private let pool: PostgresPool
    private let hub: LiveHub
    private let period: Duration
    private let logger: Logger
    private let changes: Counter
    private let failures: Counter
    private let succeeded: SuccessTime

    private var watch: LogWatch
    private var timer: LoopTimer?
    private var isChecking = false
    private var isStopped = false
    private var complainedAt: ContinuousClock.Instant?

    /// Makes the node's watcher of one database; on `loop`, whose `pool` it uses.
    ///
    /// `period` lies between the end of one check and the next: a second where a broker carries between nodes; where there
    /// is one node, nothing is lost on the way, and a few seconds will do.
    package convenience init(
        loop: EventLoop, pool: PostgresPool, hub: LiveHub, every period: Duration, metrics: Metrics,
        logger: Logger = Log.logger("live")
    ) {
        self.init(
            loop: loop, pool: pool, hub: hub, every: period, metrics: metrics, logger: logger,
            watch: LogWatch())
    }

    init(
        loop: EventLoop, pool: PostgresPool, hub: LiveHub, every period: Duration, metrics: Metrics,
        logger: Logger, watch: LogWatch
    ) {
        self.loop = loop
        self.pool = pool
        self.hub = hub
        self.period = period
        self.logger = logger
        self.watch = watch
        changes = metrics.counter(
            "cohort_live_log_changes_total", "Changed channels that checks of the log have seen.")
        failures = metrics.counter("cohort_live_log_check_failures_total", "Checks of the log that failed.")
        let succeeded = SuccessTime()
        self.succeeded = succeeded
        let (name, help) = (
            "cohort_live_log_check_age_seconds", "Time since the last check of the log that succeeded."
        )
        if pool.shard == ShardMap.home {
            metrics.gauge(name, help) { succeeded.age }
        } else {
            metrics.gauge(name, help, ("shard", "\(pool.shard)")) { succeeded.age }
        }
    }

    /// Begins to check.
    package func start() {
        guard timer == nil, !isStopped else { return }
        timer = loop.schedule(after: period) { [weak self] in
            guard let self else { return }
            loop.run { await self.checkAndGoOn() }
        }
    }

    /// Ends it, before the pool is closed.
    package func stop() {
        isStopped = true
        timer?.cancel()
    }

    private func checkAndGoOn() async {
        await check()
        timer = nil
        start()
    }

    /// Checks once; returns when channels have been told, which read the log by themselves.
    func check() async {
        guard !isChecking, !isStopped else { return }
        isChecking = true
        defer { isChecking = false }
        var ask: LogWatch.Ask? = watch.begin(await institutions().filter(pool.hasRows))
        do throws(PostgresError) {
            while let asked = ask {
                let (snapshot, answers) = try await put(asked)
                changes.add(answers.reduce(0) { $0 + $1.count })
                let finding = watch.take(snapshot, answers)
                tell(finding)
                ask = finding.next
            }
            succeeded.note()
        } catch {
            watch.fail(databaseMayBeAnother: error.mayMeanAnotherDatabase)
            failures.add()
            complain(error)
        }
    }

    /// Institutions with log channels on any loop.
    private func institutions() async -> Set<TenantID> {
        await withCheckedContinuation { continuation in
            hub.gather(on: loop) {
                Set($0.logChannels.keys)
            } then: { shares in
                continuation.resume(returning: shares.reduce(into: []) { $0.formUnion($1) })
            }
        }
    }

    private func put(
        _ ask: LogWatch.Ask
    ) async throws(PostgresError) -> (LogSnapshot?, [[LogWatch.Change]]) {
        var batch = TransactionBatch(statementTimeout: LogWatcher.statementTimeout)
        if ask.readsSnapshot { batch.append(EventLogStatements.snapshot, tenant: nil) }
        for question in ask.questions {
            batch.append(
                EventLogStatements.changes,
                [
                    .int(question.institution.rawValue), .text(question.seen.text),
                    .text(question.after.changed), .text(question.after.name), .int(Int64(watch.pageCount)),
                ], tenant: question.institution)
        }
        var results = try await pool.run(batch)[...]
        var snapshot: LogSnapshot?
        if ask.readsSnapshot {
            snapshot = LogSnapshot(try results.removeFirst().first?.text(0) ?? "")
            guard snapshot != nil else { throw .unavailable("the snapshot cannot be read") }
        }
        var answers: [[LogWatch.Change]] = []
        for rows in results {
            var changes: [LogWatch.Change] = []
            for row in rows {
                changes.append(
                    LogWatch.Change(
                        name: try row.text(0), top: UInt64(clamping: try row.int(1)), changed: try row.text(2)
                    ))
            }
            answers.append(changes)
        }
        return (snapshot, answers)
    }

    private func tell(_ finding: LogWatch.Finding) {
        if finding.isEverythingInDoubt { hub.onEveryLoop { $0.compareWithLog() } }
        let tops = finding.tops
        if !tops.isEmpty { hub.onEveryLoop { $0.noteTops(tops) } }
    }

    private func complain(_ error: PostgresError) {
        let now = loop.now
        if let complainedAt, now - complainedAt < LogWatcher.complaintPeriod { return }
        complainedAt = now
        logger.warning("the log cannot be checked", metadata: ["error": "\(error)"])
    }
}

extension PostgresError {
    /// Whether the server may have been replaced, or have come back from a crash, between then and now.
    fileprivate var mayMeanAnotherDatabase: Bool {
        switch self {
        case .connectionLost, .unavailable, .timeout(.silence), .timeout(.waiting): true
        case .server, .timeout(.statement), .decoding, .encoding, .cancelled, .configuration: false
        }
    }
}

/// When something has succeeded last.
///
/// Any thread may ask.
private final class SuccessTime: Sendable {
    private let nanoseconds = Atomic<Int64>(MonotonicTime.nanoseconds())

    func note() { nanoseconds.store(MonotonicTime.nanoseconds(), ordering: .relaxed) }

    /// Seconds since then, or since it was made.
    var age: Double {
        Double(MonotonicTime.nanoseconds() - nanoseconds.load(ordering: .relaxed)) / 1e9
    }
}
