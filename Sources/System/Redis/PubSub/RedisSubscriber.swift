package import EventLoop

/// Subscriptions at one server, over a connection of their own that comes back by itself.
///
/// Confined to its loop. What is asked for within one round of the loop leaves in few commands; after a break everything
/// is subscribed again, `RedisSettings.subscribeBatch` channels at a time.
package final class RedisSubscriber: RedisPubSub, SubscriberConnectionOwner {
    package let loop: EventLoop
    package weak var delegate: (any RedisPubSubDelegate)?
    package private(set) var lastError: RedisError?

    private let endpoint: RedisEndpoint
    private let settings: RedisSettings
    private let kind: RedisChannelKind
    private let dialer: RedisDialer
    private let counters: RedisCounters
    private var connection: SubscriberConnection?
    private var channels: [String: Channel] = [:]
    private var lastTicket: UInt64 = 0
    /// What is to be sent at the round's end, in the order of the calls.
    private var wishes: [Wish] = []
    private var retry: LoopTimer?
    private var sweep: LoopTimer?
    private var failures = 0
    private var isStarted = false
    private var isClosed = false

    /// Hears of channels that this server does not have: what it refused, or ended by itself.
    ///
    /// They are forgotten here.
    /// Without a redirection a refusal is the callers' failure, and what the server ended is asked for again.
    var redirection: ((_ channels: [String], _ error: RedisServerError?) -> Void)?

    private struct Channel {
        var ticket: UInt64
        var isConfirmed = false
        /// Whether the delegate was told of a loss and not yet of the end of it.
        var isLost = false
        var waiters: [Waiter] = []
    }

    private struct Waiter {
        let since: ContinuousClock.Instant
        let then: (Result<Void, RedisError>) -> Void
    }

    private struct Wish {
        let isSubscribe: Bool
        let channel: String
        let ticket: UInt64
    }

    /// Makes the subscriber of one server; it connects when it is started or first asked.
    ///
    /// - Parameters:
    ///   - loop: The loop that alone uses it.
    ///   - settings: The server, of which the first endpoint counts, and the limits.
    ///   - kind: The kind of all its channels.
    ///   - dialer: Opens streams.
    package convenience init(
        loop: EventLoop, settings: RedisSettings, kind: RedisChannelKind = .sharded, dialer: RedisDialer
    ) {
        self.init(
            loop: loop, endpoint: settings.endpoints[0], settings: settings, kind: kind, dialer: dialer,
            counters: RedisCounters())
    }

    init(
        loop: EventLoop, endpoint: RedisEndpoint, settings: RedisSettings, kind: RedisChannelKind,
        dialer: RedisDialer, counters: RedisCounters
    ) {
        self.loop = loop
        self.endpoint = endpoint
        self.settings = settings
        self.kind = kind
        self.dialer = dialer
        self.counters = counters
    }

    package var totals: RedisTotals { counters.totals }
    package var isOpen: Bool { connection?.isReady == true }
    package var channelCount: Int { channels.count }

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
        isClosed = true
        retry?.cancel()
        sweep?.cancel()
        let waiters = channels.values.flatMap(\.waiters)
        channels = [:]
        wishes = []
        connection?.close(.closed)
        connection = nil
        loop.later { for waiter in waiters { waiter.then(.failure(.closed)) } }
    }

    private func connect() {
        retry = nil
        var settings = settings
        settings.database = 0
        let fresh = SubscriberConnection(
            loop: loop, endpoint: endpoint, settings: settings, kind: kind, dialer: dialer,
            counters: counters, owner: self)
        connection = fresh
        fresh.open()
    }

    // MARK: Subscribing

    package func subscribe(_ channel: String, then: @escaping (Result<Void, RedisError>) -> Void) {
        loop.preconditionCurrent()
        guard !isClosed else { return loop.later { then(.failure(.closed)) } }
        start()
        if let lastError, lastError.consequence == .comeBackSlowly {
            return loop.later { then(.failure(lastError)) }
        }
        if channels[channel]?.isConfirmed == true { return loop.later { then(.success(())) } }
        if channels[channel] == nil {
            guard channels.count < settings.channelLimit else {
                counters.totals.overloaded += 1
                return loop.later { then(.failure(.overloaded)) }
            }
            channels[channel] = Channel(ticket: nextTicket())
            wish(for: channel, isSubscribe: true)
        }
        channels[channel]?.waiters.append(Waiter(since: loop.now, then: then))
        armSweep(after: settings.commandTimeout)
    }

    package func unsubscribe(_ channel: String) {
        loop.preconditionCurrent()
        guard let gone = channels[channel] else { return }
        wish(for: channel, isSubscribe: false)
        channels[channel] = nil
        loop.later { for waiter in gone.waiters { waiter.then(.failure(.closed)) } }
    }

    private func nextTicket() -> UInt64 {
        lastTicket += 1
        return lastTicket
    }

    private func wish(for channel: String, isSubscribe: Bool) {
        // Without a connection everything is asked for when there is one.
        guard isOpen, let ticket = channels[channel]?.ticket else { return }
        if wishes.isEmpty { loop.later { [weak self] in self?.sendWishes() } }
        wishes.append(Wish(isSubscribe: isSubscribe, channel: channel, ticket: ticket))
    }

    /// Sends what this round asked for: neighbours of one kind, and of one slot in a cluster, in one command.
    private func sendWishes() {
        let asked = wishes
        wishes = []
        var batch: [String: UInt64] = [:]
        var isSubscribe = true
        var slot: Int?
        func flush() {
            if isSubscribe { connection?.subscribe(batch) } else { connection?.unsubscribe(batch) }
            batch = [:]
        }
        for wish in asked {
            let wishSlot = slotOfCommand(wish.channel)
            if wish.isSubscribe != isSubscribe || wishSlot != slot || batch.count >= settings.subscribeBatch
                || batch[wish.channel] != nil
            {
                flush()
            }
            isSubscribe = wish.isSubscribe
            slot = wishSlot
            batch[wish.channel] = wish.ticket
        }
        flush()
    }

    /// What a command's channels must share; `nil` when nothing.
    private func slotOfCommand(_ channel: String) -> Int? {
        settings.isCluster && kind == .sharded ? KeySlot.slot(of: channel) : nil
    }

    // MARK: Waiting

    private func armSweep(after delay: Duration) {
        guard sweep?.isPending != true else { return }
        sweep = loop.schedule(after: delay) { [weak self] in self?.sweepWaiters() }
    }

    /// Tells callers that waited for too long; a channel that nobody else asked for is forgotten.
    private func sweepWaiters() {
        let oldest = loop.now - settings.commandTimeout
        var next: ContinuousClock.Instant?
        var overdue: [Waiter] = []
        for (name, channel) in channels where !channel.waiters.isEmpty {
            let late = channel.waiters.filter { $0.since <= oldest }
            overdue += late
            let rest = channel.waiters.filter { $0.since > oldest }
            channels[name]?.waiters = rest
            if let first = rest.first { next = min(next ?? first.since, first.since) }
            if !late.isEmpty, rest.isEmpty, !channel.isLost { unsubscribe(name) }
        }
        if let next { armSweep(after: next + settings.commandTimeout - loop.now) }
        counters.totals.timedOut += UInt64(overdue.count)
        for waiter in overdue { waiter.then(.failure(.timeout(.waiting))) }
    }

    // MARK: The connection

    func subscriberDidOpen() {
        lastError = nil
        for (name, channel) in channels.sorted(by: { slotOfCommand($0.key) ?? 0 < slotOfCommand($1.key) ?? 0 }
        ) {
            wishes.append(Wish(isSubscribe: true, channel: name, ticket: channel.ticket))
        }
        sendWishes()
    }

    func subscriberDidReceive(_ payload: [UInt8], on channel: String) {
        guard channels[channel] != nil else { return }
        counters.totals.messages += 1
        delegate?.didReceive(payload, on: channel)
    }

    func subscriberDidConfirm(_ name: String, ticket: UInt64) {
        guard var channel = channels[name], channel.ticket == ticket else { return }
        let waiters = channel.waiters
        let wasLost = channel.isLost
        channel.isConfirmed = true
        channel.isLost = false
        channel.waiters = []
        channels[name] = channel
        if wasLost { delegate?.didResume([name]) }
        for waiter in waiters { waiter.then(.success(())) }
    }

    func subscriberDidRefuse(_ refused: [String: UInt64], _ error: RedisServerError) {
        let names = refused.filter { channels[$0.key]?.ticket == $0.value }.map(\.key)
        counters.totals.note(.server(error))
        if let redirection { return redirection(forget(names), error) }
        // What was there before stays wanted: the connection is made anew, with the pauses of a failed one.
        if names.contains(where: { channels[$0]?.isLost == true }) { connection?.close(.server(error)) }
        for name in names where channels[name]?.isLost == false {
            let waiters = channels.removeValue(forKey: name)?.waiters ?? []
            for waiter in waiters { waiter.then(.failure(.server(error))) }
        }
    }

    func subscriberDidDrop(_ name: String) {
        guard let channel = channels[name] else { return }
        if let redirection {
            _ = forget([name])
            return redirection([name], nil)
        }
        channels[name]?.isConfirmed = false
        channels[name]?.ticket = nextTicket()
        if channel.isConfirmed {
            channels[name]?.isLost = true
            delegate?.didLose([name])
        }
        wish(for: name, isSubscribe: true)
    }

    /// Forgets channels whose callers are served elsewhere.
    private func forget(_ names: [String]) -> [String] {
        for name in names { channels[name] = nil }
        return names
    }

    func subscriberDidClose(_ error: RedisError) {
        guard !isClosed else { return }
        let opened = connection?.openedAt
        connection = nil
        wishes = []
        counters.totals.losses += 1
        lastError = error
        if let opened, loop.now - opened >= settings.backoff.limit { failures = 0 }
        let fraction = Double.random(in: 0...1)
        let pause =
            error.consequence == .comeBackSlowly
            ? settings.backoff.limit * (0.5 + fraction / 2)
            : settings.backoff.pause(afterFailures: failures, fraction: fraction)
        failures += 1
        retry = loop.schedule(after: pause) { [weak self] in
            guard let self, !isClosed else { return }
            connect()
        }
        loseAll()
        if error.consequence == .comeBackSlowly { failNewcomers(error) }
    }

    /// Tells callers at once what waiting would not change.
    private func failNewcomers(_ error: RedisError) {
        for (name, channel) in channels where !channel.isConfirmed && !channel.isLost {
            channels[name] = nil
            for waiter in channel.waiters { waiter.then(.failure(error)) }
        }
    }

    private func loseAll() {
        var lost: [String] = []
        for (name, channel) in channels where channel.isConfirmed {
            channels[name]?.isConfirmed = false
            channels[name]?.isLost = true
            lost.append(name)
        }
        if !lost.isEmpty { delegate?.didLose(lost) }
    }
}
