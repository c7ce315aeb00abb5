import JSON
import LiveHub
import Postgres
import Testing

@testable import Operations

struct `The whole of several nodes` {
    private let one = Sample.node(1)
    private let two = Sample.node(2)

    private func tell(
        _ state: inout ClusterState, _ beat: NodeBeat, _ rows: NodeRows = NodeRows(), number: UInt64 = 1,
        from node: NodeID, at now: Duration
    ) {
        state.hear(.beat(beat, number), from: node, at: now)
        for page in rows.pages(round: number) { state.hear(.rows(page), from: node, at: now) }
    }

    @Test func `adds up connections and rates, and shows the slowest node's latency`() {
        var state = ClusterState()
        var other = Sample.beat(
            connections: 5, rates: LiveRates(joins: 1, messages: 2, answers: 3, deliveries: 40))
        other.acknowledgement = LiveLatency(p50: 1, p99: 50)
        other.fanOut = LiveLatency(p50: 1, p99: 2)
        let rows = Sample.rows(
            [
                Sample.row(7, connections: 3, peak: 8, messages: 1.5, p99: 4),
                Sample.row(8, connections: 2, in: Sample.south),
            ], institutions: [Sample.north: 3, Sample.south: 2])
        tell(&state, other, rows, from: one, at: .zero)
        state.note(
            Sample.look(
                connections: 2, institutions: [Sample.north: 2],
                classes: [Sample.row(7, connections: 2, peak: 3, messages: 1, p99: 30)],
                rates: LiveRates(joins: 1, messages: 1, answers: 1, deliveries: 10),
                acknowledgement: LiveLatency(p50: 9, p99: 10)), at: .zero)
        let picture = state.picture(of: .all, at: .zero)
        #expect(picture.totals.connections == 7)
        #expect(picture.totals.rates == LiveRates(joins: 2, messages: 3, answers: 4, deliveries: 50))
        #expect(picture.totals.acknowledgement == other.acknowledgement)
        #expect(picture.fanOut == other.fanOut)
        #expect(picture.institutions.mapValues(\.connections) == [Sample.north: 5, Sample.south: 2])
        #expect(picture.classes.map(\.id) == [7, 8])
        let shared = picture.classes[0].numbers
        #expect(shared.connections == 5 && shared.peak == 8)
        #expect(shared.rates == LiveRates(joins: 1, messages: 2.5, answers: 0))
        #expect(shared.acknowledgement?.p99 == 30)
    }

    @Test func `knows what another node says before the next look`() {
        var state = ClusterState()
        #expect(state.picture(of: .all, at: .zero).totals.connections == 0)
        state.note(Sample.look(connections: 1), at: .zero)
        tell(&state, Sample.beat(connections: 5), from: one, at: .milliseconds(300))
        let picture = state.picture(of: .all, at: .milliseconds(400))
        #expect(picture.totals.connections == 6 && picture.history.count == 0)
    }

    @Test func `draws the charts of all nodes`() {
        var state = ClusterState()
        for second in 0...5 {
            tell(
                &state, Sample.beat(connections: 5, rates: LiveRates(deliveries: 40)),
                Sample.rows([], institutions: [Sample.south: 5]), number: UInt64(second + 1), from: one,
                at: .seconds(second))
            var look = Sample.look(connections: 1, rates: LiveRates(deliveries: 2))
            look.at += Int64(second) * 1000
            state.note(look, at: .seconds(second))
        }
        let picture = state.picture(of: .all, at: .seconds(5))
        #expect(picture.history.connections.all == [6] && picture.history.deliveries.all == [42])
        #expect(picture.sparks[Sample.south] == [5])
    }

    @Test func `learns the day's peaks from a node that has seen them, and not yesterday's`() {
        var state = ClusterState()
        var rows = Sample.rows([Sample.row(7, peak: 30)], institutions: [Sample.north: 1])
        rows.institutions[Sample.north]?.peak = 40
        for (day, peak) in [(Sample.day - 1, 1), (Sample.day, 50)] {
            var beat = Sample.beat()
            beat.peak = DayPeak(day: day, connections: 50)
            rows.day = day
            tell(&state, beat, rows, number: UInt64(day), from: one, at: .zero)
            let told = state.note(Sample.look(), at: .zero)
            #expect(told.peak == DayPeak(day: Sample.day, connections: peak == 1 ? 0 : 50))
            let picture = state.picture(of: .all, at: .zero)
            #expect(picture.institutions[Sample.north]?.peak == (peak == 1 ? 1 : 40))
            #expect(picture.classes.first?.numbers.peak == 30)
        }
    }

    @Test func `leaves out a dead node's numbers when its lease is over`() {
        var state = ClusterState()
        tell(
            &state, Sample.beat(connections: 5, rates: LiveRates(messages: 7)),
            Sample.rows([Sample.row(7)], institutions: [Sample.north: 5]), from: one, at: .zero)
        for second in 0...4 { state.note(Sample.look(connections: 1), at: .seconds(second)) }
        #expect(state.picture(of: .all, at: .seconds(4)).totals.connections == 6)
        state.note(Sample.look(connections: 1), at: .seconds(5))
        let picture = state.picture(of: .all, at: .seconds(5))
        #expect(picture.totals.connections == 1 && picture.totals.rates == nil)
        #expect(picture.classes.isEmpty)
        #expect(picture.institutions.isEmpty)
    }

