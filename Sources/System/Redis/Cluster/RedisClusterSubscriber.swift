package import EventLoop

/// Sharded subscriptions in a cluster: each at the master of its channel's slot, following it when the slot moves.
///
/// Confined to its loop. Uses the map of a ``RedisCluster`` and tells it when the map turns out old; the cluster must
/// outlive it.
package final class RedisClusterSubscriber: RedisPubSub, RedisPubSubDelegate {
    package let loop: EventLoop
    package weak var delegate: (any RedisPubSubDelegate)?

    private let cluster: RedisCluster
    private let settings: RedisSettings
    private let counters = RedisCounters()
    private var nodes: [RedisEndpoint: RedisSubscriber] = [:]
    private var channels: [String: Channel] = [:]
    private var retry: LoopTimer?
    private var failures = 0
    private var isStarted = false
    private var isClosed = false

    /// Callers are told of a time limit no later than this behind it.
    private static let longestPause: Duration = .milliseconds(500)

    private struct Channel {
        /// Where it is asked for; `nil` while nobody is known to have it.
        var home: RedisEndpoint?
        var isConfirmed = false
        /// Whether the delegate was told of a loss and not yet of the end of it.
        var isLost = false
        var waiters: [(since: ContinuousClock.Instant, then: (Result<Void, RedisError>) -> Void)] = []
    }

    /// Makes the subscriber of one cluster; it connects when it is started or first asked.
    package init(cluster: RedisCluster) {
        self.cluster = cluster
        loop = cluster.loop
        settings = cluster.settings
        cluster.observe { [weak self] in self?.settle() }
    }

    package var totals: RedisTotals { counters.totals }
    package var channelCount: Int { channels.count }
    package var isOpen: Bool { cluster.isOpen && nodes.values.allSatisfy(\.isOpen) }
    package var lastError: RedisError? {
        nodes.values.lazy.compactMap(\.lastError).first ?? cluster.lastError
    }

    package func start() {
        loop.preconditionCurrent()
        guard !isStarted, !isClosed else { return }
        isStarted = true
        cluster.start()
    }

    package func close() {
        loop.preconditionCurrent()
        guard !isClosed else { return }
        isClosed = true
        retry?.cancel()
        let waiters = channels.values.flatMap(\.waiters)
        channels = [:]
        for node in nodes.values { node.close() }
        nodes = [:]
        loop.later { for waiter in waiters { waiter.then(.failure(.closed)) } }
    }

    // MARK: Subscribing

    package func subscribe(_ channel: String, then: @escaping (Result<Void, RedisError>) -> Void) {
        loop.preconditionCurrent()
        guard !isClosed else { return loop.later { then(.failure(.closed)) } }
        start()
        if channels[channel]?.isConfirmed == true { return loop.later { then(.success(())) } }
        if channels[channel] == nil {
            guard channels.count < settings.channelLimit else {
                counters.totals.overloaded += 1
                return loop.later { then(.failure(.overloaded)) }
            }
            channels[channel] = Channel()
        }
        channels[channel]?.waiters.append((loop.now, then))
        if channels[channel]?.home == nil { place(channel) }
    }

    package func unsubscribe(_ channel: String) {
        loop.preconditionCurrent()
        guard let gone = channels.removeValue(forKey: channel) else { return }
        if let home = gone.home { nodes[home]?.unsubscribe(channel) }
        loop.later { for waiter in gone.waiters { waiter.then(.failure(.closed)) } }
    }

    /// Asks the master of a channel's slot for it.
    private func place(_ name: String) {
        guard let home = cluster.topology.master(of: KeySlot.slot(of: name)) else { return placeLater() }
        channels[name]?.home = home
        node(home).subscribe(name) { [weak self] result in self?.placed(name, at: home, result) }
    }

    private func placed(_ name: String, at home: RedisEndpoint, _ result: Result<Void, RedisError>) {
        guard !isClosed, let channel = channels[name], channel.home == home else { return }
        switch result {
        case .success:
            failures = 0
            confirm(name)
        case .failure(let error):
            channels[name]?.home = nil
            if channel.isLost || error != .overloaded {
                cluster.learn()
                placeLater()
            } else {
                fail(name, error)
            }
        }
    }

    private func confirm(_ name: String) {
        guard let channel = channels[name] else { return }
        channels[name]?.isConfirmed = true
        channels[name]?.isLost = false
        channels[name]?.waiters = []
        if channel.isLost { delegate?.didResume([name]) }
        for waiter in channel.waiters { waiter.then(.success(())) }
    }

    private func fail(_ name: String, _ error: RedisError) {
        guard let channel = channels[name] else { return }
        if channel.isLost { channels[name]?.waiters = [] } else { channels[name] = nil }
        counters.totals.note(error)
        for waiter in channel.waiters { waiter.then(.failure(error)) }
    }

    // MARK: Following slots

    /// Tries again, after a growing pause, to place what has no home; callers that waited for too long are told.
    private func placeLater() {
        guard retry?.isPending != true, !isClosed else { return }
        let pause = settings.backoff.pause(afterFailures: failures, fraction: .random(in: 0.5...1))
        failures += 1
        retry = loop.schedule(after: min(pause, RedisClusterSubscriber.longestPause)) { [weak self] in
            self?.settle()
        }
    }

    /// Brings every channel to the master of its slot, as the map has it now.
    private func settle() {
        guard !isClosed else { return }
        let oldest = loop.now - settings.commandTimeout
        var lost: [String] = []
        for (name, channel) in channels {
            if let first = channel.waiters.first, first.since <= oldest {
                if let home = channel.home { nodes[home]?.unsubscribe(name) }
                channels[name]?.home = nil
                fail(name, .timeout(.waiting))
                continue
            }
            guard let owner = cluster.topology.master(of: KeySlot.slot(of: name)), owner != channel.home
            else {
                continue
            }
            if let home = channel.home { nodes[home]?.unsubscribe(name) }
            if channel.isConfirmed {
                channels[name]?.isConfirmed = false
                channels[name]?.isLost = true
                lost.append(name)
            }
            channels[name]?.home = nil
        }
        if !lost.isEmpty { delegate?.didLose(lost) }
        for (name, channel) in channels where channel.home == nil { place(name) }
        let homes = Set(channels.values.compactMap(\.home))
        let masters = cluster.topology.masters
        for (endpoint, node) in nodes where !homes.contains(endpoint) && !masters.contains(endpoint) {
            nodes[endpoint] = nil
            node.close()
        }
    }

    private func node(_ endpoint: RedisEndpoint) -> RedisSubscriber {
        if let known = nodes[endpoint] { return known }
        let fresh = RedisSubscriber(
            loop: loop, endpoint: endpoint, settings: settings, kind: .sharded, dialer: cluster.dialer,
            counters: counters)
        fresh.delegate = self
        fresh.redirection = { [weak self] names, error in self?.redirect(names, error, from: endpoint) }
        nodes[endpoint] = fresh
        fresh.start()
        return fresh
    }

    /// A node does not have these channels, or not any more.
    private func redirect(_ names: [String], _ error: RedisServerError?, from endpoint: RedisEndpoint) {
        guard !isClosed else { return }
        var lost: [String] = []
        for name in names where channels[name]?.home == endpoint {
            channels[name]?.home = nil
            if channels[name]?.isConfirmed == true {
                channels[name]?.isConfirmed = false
                channels[name]?.isLost = true
                lost.append(name)
            }
            if let error, case .noPermission = error { fail(name, .server(error)) }
        }
        if !lost.isEmpty { delegate?.didLose(lost) }
        cluster.learn()
        placeLater()
    }

    // MARK: What the nodes tell

    package func didReceive(_ payload: [UInt8], on channel: String) {
        guard channels[channel] != nil else { return }
        delegate?.didReceive(payload, on: channel)
    }

    package func didLose(_ names: [String]) {
        let lost = names.filter { channels[$0]?.isConfirmed == true }
        for name in lost {
            channels[name]?.isConfirmed = false
            channels[name]?.isLost = true
        }
        // A master that went away may have a successor.
        cluster.learn()
        if !lost.isEmpty { delegate?.didLose(lost) }
    }

    package func didResume(_ names: [String]) {
        for name in names where channels[name]?.isLost == true { confirm(name) }
    }
}
