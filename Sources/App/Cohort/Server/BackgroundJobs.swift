import EventLoop
import JSON
import JobQueue
import LiveHub
import Postgres
import Search
import Telemetry

/// A node's part in background work: the queue that it puts jobs into, and, with the role of a worker, what does them.
///
/// Any thread may use it. Worker and keeper live on one loop, with connections of their own.
final class BackgroundJobs: Sendable {
    let queue: JobQueue
    let pool: LoopBound<PostgresPool>
    private let worker: LoopBound<JobWorker>?
    private let keeper: LoopBound<JobKeeper>?
    /// Connections to the search index, where there is one.
    private let searchPool: LoopBound<PostgresPool>?
    private let searchKeeper: LoopBound<SearchKeeper>?

    /// Puts it together, on `loop`; nothing is done yet.
    ///
    /// - Parameters:
    ///   - loop: The loop that all of it lives on.
    ///   - configuration: Slots, lease, retention, roles.
    ///   - database: Where it logs in.
    ///   - hasTestEndpoints: Whether tests may have jobs of their own done.
    ///   - bus: How nodes wake each other.
    ///   - metrics: Where it counts.
    init(
        on loop: EventLoop, _ configuration: Configuration, _ database: PostgresConfiguration,
        hasTestEndpoints: Bool, bus: any NodeBus, metrics: Metrics
    ) {
        let searchPool = configuration.search.database.map {
            PostgresPool(
                loop: loop, configuration: $0, size: configuration.search.poolSize,
                waiters: configuration.poolWaiters)
        }
        let search = searchPool.map { SearchWorker(pool: $0, sources: SearchedThings.all, metrics: metrics) }
        self.searchPool = searchPool.map { LoopBound($0, loop: loop) }
        let catalogue = Jobs.all(
            hasTestEndpoints: hasTestEndpoints, files: configuration.content.settings, search: search)
        pool = LoopBound(
            PostgresPool(
                loop: loop, configuration: database, size: configuration.jobs.poolSize,
                waiters: configuration.poolWaiters), loop: loop)
        let queue = JobQueue(catalogue: catalogue, loop: loop) {
            bus.tell(NodeMessage(.jobs, .emptyObject), to: .everyone)
        }
        bus.listen(to: .jobs, on: loop) { _, _ in queue.heard() }
        self.queue = queue
        guard configuration.roles.contains(.worker) else {
            worker = nil
            keeper = nil
            searchKeeper = nil
            return
        }
        var settings = JobSettings()
        settings.slots = configuration.jobs.slots
        settings.lease = configuration.jobs.lease
        var retention = JobKeeper.Retention()
        retention.over = configuration.jobs.retention
        let meters = JobMeters(metrics: metrics)
        let pool = pool.value
        worker = LoopBound(
            JobWorker(
                queue: queue, pool: pool, settings: settings, meters: meters, name: configuration.nodeName),
            loop: loop)
        keeper = LoopBound(JobKeeper(pool: pool, meters: meters, retention: retention), loop: loop)
        searchKeeper = LoopBound(
            SearchKeeper(pool: pool, queue: queue, worker: search, metrics: metrics), loop: loop)
    }

    /// Begins to work, where that is this node's role.
    func start() {
        if let worker { worker.loop.execute { worker.value.start() } }
        if let keeper { keeper.loop.execute { keeper.value.start() } }
        if let searchKeeper { searchKeeper.loop.execute { searchKeeper.value.start() } }
    }

    /// Takes nothing more, waits for what runs, and gives back what does not end within the limit.
    func stop(within limit: Duration) async {
        searchKeeper?.loop.execute { [searchKeeper] in searchKeeper?.value.stop() }
        _ = try? await worker?.loop.carryOut { [worker] in await worker?.value.stop(within: limit) }
        try? await keeper?.loop.carryOut { [keeper] in await keeper?.value.stop() }
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
