import DequeModule
package import EventLoop

/// Hears of a connection's life, on its loop.
package protocol RedisConnectionOwner: AnyObject {
    /// The server takes commands.
    func connectionDidOpen(_ connection: RedisConnection)
    /// The connection is closed for good; what was in flight has failed already.
    func connectionDidClose(_ connection: RedisConnection, _ error: RedisError)
}

/// One connection with commands in flight, answered in the order that they were sent in.
///
/// Confined to its loop. It does not come back when it is lost: ``RedisNode`` makes another.
package final class RedisConnection: RedisLinkOwner {
    package typealias Reply = (Result<RedisValue, RedisError>) -> Void

    private struct Pending {
        let sentAt: ContinuousClock.Instant
        /// `nil` for a reply that nobody waits for.
        let then: Reply?
    }

    /// When the server took commands first.
    private(set) var openedAt: ContinuousClock.Instant?

    private weak var owner: (any RedisConnectionOwner)?
    private let loop: EventLoop
    private let settings: RedisSettings
    private let link: RedisLink
    private var pending = Deque<Pending>()
    private var watch: LoopTimer?
    private var watchDue: ContinuousClock.Instant
    private var isRetired = false

    /// Makes a connection, which ``open()`` opens.
    ///
    /// - Parameters:
    ///   - loop: The loop that alone uses it.
    ///   - endpoint: The server.
    ///   - settings: Who we are there, and the limits.
    ///   - dialer: Opens the stream.
    ///   - owner: Hears how it goes.
    package convenience init(
        loop: EventLoop, endpoint: RedisEndpoint, settings: RedisSettings, dialer: RedisDialer,
        owner: any RedisConnectionOwner
    ) {
        self.init(
            loop: loop, endpoint: endpoint, settings: settings, dialer: dialer, counters: RedisCounters(),
            owner: owner)
    }

    init(
        loop: EventLoop, endpoint: RedisEndpoint, settings: RedisSettings, dialer: RedisDialer,
        counters: RedisCounters, owner: any RedisConnectionOwner
    ) {
        self.loop = loop
        self.settings = settings
        self.owner = owner
        watchDue = loop.now
        link = RedisLink(
            loop: loop, endpoint: endpoint, settings: settings, dialer: dialer, counters: counters)
        link.owner = self
    }

    /// Whether commands are sent at once.
    package var isReady: Bool { link.phase == .ready && !isRetired }

    /// Commands that were sent and not yet answered.
    package var inFlight: Int { pending.count }

    /// Begins to connect.
    package func open() { link.open() }

    /// Sends a command behind those in flight.
    ///
    /// - Parameters:
    ///   - command: The command.
    ///   - then: Called once, on the loop, never before this returns. ``RedisError/overloaded`` comes when
    ///     `pipelineDepth` commands are in flight or the output is full.
    package func send(_ command: RedisCommand, then: @escaping Reply) { send([command.words], then: then) }

    /// Sends commands that belong together; only the last one's reply is told.
    func send(_ commands: [[RedisArgument]], then: @escaping Reply) {
        loop.preconditionCurrent()
        guard isReady else { return fail(.disconnected(maybeExecuted: false), then) }
        guard pending.count + commands.count <= settings.pipelineDepth else { return fail(.overloaded, then) }
        var bytes: [UInt8] = []
        for words in commands {
            guard let one = CommandFormatter.bytes(of: words) else { return fail(.overloaded, then) }
            if bytes.isEmpty { bytes = one } else { bytes += one }
        }
        guard link.send(bytes) else { return fail(.overloaded, then) }
        let now = loop.now
        for _ in 1..<max(1, commands.count) { pending.append(Pending(sentAt: now, then: nil)) }
        pending.append(Pending(sentAt: now, then: then))
        if watchDue > now + settings.commandTimeout { armWatch(after: settings.commandTimeout) }
    }

    private func fail(_ error: RedisError, _ then: @escaping Reply) { loop.later { then(.failure(error)) } }

    /// Takes no further command and closes when all in flight are answered.
    func retire() {
        isRetired = true
        if pending.isEmpty { close(.closed) }
    }

    /// Closes; what is in flight fails with ``RedisError/disconnected(maybeExecuted:)``.
    package func close(_ error: RedisError) { link.close(error) }

    // MARK: The link

    func linkDidOpen() {
        openedAt = loop.now
        armWatch(after: settings.pingInterval)
        owner?.connectionDidOpen(self)
    }

    func linkDidReceive(_ value: RedisValue) {
        // Unasked: nothing here subscribes, but a server may have something to say to everyone.
        if case .push = value { return }
        guard let first = pending.popFirst() else { return close(.garbage(.unexpectedReply)) }
        if case .error(let error) = value {
            first.then?(.failure(.server(error)))
        } else {
            first.then?(.success(value))
        }
        if isRetired, pending.isEmpty { close(.closed) }
    }

    func linkDidClose(_ error: RedisError) {
        watch?.cancel()
        let failed = pending
        pending.removeAll()
        for entry in failed { entry.then?(.failure(.disconnected(maybeExecuted: true))) }
        owner?.connectionDidClose(self, error)
    }

    // MARK: Silence

    private func armWatch(after delay: Duration) {
        watch?.cancel()
        watchDue = loop.now + delay
        watch = loop.schedule(after: delay) { [weak self] in self?.look() }
    }

    /// Closes when the oldest command waits for too long; asks an idle server whether it is there.
    private func look() {
        guard link.phase == .ready else { return }
        let now = loop.now
        if let oldest = pending.first {
            let left = oldest.sentAt + settings.commandTimeout - now
            guard left > .zero else { return close(.timeout(.answer)) }
            return armWatch(after: left)
        }
        let left = link.lastHeard + settings.pingInterval - now
        guard left <= .zero else { return armWatch(after: left) }
        guard let ping = CommandFormatter.bytes(of: ["PING"]), link.send(ping) else {
            return close(.timeout(.answer))
        }
        pending.append(Pending(sentAt: now, then: nil))
        armWatch(after: settings.commandTimeout)
    }
}
