import EventLoop
import JSON
package import JobQueue
package import Logging
package import Postgres
package import Telemetry

/// Sees to it that changes are read: looks where there are some, and what the index lacks, and asks for the jobs that do it.
///
/// Confined to the loop of `pool`, and about the institutions of its own database: each database has one. Every node that
/// works has them; what two of them ask for is one job.
package final class SearchKeeper {
    /// How long changes wait for a reader before they are dropped, and their institutions built anew.
    package static let patience: Duration = .seconds(86_400)
    /// Changes of an institution that are counted, and that one statement drops.
    private static let most: Int64 = 10_000
    /// Jobs that are asked for in one transaction.
    private static let batch = 200

    private let loop: EventLoop
    private let pool: PostgresPool
    private let queue: JobQueue
    private let worker: SearchWorker?
    private let meters: SearchMeters
    private let logger: Logger
    private var timers: [LoopTimer] = []
    private var isStopped = false

    /// Makes the keeper; on the loop of `pool`.
    ///
    /// - Parameters:
    ///   - pool: Connections to the primary.
    ///   - queue: Where it asks for jobs.
    ///   - worker: What it works with; `nil` on a node that has no index: it drops what nobody reads.
    ///   - metrics: Where it counts.
    ///   - logger: Where it complains.
    package init(
        pool: PostgresPool, queue: JobQueue, worker: SearchWorker?, metrics: Metrics,
        logger: Logger = Log.logger("search")
    ) {
        self.pool = pool
        self.queue = queue
        self.worker = worker
        self.logger = logger
        meters = worker?.meters ?? SearchMeters(metrics)
        loop = pool.loop
    }

    /// Begins: changes are looked for every second, institutions compared every fifteen, what is too old dropped every minute.
    package func start() {
        repeatedly(first: .zero, every: .seconds(1)) { await self.look() }
        repeatedly(first: .zero, every: .seconds(15)) { await self.compare() }
        repeatedly(first: .seconds(60), every: .seconds(60)) { await self.discard(olderThan: Self.patience) }
    }

    /// Ends; before the pools are closed.
    package func stop() {
        isStopped = true
        for timer in timers { timer.cancel() }
    }

    private func repeatedly(first: Duration, every period: Duration, _ body: @escaping () async -> Void) {
        guard !isStopped else { return }
        timers.removeAll { !$0.isPending }
        timers.append(
            loop.schedule(after: first) { [weak self] in
                guard let self else { return }
                loop.run {
                    let begun = self.loop.now
                    await body()
                    // A look at very many institutions takes time: no more than a twentieth of it all.
                    let pause = max(period, (self.loop.now - begun) * 20)
                    self.repeatedly(first: pause, every: period, body)
                }
            })
    }

    /// Looks where there are changes, says how old they are, and asks for their being read.
    ///
    /// - Returns: How far the index is behind; `nil` when that could not be found out.
    @discardableResult
    func look() async -> SearchLag? {
        do throws(PostgresError) {
            var lag = SearchLag()
            var readable: [TenantID] = []
            for row in try await pool.query(FeedStatements.unread, [.int(Self.most)], tenant: nil) {
                lag.waiting += Int(try row.int(1))
                lag.age = max(lag.age, .milliseconds(try row.int(2)))
                if try row.bool(3) { readable.append(TenantID(rawValue: try row.int(0))) }
            }
            meters.show(lag, shard: pool.shard)
            if worker != nil { try await ask(for: SearchFeedJob.kind, key: SearchFeedJob.key, of: readable) }
            return lag
        } catch {
            logger.warning("changes cannot be looked for", metadata: ["error": "\(error)"])
            return nil
        }
    }

    /// Compares the institutions that there are with those of the index: what is missing or was built with something else is
    /// built, what is gone is removed.
    func compare() async {
        guard let worker else { return }
        do throws(PostgresError) {
            let known = try await worker.index.known()
            var lacking: [TenantID] = []
            var all: Set<TenantID> = []
            for row in try await pool.query(FeedStatements.places, tenant: nil) {
                let institution = TenantID(rawValue: try row.int(0))
                let plan = IndexPlan(
                    sources: worker.reader.sources.map(\.mark), locale: try row.textOrNil(1),
                    gaps: try row.int(2))
                all.insert(institution)
                let found = known[institution]
                if found?.isShown != true || found?.plan != plan.text { lacking.append(institution) }
            }
            try await ask(for: SearchRebuildJob.kind, key: SearchRebuildJob.key, of: lacking)
            for institution in known.keys where pool.hasRows(of: institution) && !all.contains(institution) {
                try await worker.index.close(institution)
            }
        } catch {
            logger.warning("the search index cannot be compared", metadata: ["error": "\(error)"])
        }
    }

    /// Drops changes that nobody has read for so long.
    func discard(olderThan age: Duration) async {
        do throws(PostgresError) {
            let values: [PostgresValue] = [.int(age.wholeMilliseconds), .int(Self.most)]
            let count = Int(try await pool.query(FeedStatements.discard, values, tenant: nil)[0].int(0))
            meters.dropped(count)
        } catch {
            logger.warning("unread changes cannot be dropped", metadata: ["error": "\(error)"])
        }
    }

    /// Asks for one job of each institution, unless it has one.
    private func ask(for kind: String, key: String, of institutions: [TenantID]) async throws(PostgresError) {
        guard let request = try? JobRequest(kind: kind, payload: .emptyObject, uniqueKey: key) else { return }
        // One that a database has and the routing table does not name is left from a command that broke off.
        var placed: [TenantID] = []
        for institution in institutions where try await pool.member(of: institution) === pool {
            placed.append(institution)
        }
        var rest = placed[...]
        while !rest.isEmpty {
            var batch = TransactionBatch()
            for institution in rest.prefix(Self.batch) {
                _ = queue.append([request], to: &batch, tenant: institution)
            }
            try await pool.run(batch)
            rest = rest.dropFirst(Self.batch)
        }
        if !institutions.isEmpty { queue.wake() }
    }
}
