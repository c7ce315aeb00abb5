package import EventLoop

/// A Redis Cluster: commands go to the master of their key's slot, and follow it when it moves.
///
/// Confined to its loop. There is one connection to each master. The map of slots is read at the start, after every
/// sign that it is old, and every `RedisSettings.topologyInterval`; until it is known, the nodes' redirections lead.
package final class RedisCluster: RedisClient {
    package let loop: EventLoop
    package private(set) var topology = ClusterTopology()
    package private(set) var lastError: RedisError?

    let settings: RedisSettings
    let dialer: RedisDialer
    private let counters = RedisCounters()
    private var nodes: [RedisEndpoint: RedisNode] = [:]
    /// Nodes that serve no slot any more and still owe replies.
    private var retiring: [RedisNode] = []
    private var isStarted = false
    private var isClosed = false

    // Reading the map.
    private var isReading = false
    private var isStale = false
    private var isReadSoon = false
    private var failedReads = 0
    private var nextSource = 0
    private var readTimer: LoopTimer?
    private var observers: [() -> Void] = []

    /// Readings of the map follow one another no faster.
    private static let readPause: Duration = .milliseconds(50)
    /// How long a command rests after `TRYAGAIN`: its keys are on their way.
    private static let tryAgainPause: Duration = .milliseconds(50)

    /// Makes the client of one cluster; it connects when it is started or first asked.
    ///
    /// - Parameters:
    ///   - loop: The loop that alone uses it.
    ///   - settings: Some nodes of the cluster, and the limits.
    ///   - dialer: Opens streams, to nodes that the cluster names too.
    package init(loop: EventLoop, settings: RedisSettings, dialer: RedisDialer) {
        self.loop = loop
        self.settings = settings
        self.dialer = dialer
    }

    package var totals: RedisTotals { counters.totals }
    package var isOpen: Bool {
        topology.isComplete && topology.masters.allSatisfy { nodes[$0]?.isOpen == true }
    }
    /// Commands that were sent and not yet answered.
    package var inFlight: Int { (Array(nodes.values) + retiring).reduce(0) { $0 + $1.inFlight } }

    // MARK: Life

    package func start() {
        loop.preconditionCurrent()
        guard !isStarted, !isClosed else { return }
        isStarted = true
        readTopology()
    }

    package func close() {
        loop.preconditionCurrent()
        guard !isClosed else { return }
        isClosed = true
        readTimer?.cancel()
        observers = []
        for node in Array(nodes.values) + retiring { node.close() }
    }

    // MARK: Commands

    package func command(_ command: RedisCommand, then: @escaping (Result<RedisValue, RedisError>) -> Void) {
        loop.preconditionCurrent()
        guard !isClosed else { return loop.later { then(.failure(.closed)) } }
        start()
        let slot = command.key.map { KeySlot.slot(of: $0) }
        let attempt = Attempt(command: command, slot: slot, left: settings.redirectLimit, then: then)
        send(attempt, to: source(of: slot))
    }

    /// A command on its way through the cluster.
    private struct Attempt {
        let command: RedisCommand
        let slot: Int?
        var left: Int
        let then: (Result<RedisValue, RedisError>) -> Void
    }

    private func send(_ attempt: Attempt, to endpoint: RedisEndpoint, isAsking: Bool = false) {
        var words = [attempt.command.words]
        if isAsking { words.insert(["ASKING"], at: 0) }
        node(endpoint).send(words) { [weak self] result in
            guard let self, case .failure(let error) = result else { return attempt.then(result) }
            follow(error, attempt, from: endpoint)
        }
    }

    /// Sends a failed command elsewhere when the error says where, and it certainly had no effect.
    private func follow(_ error: RedisError, _ attempt: Attempt, from endpoint: RedisEndpoint) {
        guard !isClosed else { return attempt.then(.failure(error)) }
        let target: RedisEndpoint?
        var isAsking = false
        switch error {
        case .server(.moved(let slot, let named)):
            let owner = named.orHost(of: endpoint)
            if topology.master(of: slot) != owner {
                topology.apply(moved: slot, to: owner)
                tellObservers()
            }
            learn()
            target = owner
        case .server(.ask(_, let named)):
            isAsking = true
            target = named.orHost(of: endpoint)
        case .server(.tryAgain): target = endpoint
        case .server(let error):
            if error.consequence == .learnSlots || error.consequence == .findMaster { learn() }
            target = nil
        default:
            learn()
            // The node went away before the command was sent, and another has its slot by now.
            let owner = source(of: attempt.slot)
            target = error.hadNoEffect && error != .overloaded && owner != endpoint ? owner : nil
        }
        guard let target, attempt.left > 0 else { return attempt.then(.failure(error)) }
        counters.totals.redirections += 1
        var next = attempt
        next.left -= 1
        guard error == .server(.tryAgain) else { return send(next, to: target, isAsking: isAsking) }
        loop.schedule(after: RedisCluster.tryAgainPause) { [weak self] in
            guard let self, !isClosed else { return attempt.then(.failure(.closed)) }
            send(next, to: target)
        }
    }

    // MARK: Nodes

    /// Where a slot's commands go; without a map, or a slot, to any node that is connected, else to one of the seeds.
    private func source(of slot: Int?) -> RedisEndpoint {
        if let slot, let owner = topology.master(of: slot) { return owner }
        if let open = nodes.values.first(where: \.isOpen) { return open.endpoint }
        return settings.endpoints[nextSource % settings.endpoints.count]
    }

    private func node(_ endpoint: RedisEndpoint) -> RedisNode {
        if let known = nodes[endpoint] { return known }
        var settings = settings
        settings.database = 0
        let fresh = RedisNode(
            loop: loop, endpoint: endpoint, settings: settings, dialer: dialer, counters: counters)
        nodes[endpoint] = fresh
        fresh.start()
        return fresh
    }

    // MARK: The map

    /// Calls `observer` whenever the map has changed.
    func observe(_ observer: @escaping () -> Void) { observers.append(observer) }

    private func tellObservers() { for observer in observers { observer() } }

    /// Reads the map again soon, since something spoke against it.
    func learn() {
        guard isStarted, !isClosed else { return }
        if isReading {
            isStale = true
        } else {
            readLater(after: RedisCluster.readPause)
        }
    }

    private func readLater(after pause: Duration) {
        // A reading that is due within moments anyway is not put off by further signs.
        guard !isReadSoon else { return }
        readTimer?.cancel()
        isReadSoon = pause <= RedisCluster.readPause
        readTimer = loop.schedule(after: pause) { [weak self] in self?.readTopology() }
    }

    private func readTopology() {
        guard !isClosed, !isReading else { return }
        isStale = false
        isReadSoon = false
        let open = nodes.values.filter(\.isOpen).map(\.endpoint).sorted { $0.description < $1.description }
        guard !open.isEmpty else {
            // Whoever is there first is asked: a dead seed holds nothing up.
            for endpoint in settings.endpoints { _ = node(endpoint) }
            lastError = nodes.values.lazy.compactMap(\.lastError).first
            return readLater(after: RedisCluster.readPause)
        }
        isReading = true
        let source = open[nextSource % open.count]
        node(source).send([["CLUSTER", "SLOTS"]]) { [weak self] result in
            self?.topologyCame(result, from: source)
        }
    }

    private func topologyCame(_ result: Result<RedisValue, RedisError>, from source: RedisEndpoint) {
        isReading = false
        guard !isClosed else { return }
        switch result {
        case .success(let reply):
            guard let fresh = ClusterTopology(slots: reply, from: source) else {
                return readFailed(.unavailable("\(source) does not know the cluster's slots"))
            }
            failedReads = 0
            lastError = nil
            let isNews = fresh != topology
            topology = fresh
            keepNodes(of: fresh)
            if isNews { tellObservers() }
            readLater(after: isStale ? RedisCluster.readPause : settings.topologyInterval)
        case .failure(let error): readFailed(error)
        }
    }

    private func readFailed(_ error: RedisError) {
        lastError = error
        nextSource &+= 1
        let pause = settings.backoff.pause(afterFailures: failedReads, fraction: .random(in: 0...1))
        failedReads += 1
        readLater(after: max(.milliseconds(10), pause))
    }

    /// Connects to every master, and ends what leads to other nodes.
    private func keepNodes(of topology: ClusterTopology) {
        let masters = topology.masters
        for endpoint in masters { _ = node(endpoint) }
        retiring.removeAll { $0.inFlight == 0 }
        for (endpoint, node) in nodes where !masters.contains(endpoint) {
            nodes[endpoint] = nil
            retiring.append(node)
            node.retire()
        }
    }
}