    @Test func `shows no rate that jumps or is below zero when a node starts anew`() {
        var state = ClusterState()
        let own = LiveRates(joins: 1, messages: 10, answers: 0, deliveries: 100)
        for second in 0..<20 {
            // The old life ends at 5; the new one counts from nothing, and knows no rate in its first second.
            if second < 5 {
                tell(
                    &state, Sample.beat(rates: own), number: UInt64(second + 1), from: one,
                    at: .seconds(second))
            } else if second > 6 {
                tell(
                    &state, Sample.beat(rates: second == 7 ? nil : own), number: UInt64(second - 6),
                    from: two, at: .seconds(second))
            }
            state.note(Sample.look(rates: own), at: .seconds(second))
            let messages = state.picture(of: .all, at: .seconds(second)).totals.rates?.messages ?? -1
            #expect((10...30).contains(messages), "\(second)")
        }
    }

    @Test func `does not count those twice for its peak who leave a dead node for another`() {
        var state = ClusterState()
        tell(&state, Sample.beat(connections: 50), from: one, at: .zero)
        state.note(Sample.look(connections: 50), at: .zero)
        for second in 2...8 { state.note(Sample.look(connections: 99), at: .seconds(second)) }
        let picture = state.picture(of: .all, at: .seconds(8))
        #expect(picture.totals.connections == 99 && picture.totals.peak == 100)
    }

    // MARK: Cards

    private func names(_ reports: [NodeReport]) -> [String] { reports.map { "\($0.beat.name) \($0.state)" } }

    @Test func `has a card for each node, its own first, then by name`() {
        var state = ClusterState()
        for (number, name) in [(3, "c"), (1, "a"), (2, "d")] as [(UInt64, String)] {
            tell(&state, Sample.beat(name), from: Sample.node(number), at: .zero)
        }
        let reports = state.reports(own: Sample.beat("b"), id: Sample.node(9), at: .milliseconds(1250))
        #expect(names(reports) == ["b alive", "a alive", "c alive", "d alive"])
        #expect(reports.map(\.lastHeard) == [.zero] + Array(repeating: .milliseconds(1250), count: 3))
    }

    @Test func `shows for a minute that a node fell silent, or has stopped, beside its new life`() {
        var state = ClusterState()
        tell(&state, Sample.beat("a"), from: one, at: .zero)
        tell(&state, Sample.beat("b", isDraining: true), from: two, at: .zero)
        for second in 1...70 {
            tell(&state, Sample.beat("a"), number: UInt64(second), from: Sample.node(3), at: .seconds(second))
            let reports = state.reports(own: Sample.beat("o"), id: Sample.node(9), at: .seconds(second))
            let wanted =
                second < 5
                ? ["o alive", "a alive", "a alive", "b alive"]
                : second < 65 ? ["o alive", "a alive", "a silent", "b stopped"] : ["o alive", "a alive"]
            #expect(names(reports) == wanted, "\(second)")
        }
    }

    @Test func `writes a card as the page reads it`() throws {
        var state = ClusterState()
        var beat = Sample.beat("a", connections: 4, aside: ["operator"])
        beat.hears = true
        beat.brokerLag = 1.234
        tell(&state, beat, from: Sample.node(0xAB), at: .zero)
        let reports = state.reports(own: Sample.beat("o"), id: Sample.node(9), at: .seconds(7))
        let cards = reports.map { report in RawJSON { report.write(&$0) } }
        let own = try JSONReader.read(cards[0])
        #expect(own["hears"]?.isNull == true && own["broker_lag_ms"]?.isNull == true)
        #expect(own["id"] == "0000000000000009" && own["state"] == "alive" && own["last_heard_ms"] == 0)
        let other = try JSONReader.read(cards[1])
        #expect(other["id"] == "00000000000000ab" && other["state"] == "silent")
        #expect(other["last_heard_ms"] == 7000 && other["broker_lag_ms"] == 1.23)
        #expect(other["hears"] == true && other["aside"] == ["operator"] && other["connections"] == 4)
    }

    // MARK: Out of rotation

    private func verdict(
        on node: UInt64, _ others: [NodeBeat], own: NodeBeat = Sample.beat("o"), isAside: Bool = true
    ) -> ClusterState.Verdict {
        var state = ClusterState()
        for (index, beat) in others.enumerated() {
            tell(&state, beat, from: Sample.node(UInt64(index + 1)), at: .zero)
        }
        let reports = state.reports(own: own, id: Sample.node(9), at: .seconds(1))
        return ClusterState.verdict(on: Sample.node(node), isAside: isAside, among: reports)
    }

    @Test func `lets a node be taken out while another takes sessions`() {
        #expect(verdict(on: 9, [Sample.beat("a")]) == .may)
        #expect(verdict(on: 1, [Sample.beat("a")]) == .may)
        #expect(verdict(on: 9, []) == .lastOne)
        #expect(verdict(on: 9, [Sample.beat("a", aside: ["deaf"])]) == .lastOne)
        #expect(verdict(on: 1, [Sample.beat("a")], own: Sample.beat("o", isDraining: true)) == .lastOne)
        // A node that takes none already may be told so once more; and each may be taken back.
        #expect(verdict(on: 1, [Sample.beat("a", aside: ["operator"])]) == .may)
        #expect(verdict(on: 9, [], isAside: false) == .may)
        #expect(verdict(on: 5, [Sample.beat("a")]) == .unknown)
    }

    @Test func `knows no node whose lease is over when it is to be taken out`() {
        var state = ClusterState()
        tell(&state, Sample.beat("a"), from: one, at: .zero)
        let reports = state.reports(own: Sample.beat("o"), id: Sample.node(9), at: .seconds(6))
        #expect(ClusterState.verdict(on: one, isAside: false, among: reports) == .unknown)
    }
}
