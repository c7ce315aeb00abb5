import EventLoop
package import Logging
package import Postgres
import Telemetry

/// Keeps the queue's tables small and its numbers fresh: sweeps what is over, writes what was counted, looks how much there is.
///
/// Confined to the pool's loop. Every node that works has one for each database; they do not get into each other's way. What
/// was counted is written, and how much there is looked at, by home's alone, for all databases.
package final class JobKeeper {
    /// How long things are kept.
    package struct Retention: Sendable {
        /// Completed and cancelled jobs, with their progresses and their unique keys.
        package var over: Duration = .seconds(3 * 86_400)
        /// Dead letters.
        package var dead: Duration = .seconds(60 * 86_400)

        package init() {}
    }

    private static let statementTimeout: Duration = .seconds(30)
    /// Jobs that one sweep removes; a full one is followed by the next at once.
    private static let broom: Int64 = 2000

    private static let note: Statement = """
        INSERT INTO job_minutes (minute, kind, outcome, error_class, count, busy_ms)
        SELECT date_trunc('minute', now()), g.kind, g.outcome, g.class, g.count, g.busy
        FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[])
            AS g (kind, outcome, class, count, busy)
        ORDER BY g.kind, g.outcome, g.class
        ON CONFLICT (minute, kind, outcome, error_class) DO UPDATE
        SET count = job_minutes.count + excluded.count, busy_ms = job_minutes.busy_ms + excluded.busy_ms
        """
    private static let forget: Statement = "DELETE FROM job_minutes WHERE minute < now() - interval '1 day'"

    private let loop: EventLoop
    private let pool: PostgresPool
    private let meters: JobMeters
    private let retention: Retention
    private let logger: Logger
    private var timers: [LoopTimer] = []
    private var isStopped = false

    /// Makes the keeper; on the loop of `pool`.
    package init(
        pool: PostgresPool, meters: JobMeters, retention: Retention = Retention(),
        logger: Logger = Log.logger("jobs")
    ) {
        self.pool = pool
        self.meters = meters
        self.retention = retention
        self.logger = logger
        loop = pool.loop
    }

    /// Begins: counts are written every five seconds, depths looked at every fifteen, what is over swept every minute.
    package func start() {
        if pool.shard == ShardMap.home {
            repeatedly(every: .seconds(5)) { await self.flush() }
            repeatedly(every: .seconds(15)) { await self.look() }
        }
        repeatedly(every: .seconds(60)) { await self.sweep() }
    }

    /// Writes what was counted, and ends; before the pool is closed.
    package func stop() async {
        isStopped = true
        for timer in timers { timer.cancel() }
        if pool.shard == ShardMap.home { await flush() }
    }

    private func repeatedly(every period: Duration, _ body: @escaping () async -> Void) {
        guard !isStopped else { return }
        timers.removeAll { !$0.isPending }
        timers.append(
            loop.schedule(after: period) { [weak self] in
                guard let self else { return }
                loop.run {
                    await body()
                    self.repeatedly(every: period, body)
                }
            })
    }

    /// Writes what was counted since the last time; what cannot be written is tried again with the next.
    func flush() async {
        let taken = meters.minutes.take()
        guard !taken.isEmpty else { return }
        let rows = Array(taken)
        var batch = TransactionBatch(statementTimeout: JobKeeper.statementTimeout)
        batch.append(
            JobKeeper.note,
            [
                .textArray(rows.map(\.key.kind)), .textArray(rows.map(\.key.outcome.rawValue)),
                .textArray(rows.map { $0.key.errorClass?.rawValue ?? "" }),
                .intArray(rows.map { Int64($0.value.count) }),
                .intArray(rows.map { $0.value.busy.wholeMilliseconds }),
            ], tenant: nil)
        do throws(PostgresError) {
            try await pool.run(batch)
        } catch {
            meters.minutes.putBack(taken)
        }
    }

    /// Looks how much there is.
    func look() async {
        do throws(PostgresError) {
            meters.show(try await JobReporter(pool: pool).depth(of: nil))
        } catch {
            logger.warning("the queue's depth cannot be read", metadata: ["error": "\(error)"])
        }
    }

    /// Removes what is over for long enough.
    ///
    /// - Returns: How many jobs went.
    @discardableResult
    func sweep() async -> Int {
        var sum = 0
        do throws(PostgresError) {
            while !isStopped {
                var batch = TransactionBatch(statementTimeout: JobKeeper.statementTimeout)
                batch.append(
                    JobStatements.sweep,
                    [
                        .int(retention.over.wholeMilliseconds), .int(retention.dead.wholeMilliseconds),
                        .int(JobKeeper.broom),
                    ], tenant: nil)
                let count = Int(try await pool.run(batch)[0][0].int(0))
                sum += count
                guard count >= JobKeeper.broom else { break }
            }
            try await pool.query(JobKeeper.forget, tenant: nil)
        } catch {
            logger.warning("jobs that are over cannot be swept", metadata: ["error": "\(error)"])
        }
        return sum
    }
}
