package import Classroom
package import EventLoop
package import LiveHub
import Postgres
import Synchronization
package import Telemetry

/// Watches the live layer of a node: a look every second, an hour of history.
///
/// Any thread may ask it.
package final class LiveMonitor: Sendable {
    /// Logins of administrators who see every institution, in lower case.
    package let operators: Set<String>

    private let card: NodeCard
    private let loops: [EventLoop]
    private let hub: LiveHub
    private let classroom: ClassroomFeature
    private let health: Health
    private let answers: Counter
    private let state = Mutex(MonitorState())

    /// Makes the monitor; it looks at nothing before ``start()``.
    ///
    /// - Parameters:
    ///   - card: What the node is.
    ///   - loops: The node's loops; the first one's timer drives the monitor.
    ///   - hub: The live layer.
    ///   - classroom: The classes on it.
    ///   - health: Whether the node is about to stop.
    ///   - metrics: Where answers are counted.
    ///   - operators: Logins of administrators who see every institution.
    package init(
        card: NodeCard, loops: [EventLoop], hub: LiveHub, classroom: ClassroomFeature, health: Health,
        metrics: Metrics, operators: Set<String>
    ) {
        self.card = card
        self.loops = loops
        self.hub = hub
        self.classroom = classroom
        self.health = health
        self.operators = Set(operators.map { $0.lowercased() })
        // The same instrument as the intake's: asking again for a name returns it.
        answers = metrics.counter("cohort_answers_total", "Quiz answers by outcome.", ("outcome", "recorded"))
    }

    /// Begins to look, once a second.
    package func start() {
        guard let loop = loops.first else { return }
        loop.execute { [weak self] in self?.tick(on: loop) }
    }

    private func tick(on loop: EventLoop) {
        classroom.statistics(on: loop) { [weak self] in self?.note($0) }
        loop.schedule(after: .seconds(1)) { [weak self] in self?.tick(on: loop) }
    }

    private func note(_ classes: [ClassStatistics]) {
        let sum = hub.counters.sum
        let now = MonotonicTime.nanoseconds()
        var totals = LiveTotals(at: Double(now) / 1e9)
        totals.joins = sum.joins
        totals.messages = sum.commands
        totals.deliveries = sum.deliveries
        totals.answers = answers.value
        let look = MonitorState.Look(
            totals: totals, connections: sum.connections, institutions: sum.connectionsByInstitution,
            classes: classes.filter { $0.phase == .live || $0.connections > 0 }.map(ClassRow.init),
            acknowledgement: LiveMonitor.latency(hub.acknowledgement),
            fanOut: LiveMonitor.latency(hub.fanOutLag), busy: loops.map(\.busyNanoseconds),
            at: WallTime.milliseconds())
        state.withLock { $0.note(look) }
    }

    /// What is known now of what may be seen.
    package func picture(of scope: LiveScope) -> LivePicture { state.withLock { $0.picture(of: scope) } }

    /// The node's card as it is now.
    package func nodeReport() -> NodeReport {
        let loads = state.withLock { $0.loads }
        return NodeReport(
            card: card, loads: loads, process: ProcessGauges.read(), isDraining: health.isDraining)
    }

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
