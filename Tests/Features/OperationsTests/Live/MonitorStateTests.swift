import JSON
import LiveHub
import Postgres
import Testing

@testable import Operations

struct `Live monitor` {
    private let north = TenantID(rawValue: 1)
    private let south = TenantID(rawValue: 2)

    private var bothClasses: [ClassRow] {
        func numbers(_ connections: Int) -> LiveNumbers {
            var numbers = LiveNumbers()
            numbers.connections = connections
            numbers.peak = connections + 1
            numbers.rates = LiveRates(joins: 0, messages: 2, answers: 1)
            return numbers
        }
        return [
            ClassRow(
                institution: north, id: 7, title: "Live", course: 5, courseName: "Algebra",
                numbers: numbers(3)),
            ClassRow(
                institution: south, id: 8, title: "Other", course: 6, courseName: "Biology",
                numbers: numbers(1)),
        ]
    }

    private func look(
        second: Int, connections: [Int64: Int] = [1: 3, 2: 1], classes: [ClassRow] = [],
        isCertain: Bool = true
    ) -> MonitorState.Look {
        MonitorState.Look(
            connections: connections.values.reduce(0, +),
            institutions: Dictionary(uniqueKeysWithValues: connections.map { (TenantID(rawValue: $0), $1) }),
            classes: classes, rates: LiveRates(joins: 0, messages: 3, answers: 1, deliveries: 500),
            acknowledgement: LiveLatency(p50: 1.25, p99: 9.5), fanOut: nil,
            at: 1_795_340_000_000 + Int64(second) * 1000, isCertain: isCertain)
    }

    private func report(_ state: MonitorState, _ scope: LiveScope, since: Int64? = nil) throws -> JSONValue {
        var own = NodeBeat(name: "n1", version: "1.0")
        own.loads = [0.25, 0]
        own.process = ProcessGauges.read()
        let nodes = scope == .all ? [NodeReport(own: own, id: NodeID())] : []
        return try JSONReader.read(
            LiveReport(
                picture: state.picture(of: scope), names: [north: "North", south: "South"], nodes: nodes,
                since: since, at: 9
            ).json)
    }

    @Test func `keeps an hour of history at five seconds`() {
        var state = MonitorState()
        for second in 0..<4000 { state.note(look(second: second, connections: [1: second])) }
        let history = state.picture(of: .all).history
        #expect(history.count == 720)
        #expect(history.connections.all.last == 3995)
        #expect(history.newest == 1_795_340_000_000 + 3_995_000)
        #expect(history.oldest == history.newest - 719 * 5000)
    }

    @Test func `remembers the day's peaks and forgets them at midnight`() {
        var state = MonitorState()
        state.note(look(second: 0, connections: [1: 90]))
        state.note(look(second: 1, connections: [1: 4]))
        #expect(state.picture(of: .all).totals.peak == 90)
        #expect(state.picture(of: .institution(north)).totals.peak == 90)
        state.note(look(second: 86_400, connections: [1: 5]))
        #expect(state.picture(of: .all).totals.peak == 5)
    }

    @Test func `has points at the same times as other nodes, whenever it has started`() {
        for start in [1, 3, 4, 5, 8] {
            var state = MonitorState()
            for second in start...23 { state.note(look(second: second, connections: [1: second])) }
            let history = state.picture(of: .all).history
            #expect(history.newest == 1_795_340_000_000 + 20_000)
            #expect(history.connections.all.suffix(3) == [10, 15, 20], "\(start)")
        }
    }

    @Test func `knows a peak of today that another node tells`() {
        var state = MonitorState()
        var told = look(second: 0)
        told.peak = 90
        told.institutionPeaks = [north: 80]
        state.note(told)
        state.note(look(second: 1))
        let picture = state.picture(of: .all)
        #expect(picture.totals.peak == 90 && picture.institutions[north]?.peak == 80)
        #expect(picture.institutions[south]?.peak == 1)
        #expect(state.dayPeak == DayPeak(day: told.day, connections: 90))
        #expect(state.rows(of: look(second: 1)).institutions[north] == .init(connections: 3, peak: 80))
    }

    @Test func `counts nobody twice for a peak, who comes from a node that may be dead`() {
        var state = MonitorState()
        state.note(look(second: 0, connections: [1: 60]))
        state.note(look(second: 1, connections: [1: 90], isCertain: false))
        #expect(state.picture(of: .all).totals.connections == 90)
        #expect(state.picture(of: .all).totals.peak == 60)
        #expect(state.picture(of: .all).institutions[north]?.peak == 60)
        state.note(look(second: 2, connections: [1: 61]))
        #expect(state.picture(of: .all).totals.peak == 61)
    }

