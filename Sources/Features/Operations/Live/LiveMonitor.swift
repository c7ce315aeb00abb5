package import Classroom
package import EventLoop
package import LiveHub
import Postgres
import Synchronization
package import Telemetry

/// Watches the live layer, on this node and on all: a look every second, an hour of history.
///
/// Every node tells the others once a second how it is and who is there; so each of them can show all.
/// Any thread may ask it.
package final class LiveMonitor: Sendable {
    /// Hands what every loaded class is like to `then`, on `loop`.
    package typealias ClassReader =
        @Sendable (_ loop: EventLoop, _ then: @escaping ([ClassStatistics]) -> Void) -> Void

    /// Logins of administrators who see every institution, in lower case.
    package let operators: Set<String>

    private let card: NodeCard
    private let loops: [EventLoop]
    private let hub: LiveHub
    private let classes: ClassReader
    private let health: Health
    private let answers: Counter
    private let connections: ByInstitution<Gauge>
    /// `nil` where no broker carries between nodes.
    private let brokerLag: Distribution?

    private struct State {
        var cluster: ClusterState
        /// How many connections each institution had at the last look.
        var connected: [TenantID: Int] = [:]
        var teller = NodeTeller()
    }
    private let state: Mutex<State>

    /// Makes the monitor; it looks at nothing before ``start()``.
    ///
    /// - Parameters:
    ///   - card: What the node is.
    ///   - loops: The node's loops; the first one's timer drives the monitor.
    ///   - hub: The live layer.
    ///   - health: Whether the node is about to stop.
    ///   - metrics: Where answers are counted, and the broker's lag.
    ///   - operators: Logins of administrators who see every institution.
    ///   - classes: Reads the classes on this node.
    package init(
        card: NodeCard, loops: [EventLoop], hub: LiveHub, health: Health, metrics: Metrics,
        operators: Set<String>, classes: @escaping ClassReader
    ) {
        self.card = card
        self.loops = loops
        self.hub = hub
        self.classes = classes
        state = Mutex(State(cluster: ClusterState(of: hub.bus.node)))
        self.health = health
        self.operators = Set(operators.map { $0.lowercased() })
        // The same instruments as the intake's and the broker's: asking again for a name returns them.
        answers = metrics.counter("cohort_answers_total", "Quiz answers by outcome.", ("outcome", "recorded"))
        connections = metrics.gaugesByInstitution(
            "cohort_institution_connections", "Live sessions on this node, by institution.")
        brokerLag =
            hub.bus.isAlone
            ? nil
            : metrics.distribution(
                "cohort_redis_lag_seconds",
                "From a publication, or a probe, to its arrival by Redis, by the nodes' clocks")
    }

    /// Begins to look, and to tell other nodes, once a second; before any loop serves.
    package func start() {
        guard let loop = loops.first else { return }
        listen(on: loop)
        loop.execute { [weak self] in self?.tick(on: loop) }
    }

    /// Begins to hear other nodes, without looking at this one.
    func listen(on loop: EventLoop) {
        guard !hub.bus.isAlone else { return }
        hub.bus.listen(to: .beat, on: loop) { [weak self] in self?.hear($0, from: $1) }
    }

    private func tick(on loop: EventLoop) {
        classes(loop) { [weak self] in self?.note($0) }
        loop.schedule(after: .seconds(1)) { [weak self] in self?.tick(on: loop) }
    }

    /// Takes the look of this second, and tells the others.
    func note(_ classes: [ClassStatistics]) {
        let sum = hub.counters.sum
        let now = MonotonicTime.nanoseconds()
        var totals = LiveTotals(at: Double(now) / 1e9)
        totals.joins = sum.joins
        totals.messages = sum.commands
        totals.deliveries = sum.deliveries
        totals.answers = answers.value
        show(sum.connectionsByInstitution)
        let busy = loops.map(\.busyNanoseconds)
        var look = MonitorState.Look(
            connections: sum.connections, institutions: sum.connectionsByInstitution,
            classes: classes.filter { $0.phase == .live || $0.connections > 0 }.map(ClassRow.init),
            rates: nil, acknowledgement: LiveMonitor.latency(hub.acknowledgement),
            fanOut: LiveMonitor.latency(hub.fanOutLag), at: WallTime.milliseconds())
        let (meter, telling) = state.withLock { state in
            state.cluster.measure(totals, busy: busy)
            look.rates = state.cluster.meter.rates
            return (state.cluster.meter, state.cluster.note(look, at: .nanoseconds(now)))
        }
        guard !hub.bus.isAlone else { return }
        var beat = beat(meter, look)
        beat.peak = telling.peak
        let messages = state.withLock { [beat] in
            $0.teller.messages(beat, telling.rows, gone: telling.gone, at: look.at)
        }
        for message in messages { hub.bus.tell(message, to: .everyone) }
    }

    /// Moves the institutions' gauges from what they showed to `counts`: several may share one.
    private func show(_ counts: [TenantID: Int]) {
        let before = state.withLock { state in
            defer { state.connected = counts }
            return state.connected
        }
        for institution in Set(before.keys).union(counts.keys) {
            let change = (counts[institution] ?? 0) - (before[institution] ?? 0)
            if change != 0 { connections.of(institution.rawValue).add(change) }
        }
    }

    // MARK: Other nodes

    private func hear(_ message: NodeMessage, from sender: NodeID) {
        guard let news = NodeNews(message) else { return hub.malformedNodeMessages.add() }
        if case .beat(_, _, let at) = news {
            // So the lag is known also while no class has anything to say.
            brokerLag?.record(.milliseconds(max(0, WallTime.milliseconds() - at)))
        }
        state.withLock { $0.cluster.hear(news, from: sender, at: LiveMonitor.now) }
    }

    /// What this node says of itself.
    private func beat(_ meter: NodeMeter, _ look: MonitorState.Look?) -> NodeBeat {
        let standing = hub.standing
        var beat = NodeBeat(name: card.name, version: card.version)
        beat.uptime = Int((MonotonicTime.nanoseconds() - card.startedAt) / 1_000_000_000)
        beat.isDraining = health.isDraining
        beat.hears = hub.bus.isAlone ? nil : standing.hears
        beat.aside = standing.reasons.map(\.rawValue).sorted()
        beat.loads = meter.loads
        beat.process = ProcessGauges.read()
        if let lag = brokerLag?.recent(within: .seconds(10)), lag.count > 0 {
            beat.brokerLag = Double(lag.p99) / 1000
        }
        beat.connections = look?.connections ?? hub.counters.sum.connections
        beat.rates = meter.rates
        beat.acknowledgement = look?.acknowledgement
        beat.fanOut = look?.fanOut
        return beat
    }

    // MARK: Asking

    /// What is known now of what may be seen.
    package func picture(of scope: LiveScope) -> LivePicture {
        state.withLock { $0.cluster.picture(of: scope, at: LiveMonitor.now) }
    }

    /// The nodes' cards as they are now, this node's first.
    package func nodeReports() -> [NodeReport] {
        let own = beat(state.withLock { $0.cluster.meter }, nil)
        return state.withLock { $0.cluster.reports(own: own, id: hub.bus.node, at: LiveMonitor.now) }
    }

    /// Takes a node out of rotation, or back.
    ///
    /// - Returns: Whether it was asked to; it says itself when it has done so.
    func setAside(_ node: NodeID, _ isAside: Bool) -> ClusterState.Verdict {
        let verdict = ClusterState.verdict(on: node, isAside: isAside, among: nodeReports())
        if verdict == .may { hub.setAside(node, isAside) }
        return verdict
    }

    private static var now: Duration { .nanoseconds(MonotonicTime.nanoseconds()) }

    /// The last minute in milliseconds; `nil` when nothing was measured.
    private static func latency(_ distribution: Distribution) -> LiveLatency? {
        let recent = distribution.recent
        guard recent.count > 0 else { return nil }
        return LiveLatency(p50: Double(recent.p50) / 1000, p99: Double(recent.p99) / 1000)
    }
}

extension ClassRow {
    init(_ statistics: ClassStatistics) {
        var numbers = LiveNumbers()
        numbers.connections = statistics.connections
        numbers.peak = statistics.peak
        numbers.rates = LiveRates(
            joins: statistics.joinsPerSecond, messages: statistics.messagesPerSecond,
            answers: statistics.answersPerSecond)
        if let median = statistics.ackMedianMilliseconds, let p99 = statistics.ackP99Milliseconds {
            numbers.acknowledgement = LiveLatency(p50: median, p99: p99)
        }
        self.init(
            institution: statistics.institution, id: statistics.id, title: statistics.title,
            course: statistics.course,
            courseName: statistics.courseName, numbers: numbers)
    }
}
