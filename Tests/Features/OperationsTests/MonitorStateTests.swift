import JSON
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
        second: Int, connections: [Int64: Int] = [1: 3, 2: 1], classes: [ClassRow] = [], answers: UInt64 = 0,
        deliveries: UInt64 = 0, busy: [UInt64] = [0, 0]
    ) -> MonitorState.Look {
        var totals = LiveTotals(at: Double(second))
        totals.answers = answers
        totals.deliveries = deliveries
        return MonitorState.Look(
            totals: totals, connections: connections.values.reduce(0, +),
            institutions: Dictionary(uniqueKeysWithValues: connections.map { (TenantID(rawValue: $0), $1) }),
            classes: classes, acknowledgement: LiveLatency(p50: 1.25, p99: 9.5), fanOut: nil, busy: busy,
            at: 1_795_340_000_000 + Int64(second) * 1000)
    }

    private func report(_ state: MonitorState, _ scope: LiveScope, since: Int64? = nil) throws -> JSONValue {
        let nodes =
            scope == .all
            ? [
                NodeReport(
                    card: NodeCard(name: "n1", version: "1.0"), loads: state.loads,
                    process: ProcessGauges.read(),
                    isDraining: false)
            ] : []
        return try JSONReader.read(
            LiveReport(
                picture: state.picture(of: scope), names: [north: "North", south: "South"], nodes: nodes,
                since: since, at: 9
            ).json)
    }

    @Test func `averages rates and loads over five seconds`() {
        var state = MonitorState()
        for second in 0...10 {
            state.note(
                look(
                    second: second, answers: UInt64(second * 20), deliveries: UInt64(second * 500),
                    busy: [UInt64(second) * 250_000_000, 0]))
        }
        let rates = state.picture(of: .all).totals.rates
        #expect(rates?.answers == 20)
        #expect(rates?.deliveries == 500)
        #expect(state.loads == [0.25, 0])
    }

    @Test func `keeps an hour of history at five seconds`() {
        var state = MonitorState()
        for second in 0..<4000 { state.note(look(second: second, connections: [1: second])) }
        let history = state.picture(of: .all).history
        #expect(history.count == 720)
        #expect(history.connections.all.last == 3995)
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

    @Test func `tells an operator of everything, in the page's shape`() throws {
        var state = MonitorState()
        for second in 0...6 {
            state.note(look(second: second, classes: bothClasses, answers: UInt64(second)))
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
                "name", "version", "uptime_s", "loops", "rss_bytes", "descriptors", "descriptor_limit",
                "broker_lag_ms",
                "draining",
            ])
        #expect(node["loops"]?.array?.count == 2)
        #expect((node["rss_bytes"]?.int ?? 0) > 0)
    }

    @Test func `shows an administrator nothing but their own institution`() throws {
        var state = MonitorState()
        for second in 0...6 { state.note(look(second: second, classes: bothClasses)) }
        let json = try report(state, .institution(south))
        #expect(json["totals"]?["connections"]?.int == 1)
        #expect(json["institutions"]?.array?.map { $0["name"]?.string } == ["South"])
        #expect(json["nodes"]?.array?.isEmpty == true)
        #expect(!RawJSON(json).text.contains("North") && !RawJSON(json).text.contains("Algebra"))
        #expect(json["series"]?["connections"]?.array?.compactMap(\.int) == [1, 1])
    }

    @Test func `leaves out points that the page has`() throws {
        var state = MonitorState()
        for second in 0..<50 { state.note(look(second: second)) }
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
