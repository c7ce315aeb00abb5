import DequeModule
package import EventLoop

/// The connections of one loop to one database; with a ``ShardPlan``, the way to all of a deployment's databases.
///
/// Confined to that loop.
///
/// Callers that find no free connection wait in line, as many as allowed and as long as allowed; connections
/// that are lost come back by themselves, with growing pauses.
package final class PostgresPool: ConnectionOwner {
    /// The loop that owns the pool.
    package let loop: EventLoop
    /// How its connections are made.
    package let configuration: PostgresConfiguration
    /// The number of its database; 0 is home.
    package let shard: Int

    /// The pools of the other databases; `nil` where there is one database, and after the end.
    private(set) var shards: ShardSet?
    private var slots: [PoolSlot]
    private var waiters = Deque<PoolWaiter>()
    private let waiterLimit: Int
    private var waitTimer: LoopTimer?
    private var lastTicket: UInt64 = 0
    private var isStarted = false
    private var isClosed = false
    private var whenReady: [(Result<Void, PostgresError>) -> Void] = []

    /// Why the last connection could not be made or was lost; `nil` when all went well since.
    package private(set) var lastError: PostgresError?

    /// Makes a pool; it connects when it is started or first asked.
    ///
    /// - Parameters:
    ///   - loop: The loop that alone uses it.
    ///   - configuration: The server and the limits.
    ///   - size: Connections; all are kept open.
    ///   - waiters: Callers that may wait for a connection; one more gets ``PostgresError/unavailable(_:)``.
    ///   - plan: The databases besides this one, each with as many connections and callers.
    package convenience init(
        loop: EventLoop, configuration: PostgresConfiguration, size: Int, waiters: Int,
        shards plan: ShardPlan? = nil
    ) {
        self.init(loop, configuration, size: size, waiters: waiters, shard: ShardMap.home)
        guard let plan, !plan.configurations.isEmpty else { return }
        var others: [Int: PostgresPool] = [:]
        for (number, other) in plan.configurations {
            others[number] = PostgresPool(loop, other, size: size, waiters: waiters, shard: number)
        }
        let set = ShardSet(home: self, others: others, plan: plan)
        for pool in set.all { pool.shards = set }
    }

    private init(
        _ loop: EventLoop, _ configuration: PostgresConfiguration, size: Int, waiters: Int, shard: Int
    ) {
        self.loop = loop
        self.configuration = configuration
        self.shard = shard
        waiterLimit = waiters
        slots = (0..<max(1, size)).map { _ in PoolSlot() }
    }

    // MARK: Life

    /// Begins to connect, home to all databases.
    package func start() {
        loop.preconditionCurrent()
        guard !isStarted else { return }
        isStarted = true
        for slot in slots { connect(slot) }
        if shard == ShardMap.home, let shards { for pool in shards.others.values { pool.start() } }
    }

    /// Closes all connections and refuses further work; what waits or is in flight fails.
    ///
    /// For good. Home closes the pools of all databases.
    package func close() {
        loop.preconditionCurrent()
        guard !isClosed else { return }
        isClosed = true
        let set = shards
        shards = nil
        if shard == ShardMap.home, let set { for pool in set.others.values { pool.close() } }
        for slot in slots {
            slot.retry?.cancel()
            slot.connection?.close(.unavailable("the pool is closed"))
        }
        failWaiters(.unavailable("the pool is closed"))
        tellReadiness(.failure(.unavailable("the pool is closed")))
    }

    /// Connections to one database that it keeps, open or not.
    package var size: Int { slots.count }

    /// Connections that are open.
    package var openConnections: Int { slots.count { $0.connection?.isReady == true } }

    /// Callers that wait for a connection.
    package var waitingCallers: Int { waiters.count }

    /// Work that was sent and not yet answered.
    package var inFlight: Int { slots.reduce(0) { $0 + ($1.connection?.inFlight ?? 0) } }

    /// Returns as soon as one connection is open.
    ///
    /// - Throws: The reason of the last failure when none is open after `limit`, or the pool is closed.
    package func waitUntilOpen(atMost limit: Duration) async throws(PostgresError) {
        start()
        guard openConnections == 0 else { return }
        let result = await withCheckedContinuation { (continuation: CheckedContinuation<_, Never>) in
            var isTold = false
            let tell: (Result<Void, PostgresError>) -> Void = { result in
                guard !isTold else { return }
                isTold = true
                continuation.resume(returning: result)
            }
            whenReady.append(tell)
            loop.schedule(after: limit) { [weak self] in
                tell(.failure(self?.lastError ?? .unavailable("no connection yet")))
            }
        }
        try result.get()
    }

    private func tellReadiness(_ result: Result<Void, PostgresError>) {
        let told = whenReady
        whenReady = []
        for tell in told { tell(result) }
    }

    private func connect(_ slot: PoolSlot) {
        slot.retry = nil
        let connection = PostgresConnection(loop: loop, configuration: configuration)
        connection.owner = self
        slot.connection = connection
        connection.open()
    }

    func connectionDidOpen(_ connection: PostgresConnection) {
        guard let slot = slot(of: connection) else { return }
        slot.failures = 0
        lastError = nil
        tellReadiness(.success(()))
        serveWaiters()
    }

    func connectionDidClose(_ connection: PostgresConnection, _ error: PostgresError) {
        guard let slot = slot(of: connection) else { return }
        slot.connection = nil
        slot.isHeld = false
        guard !isClosed else { return }
        lastError = error
        let pause = configuration.backoff.pause(afterFailures: slot.failures, fraction: .random(in: 0...1))
        slot.failures += 1
        slot.retry = loop.schedule(after: pause) { [weak self, weak slot] in
            guard let self, let slot, !isClosed else { return }
            connect(slot)
        }
    }

    func connectionHasRoom(_ connection: PostgresConnection) {
        guard let slot = slot(of: connection), !slot.isHeld else { return }
        // A statement of a batch opened or left open a transaction: nobody else may inherit it, or its
        // tenant.
        if connection.inFlight == 0, !connection.isOutsideTransaction {
            connection.close(.connectionLost("a batch left its transaction open"))
        }
        serveWaiters()
    }

    private func slot(of connection: PostgresConnection) -> PoolSlot? {
        slots.first { $0.connection === connection }
    }

    // MARK: Work

    /// Runs a batch as one transaction; the callback face, for hot paths.
    ///
    /// - Parameters:
    ///   - batch: The statements; an empty batch gives no results.
    ///   - then: Called once, on the loop, never before this returns: the results of the statements in order,
    ///     after the commit, or why there are none.
    package func batch(_ batch: TransactionBatch, then: @escaping (Result<[Rows], PostgresError>) -> Void) {
        guard let shards else { return submit(batch, ticket: nextTicket(), then: then) }
        do throws(PostgresError) {
            if let pool = try shards.known(batch.tenants, usual: self) {
                return pool.submit(batch, ticket: pool.nextTicket(), then: then)
            }
        } catch {
            return later { then(.failure(error)) }
        }
        loop.run {
            do throws(PostgresError) {
                let pool = try await shards.pool(of: batch.tenants, usual: self)
                pool.submit(batch, ticket: pool.nextTicket(), then: then)
            } catch {
                then(.failure(error))
            }
        }
    }

    func nextTicket() -> UInt64 {
        lastTicket += 1
        return lastTicket
    }

    func submit(
        _ batch: TransactionBatch, ticket: UInt64, then: @escaping (Result<[Rows], PostgresError>) -> Void
    ) {
        guard batch.count > 0 else { return later { then(.success([])) } }
        let flight = Flight(
            steps: batch.allSteps, isWholeTransaction: true, statementTimeout: batch.statementTimeout,
            then: then)
        enqueue(PoolWaiter(ticket: ticket, since: loop.now, wish: .flight(flight)))
    }

    /// Asks for a connection for oneself; given back by ``giveBack(_:)``.
    func acquire(ticket: UInt64, then: @escaping (Result<PostgresConnection, PostgresError>) -> Void) {
        enqueue(PoolWaiter(ticket: ticket, since: loop.now, wish: .connection(then)))
    }

    func giveBack(_ connection: PostgresConnection) {
        guard let slot = slot(of: connection) else { return }
        slot.isHeld = false
        connectionHasRoom(connection)
    }

    /// Takes a caller out of the line; harmless when it waits no more.
    func cancelWait(ticket: UInt64) {
        guard let place = waiters.firstIndex(where: { $0.ticket == ticket }) else { return }
        waiters.remove(at: place).fail(.cancelled)
    }

    /// Whether the caller is still in line.
    func isWaiting(ticket: UInt64) -> Bool { waiters.contains { $0.ticket == ticket } }

    private func enqueue(_ waiter: PoolWaiter) {
        loop.preconditionCurrent()
        guard !isClosed else { return later { waiter.fail(.unavailable("the pool is closed")) } }
        start()
        if waiters.isEmpty, serve(waiter) { return }
        guard waiters.count < waiterLimit else {
            return later { waiter.fail(.unavailable("too many callers wait for a connection")) }
        }
        waiters.append(waiter)
        watchWaiters()
    }

    private func serveWaiters() {
        while let first = waiters.first, serve(first) { waiters.removeFirst() }
    }

    /// Gives a caller a connection; `false` when none is free.
    private func serve(_ waiter: PoolWaiter) -> Bool {
        switch waiter.wish {
        case .flight(let flight):
            guard let connection = leastBusy(below: max(1, configuration.pipelineDepth))?.connection else {
                return false
            }
            connection.fly(flight)
        case .connection(let then):
            guard let slot = leastBusy(below: 1), let connection = slot.connection else { return false }
            slot.isHeld = true
            later { then(.success(connection)) }
        }
        return true
    }

    private func leastBusy(below limit: Int) -> PoolSlot? {
        var best: PoolSlot?
        var bestLoad = limit
        for slot in slots {
            guard !slot.isHeld, let connection = slot.connection, connection.isReady else { continue }
            let load = connection.inFlight
            if load < bestLoad {
                best = slot
                bestLoad = load
                if load == 0 { break }
            }
        }
        return best
    }

    // MARK: Waiting

    private func watchWaiters() {
        guard waitTimer == nil, let first = waiters.first else { return }
        let left = first.since + configuration.waitTimeout - loop.now
        waitTimer = loop.schedule(after: max(.zero, left)) { [weak self] in
            guard let self else { return }
            waitTimer = nil
            failOverdue()
            watchWaiters()
        }
    }

    private func failOverdue() {
        let oldest = loop.now - configuration.waitTimeout
        while let first = waiters.first, first.since <= oldest {
            waiters.removeFirst()
            first.fail(.timeout(.waiting))
        }
    }

    private func failWaiters(_ error: PostgresError) {
        let failed = waiters
        waiters.removeAll()
        for waiter in failed { waiter.fail(error) }
    }

    private func later(_ work: @escaping () -> Void) { loop.later(work) }
}

/// One place for a connection.
final class PoolSlot {
    var connection: PostgresConnection?
    /// Whether a transaction has the connection for itself.
    var isHeld = false
    /// Attempts to connect that failed since the last that did not.
    var failures = 0
    var retry: LoopTimer?
}

/// A caller in line.
struct PoolWaiter {
    enum Wish {
        case flight(Flight)
        case connection((Result<PostgresConnection, PostgresError>) -> Void)
    }

    let ticket: UInt64
    let since: ContinuousClock.Instant
    let wish: Wish

    func fail(_ error: PostgresError) {
        switch wish {
        case .flight(let flight): flight.then(.failure(error))
        case .connection(let then): then(.failure(error))
        }
    }
}
