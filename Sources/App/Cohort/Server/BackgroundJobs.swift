import EventLoop
import JSON
import JobQueue
import LiveHub
import Postgres
import Privacy
import Search
import Telemetry

/// A node's part in background work: the queue that it puts jobs into, and, with the role of a worker, what does them.
///
/// Any thread may use it. Workers and keepers, one of each for every database, live on one loop, with connections of their
/// own.
final class BackgroundJobs: Sendable {
    let queue: JobQueue
    let pool: LoopBound<PostgresPool>
    private let workers: [LoopBound<JobWorker>]
    private let keepers: [LoopBound<JobKeeper>]
    /// Connections to the search index, where there is one.
    private let searchPool: LoopBound<PostgresPool>?
    private let searchKeepers: [LoopBound<SearchKeeper>]
    private let retentionKeepers: [LoopBound<RetentionKeeper>]

    /// Puts it together, on `loop`; nothing is done yet.
    ///
    /// - Parameters:
    ///   - loop: The loop that all of it lives on.
    ///   - configuration: Slots, lease, retention, roles.
    ///   - database: Where it logs in.
    ///   - shards: The databases besides.
    ///   - hasTestEndpoints: Whether tests may have jobs of their own done.
    ///   - place: Where exports are made and kept.
    ///   - bus: How nodes wake each other.
    ///   - metrics: Where it counts.
    ///   - catalogueDidChange: Told after a job that may have changed an institution's courses.
    init(
        on loop: EventLoop, _ configuration: Configuration, _ database: PostgresConfiguration,
        _ shards: ShardPlan, hasTestEndpoints: Bool, place: ExportPlace?, bus: any NodeBus, metrics: Metrics,
        catalogueDidChange: @escaping @Sendable (TenantID) -> Void
    ) {
        let searchPool = configuration.search.database.map {
            PostgresPool(
                loop: loop, configuration: $0, size: configuration.search.poolSize,
                waiters: configuration.poolWaiters)
        }
        let search = searchPool.map { SearchWorker(pool: $0, sources: SearchedThings.all, metrics: metrics) }
        self.searchPool = searchPool.map { LoopBound($0, loop: loop) }
        let catalogue = Jobs.all(
            hasTestEndpoints: hasTestEndpoints, files: configuration.content.settings, search: search,
            place: place, metrics: metrics, catalogueDidChange: catalogueDidChange)
        pool = LoopBound(
            PostgresPool(
                loop: loop, configuration: database, size: configuration.jobs.poolSize,
                waiters: configuration.poolWaiters, shards: shards), loop: loop)
        let queue = JobQueue(catalogue: catalogue, loop: loop) {
            bus.tell(NodeMessage(.jobs, .emptyObject), to: .everyone)
        }
        bus.listen(to: .jobs, on: loop) { _, _ in queue.heard() }
        self.queue = queue
        guard configuration.roles.contains(.worker) else {
            workers = []
            keepers = []
            searchKeepers = []
            retentionKeepers = []
            return
        }
        var settings = JobSettings()
        settings.slots = configuration.jobs.slots
        settings.lease = configuration.jobs.lease
        var retention = JobKeeper.Retention()
        retention.over = configuration.jobs.retention
        let meters = JobMeters(metrics: metrics)
        let members = pool.value.members
        workers = members.map { member in
            LoopBound(
                JobWorker(
                    queue: queue, pool: member, settings: settings, meters: meters,
                    name: configuration.nodeName), loop: loop)
        }
        keepers = members.map { member in
            LoopBound(JobKeeper(pool: member, meters: meters, retention: retention), loop: loop)
        }
        searchKeepers = members.map { member in
            LoopBound(
                SearchKeeper(pool: member, queue: queue, worker: search, metrics: metrics), loop: loop)
        }
        retentionKeepers = members.map { member in
            LoopBound(RetentionKeeper(pool: member, queue: queue, place: place), loop: loop)
        }
    }

    /// Begins to work in a database, where that is this node's role; once for each.
    func start(in shard: Int) {
        pool.loop.execute { [self] in
            // In the order of the pool's members.
            guard let place = pool.value.members.firstIndex(where: { $0.shard == shard }),
                place < workers.count
            else { return }
            workers[place].value.start()
            keepers[place].value.start()
            searchKeepers[place].value.start()
            retentionKeepers[place].value.start()
        }
    }

    /// Takes nothing more, waits for what runs, and gives back what does not end within the limit.
    func stop(within limit: Duration) async {
        for keeper in searchKeepers { keeper.loop.execute { keeper.value.stop() } }
        for keeper in retentionKeepers { keeper.loop.execute { keeper.value.stop() } }
        await withTaskGroup { group in
            for worker in workers {
                group.addTask {
                    _ = try? await worker.loop.carryOut { await worker.value.stop(within: limit) }
                }
            }
        }
        for keeper in keepers { try? await keeper.loop.carryOut { await keeper.value.stop() } }
    }

    /// Closes the connections.
    func close() {
        pool.loop.execute { [pool, searchPool] in
            pool.value.close()
            searchPool?.value.close()
        }
    }

    /// Whether the search index has the schema that this program knows; `nil` where there is none.
    ///
    /// On the loop.
    func checkIndex(wait: Duration) async -> IndexSchema.Finding? {
        guard let searchPool else { return nil }
        return await IndexSchema.check(searchPool.value, wait: wait)
    }
}
