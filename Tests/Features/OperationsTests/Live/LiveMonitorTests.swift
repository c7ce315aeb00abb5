import EventLoop
import JSON
import LiveTestKit
import Postgres
import Telemetry
import TestKit
import Testing
import WebServer

@testable import Classroom
@testable import LiveHub
@testable import Operations

/// A monitor with a live layer that nobody is connected to but in its counters.
private struct Watched {
    let loop: EventLoop
    let hub: LiveHub
    let health = Health()
    let metrics = Metrics()
    let monitor: LiveMonitor

    init(_ name: String, bus: any NodeBus) throws {
        loop = try EventLoop(index: 0, label: "test-\(name)")
        hub = LiveHub(
            features: [], broker: MemoryBroker(), bus: bus, authenticator: NoTokens(),
            settings: LiveSettings(), metrics: metrics)
        monitor = LiveMonitor(
            card: NodeCard(name: name, version: "1.0"), loops: [loop], hub: hub, health: health,
            metrics: metrics, operators: [], classes: { $1([]) })
        monitor.listen(on: loop)
    }

    /// One second's look, with so many connections to one class.
    func look(_ connections: Int) {
        var counters = LiveCounters()
        counters.connections = connections
        counters.connectionsByInstitution = [Sample.north: connections]
        hub.counters.store(counters, of: loop)
        monitor.note([
            ClassStatistics(
                institution: Sample.north, course: 5, courseName: "Algebra", id: 7, title: "Live",
                phase: .live, connections: connections, people: connections, peak: connections,
                joinsPerSecond: 0, messagesPerSecond: 1, answersPerSecond: 0, ackMedianMilliseconds: nil,
                ackP99Milliseconds: nil)
        ])
    }

    /// Waits until what was said is heard.
    func settle() async throws { try await loop.perform {} }
}

struct `Monitors of two nodes` {
    private func connections(_ watched: Watched) -> [Int] {
        let picture = watched.monitor.picture(of: .all)
        return [
            picture.totals.connections, picture.institutions[Sample.north]?.connections ?? -1,
            picture.classes.first?.numbers.connections ?? -1,
        ]
    }

    @Test func `tell Prometheus who is connected, until nobody is`() async throws {
        let watched = try Watched("a", bus: TestBus().endpoint())
        let line = { (count: Int) in
            "cohort_institution_connections{institution=\"\(Sample.north)\"} \(count)\n"
        }
        watched.look(3)
        #expect(PrometheusText.render(watched.metrics).contains(line(3)))
        watched.look(1)
        #expect(PrometheusText.render(watched.metrics).contains(line(1)))
        watched.hub.counters.store(LiveCounters(), of: watched.loop)
        watched.monitor.note([])
        #expect(PrometheusText.render(watched.metrics).contains(line(0)))
    }

    @Test func `both show what is on either`() async throws {
        let bus = TestBus()
        let first = try Watched("a", bus: bus.endpoint())
        let second = try Watched("b", bus: bus.endpoint())
        first.look(2)
        second.look(3)
        for watched in [first, second] { try await watched.settle() }
        for watched in [first, second] {
            #expect(connections(watched) == [5, 5, 5])
            #expect(watched.monitor.picture(of: .all).classes.count == 1)
            #expect(watched.monitor.picture(of: .all).classes.first?.numbers.rates?.messages == 2)
        }
        #expect(first.monitor.nodeReports().map(\.beat.name) == ["a", "b"])
        #expect(second.monitor.nodeReports().map(\.beat.name) == ["b", "a"])
        #expect(first.monitor.nodeReports().map(\.id) == [first.hub.bus.node, second.hub.bus.node])
        // What it was told has come to the other right away: so long is the broker's lag.
        #expect(first.monitor.nodeReports()[0].beat.brokerLag != nil)
        second.look(1)
        try await first.settle()
        #expect(connections(first) == [3, 3, 3])
    }

    @Test func `make good what was lost with the next beat`() async throws {
        let bus = TestBus()
        let first = try Watched("a", bus: bus.endpoint())
        let second = try Watched("b", bus: bus.endpoint())
        bus.lose(2)
        second.look(3)
        first.look(0)
        try await first.settle()
        #expect(connections(first) == [0, 0, 0])
        second.look(3)
        try await first.settle()
        #expect(connections(first) == [3, 3, 3])
    }

    @Test func `say that they are about to stop`() async throws {
        let bus = TestBus()
        let first = try Watched("a", bus: bus.endpoint())
        let second = try Watched("b", bus: bus.endpoint())
        second.health.drain()
        second.look(0)
        try await first.settle()
        #expect(first.monitor.nodeReports().map(\.takesSessions) == [true, false])
        #expect(first.monitor.setAside(first.hub.bus.node, true) == .lastOne)
        #expect(first.monitor.setAside(second.hub.bus.node, false) == .may)
        #expect(first.monitor.setAside(NodeID(), true) == .unknown)
    }

    @Test func `count what they cannot read`() async throws {
        let bus = TestBus()
        let first = try Watched("a", bus: bus.endpoint())
        let stranger = bus.endpoint()
        for text in ["{}", "[1]", #"{"kind":"song"}"#] {
            stranger.tell(NodeMessage(.beat, try RawJSON(validating: Array(text.utf8))), to: .everyone)
        }
        try await first.settle()
        #expect(first.hub.malformedNodeMessages.value == 3)
        #expect(first.monitor.nodeReports().count == 1)
    }
}

/// A bus with nobody on it, which must not be used.
private struct LonelyBus: NodeBus {
    let node = NodeID()
    let isAlone = true

    func tell(_ message: NodeMessage, to audience: NodeAudience) {
        Issue.record("a node that is alone speaks")
    }

    func listen(to kind: NodeMessage.Kind, on loop: EventLoop, _ handler: @escaping NodeListener) {
        Issue.record("a node that is alone listens")
    }
}

struct `The monitor of a single node` {
    @Test func `tells nobody, and has neither a lag nor anybody to hear`() throws {
        let alone = try Watched("a", bus: LonelyBus())
        alone.look(4)
        #expect(alone.monitor.picture(of: .all).totals.connections == 4)
        let reports = alone.monitor.nodeReports()
        #expect(reports.count == 1 && reports[0].beat.hears == nil && reports[0].beat.brokerLag == nil)
        #expect(reports[0].beat.connections == 4)
    }
}
