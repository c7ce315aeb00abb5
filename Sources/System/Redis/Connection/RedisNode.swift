import DequeModule
package import EventLoop

/// One server: a connection that comes back by itself, with growing pauses, and the line of commands that wait for it.
///
/// Confined to its loop. Commands that were not sent when a connection breaks stay in line until
/// `RedisSettings.commandTimeout` has passed since their call; those that were sent fail at once and are never sent
/// twice. While the server refuses our credentials commands fail at once with its error.
package final class RedisNode: RedisClient, RedisConnectionOwner {
    package let loop: EventLoop
    /// The server.
    package let endpoint: RedisEndpoint
    package private(set) var lastError: RedisError?

    private let settings: RedisSettings
    private let dialer: RedisDialer
    private let counters: RedisCounters
    private var connection: RedisConnection?
    /// Connections that still owe replies and get no further command.
    private var retired: [RedisConnection] = []
    private var line = Deque<Waiting>()
    private var lineTimer: LoopTimer?
    private var retry: LoopTimer?
    private var failures = 0
    private var isStarted = false
    private var isClosed = false

    private struct Waiting {
        let since: ContinuousClock.Instant
        let commands: [[RedisArgument]]
        let then: RedisConnection.Reply
    }

    /// Makes the client of one server; it connects when it is started or first asked.
    ///
    /// - Parameters:
    ///   - loop: The loop that alone uses it.
    ///   - settings: The server, of which the first endpoint counts, and the limits.
    ///   - dialer: Opens streams.
    package convenience init(loop: EventLoop, settings: RedisSettings, dialer: RedisDialer) {
        self.init(
            loop: loop, endpoint: settings.endpoints[0], settings: settings, dialer: dialer,
            counters: RedisCounters())
    }

    init(
        loop: EventLoop, endpoint: RedisEndpoint, settings: RedisSettings, dialer: RedisDialer,
        counters: RedisCounters
    ) {
        self.loop = loop
        self.endpoint = endpoint
        self.settings = settings
        self.dialer = dialer
        self.counters = counters
    }

    package var totals: RedisTotals { counters.totals }
    package var isOpen: Bool { connection?.isReady == true }
    /// Commands that were sent and not yet answered.
    package var inFlight: Int { retired.reduce(connection?.inFlight ?? 0) { $0 + $1.inFlight } }
    /// Commands that wait for a connection.
    package var waiting: Int { line.count }

    // MARK: Life

    package func start() {
        loop.preconditionCurrent()
        guard !isStarted, !isClosed else { return }
        isStarted = true
        connect()
    }

    package func close() {
        loop.preconditionCurrent()
        guard !isClosed else { return }
        stop()
        connection?.close(.closed)
        for one in retired { one.close(.closed) }
        failLine(.closed)
    }

    /// Ends without breaking what is in flight; what waits fails, unsent.
    func retire() {
        guard !isClosed else { return }
        stop()
        connection?.retire()
        failLine(.closed)
    }

    private func stop() {
        isClosed = true
        retry?.cancel()
        lineTimer?.cancel()
    }

    private func connect() {
        retry = nil
        let fresh = RedisConnection(
            loop: loop, endpoint: endpoint, settings: settings, dialer: dialer, counters: counters,
            owner: self)
        connection = fresh
        fresh.open()
    }

    package func connectionDidOpen(_ connection: RedisConnection) {
        guard connection === self.connection else { return }
        lastError = nil
        while connection.isReady, let first = line.popFirst() {
            connection.send(first.commands, then: first.then)
        }
    }

    package func connectionDidClose(_ connection: RedisConnection, _ error: RedisError) {
        if let place = retired.firstIndex(where: { $0 === connection }) {
            retired.remove(at: place)
            return
        }
        guard connection === self.connection else { return }
        self.connection = nil
        counters.totals.losses += 1
        guard !isClosed else { return }
        comeBack(after: error, openedAt: connection.openedAt)
    }

    private func comeBack(after error: RedisError, openedAt: ContinuousClock.Instant?) {
        lastError = error
        if let openedAt, loop.now - openedAt >= settings.backoff.limit { failures = 0 }
        let fraction = Double.random(in: 0...1)
        let pause: Duration
        if error.consequence == .comeBackSlowly {
            pause = settings.backoff.limit * (0.5 + fraction / 2)
            failLine(error)
        } else {
            pause = settings.backoff.pause(afterFailures: failures, fraction: fraction)
        }
        failures += 1
        retry = loop.schedule(after: pause) { [weak self] in
            guard let self, !isClosed else { return }
            connect()
        }
    }

    // MARK: Commands

    package func command(_ command: RedisCommand, then: @escaping (Result<RedisValue, RedisError>) -> Void) {
        send([command.words], then: then)
    }

    /// Sends commands that belong together, on one connection and with nothing between them; only the last one's reply
    /// is told.
    func send(_ commands: [[RedisArgument]], then: @escaping RedisConnection.Reply) {
        loop.preconditionCurrent()
        let told: RedisConnection.Reply = { [weak self] result in
            self?.note(result)
            then(result)
        }
        guard !isClosed else { return later(told, .closed) }
        start()
        if let connection, connection.isReady { return connection.send(commands, then: told) }
        if let lastError, lastError.consequence == .comeBackSlowly { return later(told, lastError) }
        guard line.count < min(settings.waitingLimit, settings.pipelineDepth) else {
            return later(told, .overloaded)
        }
        line.append(Waiting(since: loop.now, commands: commands, then: told))
        watchLine()
    }

    private func later(_ then: @escaping RedisConnection.Reply, _ error: RedisError) {
        loop.later { then(.failure(error)) }
    }

    /// Counts a result, and acts when it means something for the connection.
    private func note(_ result: Result<RedisValue, RedisError>) {
        guard case .failure(let error) = result else {
            counters.totals.succeeded += 1
            return
        }
        counters.totals.note(error)
        switch error.consequence {
        case .none, .learnSlots: break
        case .comeBackLater, .findMaster, .comeBackSlowly: replaceConnection(after: error)
        }
    }

    /// Lets the connection answer what is in flight, and makes another.
    private func replaceConnection(after error: RedisError) {
        guard !isClosed, let old = connection, old.isReady else { return }
        connection = nil
        counters.totals.losses += 1
        retired.append(old)
        old.retire()
        comeBack(after: error, openedAt: old.openedAt)
    }

    // MARK: The line

    private func watchLine() {
        guard lineTimer?.isPending != true, let first = line.first else { return }
        let left = first.since + settings.commandTimeout - loop.now
        lineTimer = loop.schedule(after: max(.zero, left)) { [weak self] in
            guard let self else { return }
            lineTimer = nil
            let oldest = loop.now - settings.commandTimeout
            while let first = line.first, first.since <= oldest {
                line.removeFirst()
                first.then(.failure(.timeout(.waiting)))
            }
            watchLine()
        }
    }

    private func failLine(_ error: RedisError) {
        let failed = line
        line.removeAll()
        for waiting in failed { later(waiting.then, error) }
    }
}