    @Test func `shows what is known better between two looks, without a point of its own`() {
        var state = MonitorState()
        state.note(look(second: 4, connections: [1: 2]))
        state.note(look(second: 5, connections: [1: 1]))
        state.show(look(second: 5, connections: [1: 8]))
        let picture = state.picture(of: .all)
        #expect(picture.totals.connections == 8 && picture.totals.peak == 8)
        #expect(picture.history.connections.all == [1])
    }

    @Test func `remembers the most that a class has had on all nodes`() {
        var state = MonitorState()
        var many = bothClasses
        many[0].numbers.connections = 40
        state.note(look(second: 0, classes: many))
        state.note(look(second: 1, classes: bothClasses))
        // What a node has counted itself may be more than was seen.
        #expect(state.picture(of: .all).classes.map(\.numbers.peak) == [40, 2])
    }

    @Test func `tells an operator of everything, in the page's shape`() throws {
        var state = MonitorState()
        for second in 0...10 {
            state.note(look(second: second, classes: bothClasses))
        }
        let json = try report(state, .all)
        #expect(
            json.object?.members.map(\.name) == ["at", "totals", "institutions", "series", "nodes"])
        #expect(json["totals"]?["connections"]?.int == 4)
        #expect(json["totals"]?["answers_per_s"]?.double == 1)
        #expect(json["totals"]?["ack_ms"]?["p99"]?.double == 9.5)
        #expect(json["totals"]?["fanout_ms"]?.isNull == true)
        let institutions = try #require(json["institutions"]?.array)
        #expect(institutions.map { $0["name"]?.string } == ["North", "South"])
        let course = try #require(institutions.first?["courses"]?.array?.first)
        #expect(course["name"]?.string == "Algebra" && course["connections"]?.int == 3)
        #expect(course["messages_per_s"]?.double == 2 && course["peak"]?.int == 4)
        #expect(course["classes"]?.array?.first?["title"]?.string == "Live")
        #expect(institutions.first?["spark"]?.array?.count == 2)
        let series = try #require(json["series"])
        for name in ["connections", "deliveries_per_s", "ack_p99_ms", "fanout_p99_ms"] {
            #expect(series[name]?.array?.count == 2, "\(name)")
        }
        #expect(series["step_ms"]?.int == 5000)
        let node = try #require(json["nodes"]?.array?.first)
        #expect(
            node.object?.members.map(\.name) == [
                "id", "name", "version", "state", "uptime_s", "connections", "loops", "rss_bytes",
                "descriptors", "descriptor_limit", "broker_lag_ms", "draining", "hears", "aside",
                "last_heard_ms",
            ])
        #expect(node["loops"]?.array?.count == 2)
        #expect((node["rss_bytes"]?.int ?? 0) > 0)
    }

    @Test func `shows an administrator nothing but their own institution`() throws {
        var state = MonitorState()
        for second in 0...10 { state.note(look(second: second, classes: bothClasses)) }
        let json = try report(state, .institution(south))
        #expect(json["totals"]?["connections"]?.int == 1)
        #expect(json["institutions"]?.array?.map { $0["name"]?.string } == ["South"])
        #expect(json["nodes"]?.array?.isEmpty == true)
        #expect(!RawJSON(json).text.contains("North") && !RawJSON(json).text.contains("Algebra"))
        #expect(json["series"]?["connections"]?.array?.compactMap(\.int) == [1, 1])
    }

    @Test func `leaves out points that the page has`() throws {
        var state = MonitorState()
        for second in 0...50 { state.note(look(second: second)) }
        let whole = try report(state, .all)
        let start = try #require(whole["series"]?["t0"]?.int)
        #expect(whole["series"]?["connections"]?.array?.count == 10)
        let rest = try report(state, .all, since: Int64(start + 35_000))
        #expect(rest["series"]?["connections"]?.array?.count == 2)
        #expect(rest["series"]?["t0"]?.int == start + 40_000)
        let none = try report(state, .all, since: Int64(start + 99_000))
        #expect(none["series"]?["connections"]?.array?.isEmpty == true)
    }

    @Test func `has an answer before the first look`() throws {
        let json = try report(MonitorState(), .all)
        #expect(json["totals"]?["connections"]?.int == 0)
        #expect(json["series"]?["connections"]?.array?.isEmpty == true)
    }
}
