import Testing

@testable import Telemetry

struct `Metrics registry` {
    @Test func `are exposed as Prometheus reads them`() {
        let metrics = Metrics()
        metrics.counter("b_total", "Counts\nb \\ here.").add(3)
        metrics.counter("a_total", "Counts a.", ("who", "x\"y\\z\n")).add()
        metrics.gauge("level", "A level.").set(-2)
        metrics.gauge("probe", "A probe.") { 1.5 }
        let text = PrometheusText.render(metrics)
        #expect(
            text == """
                # HELP a_total Counts a.
                # TYPE a_total counter
                a_total{who="x\\"y\\\\z\\n"} 1
                # HELP b_total Counts\\nb \\\\ here.
                # TYPE b_total counter
                b_total 3
                # HELP level A level.
                # TYPE level gauge
                level -2
                # HELP probe A probe.
                # TYPE probe gauge
                probe 1.5

                """)
    }

    @Test func `show distributions as cumulative buckets in seconds`() {
        let metrics = Metrics()
        let distribution = metrics.distribution("took_seconds", "How long it took.")
        for milliseconds in [1, 3, 3000, 20_000] { distribution.record(.milliseconds(milliseconds)) }
        let lines = PrometheusText.render(metrics).split(separator: "\n")
        #expect(lines.contains(#"took_seconds_bucket{le="0.001"} 1"#))
        #expect(lines.contains(#"took_seconds_bucket{le="0.005"} 2"#))
        #expect(lines.contains(#"took_seconds_bucket{le="5"} 3"#))
        #expect(lines.contains(#"took_seconds_bucket{le="10"} 3"#))
        #expect(lines.contains(#"took_seconds_bucket{le="+Inf"} 4"#))
        #expect(lines.contains("took_seconds_sum 23.004"))
        #expect(lines.contains("took_seconds_count 4"))
    }

    @Test func `give the same instrument for the same name and labels`() {
        let metrics = Metrics()
        metrics.counter("a_total", "A.", ("x", "1")).add()
        metrics.counter("a_total", "A.", ("x", "1")).add()
        metrics.counter("a_total", "A.", ("x", "2")).add()
        #expect(metrics.counter("a_total", "A.", ("x", "1")).value == 2)
    }

    @Test func `bound the number of labels`() {
        let metrics = Metrics()
        let counters = metrics.counters("by_total", "By.", labels: ["who"], limit: 3)
        for number in 0..<100 { counters.with("\(number)").add() }
        counters.with("1").add()
        #expect(counters.with("1").value == 2)
        #expect(counters.with("99").value == 97)
        let lines = PrometheusText.render(metrics).split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(lines.count == 4)
        #expect(lines.contains(#"by_total{who="other"} 97"#))
    }
}

struct `Distribution of durations` {
    @Test func `tells percentiles of the last minute`() {
        let distribution = Distribution()
        let start = Rate.origin
        for value in 1...100 { distribution.record(.milliseconds(value), at: start + .seconds(1)) }
        let summary = distribution.recent(at: start + .seconds(2))
        #expect(summary.count == 100)
        #expect((50_000...50_999).contains(summary.p50))
        #expect((99_000...100_000).contains(summary.p99))
        #expect((100_000...100_999).contains(summary.max))
        #expect(distribution.recent(at: start + .seconds(120)) == Distribution.Summary())
    }

    @Test func `tells percentiles of the last seconds, too`() {
        let distribution = Distribution()
        let start = Rate.origin
        distribution.record(.seconds(5), at: start + .seconds(1))
        distribution.record(.milliseconds(2), at: start + .seconds(21))
        #expect(distribution.recent(at: start + .seconds(22), within: .seconds(10)).count == 1)
        #expect(distribution.recent(at: start + .seconds(22), within: .seconds(15)).count == 2)
        #expect(distribution.recent(at: start + .seconds(22), within: .seconds(600)).count == 2)
    }

    @Test(arguments: [Duration.seconds(-1), .zero, .nanoseconds(1), .seconds(100_000)])
    func `takes any duration`(duration: Duration) {
        let distribution = Distribution()
        distribution.record(duration)
        #expect(distribution.recent.count == 1)
    }
}

struct `Rate window` {
    @Test func `counts whole seconds and forgets old ones`() {
        var window = RateWindow(seconds: 10)
        window.add(50, at: 100)
        #expect(window.perSecond(at: 100) == 0)
        #expect(window.perSecond(at: 101) == 5)
        window.add(50, at: 105)
        #expect(window.perSecond(at: 106) == 10)
        #expect(window.perSecond(at: 110) == 10)
        #expect(window.perSecond(at: 111) == 5)
        #expect(window.perSecond(at: 1000) == 0)
    }

    @Test func `agrees with a plain list of events`() {
        var generator = SystemRandomNumberGenerator()
        let seed = UInt64.random(in: 0...UInt64.max, using: &generator)
        print("seed \(seed)")
        var random = Seeded(state: seed)
        var window = RateWindow(seconds: 5)
        var events: [Int64: Int] = [:]
        var second: Int64 = 0
        for _ in 0..<2000 {
            second += Int64.random(in: 0...2, using: &random)
            let amount = Int.random(in: 0...9, using: &random)
            window.add(amount, at: second)
            events[second, default: 0] += amount
            let expected = ((second - 5)..<second).reduce(0) { $0 + (events[$1] ?? 0) }
            #expect(window.perSecond(at: second) == Double(expected) / 5)
        }
    }

    private struct Seeded: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state
        }
    }
}

struct `Health of the process` {
    @Test func `lists what stands in the way`() {
        let health = Health()
        #expect(health.obstacles.isEmpty)
        health.register("database") { "no connection" }
        health.register("disk") { nil }
        health.set("broker", notReady: "reconnecting")
        #expect(health.obstacles.map(\.name) == ["broker", "database"])
        health.set("broker", notReady: nil)
        health.drain()
        #expect(health.obstacles.map(\.name) == ["draining", "database"])
        #expect(health.isDraining)
    }

    @Test func `names what is degraded, counts it as a gauge, and stays ready`() {
        let metrics = Metrics()
        let health = Health(metrics: metrics)
        #expect(health.degraded.isEmpty)
        health.setDegraded("search", true)
        health.setDegraded("redis", true)
        health.setDegraded("redis", true)
        #expect(health.degraded == ["redis", "search"])
        #expect(health.obstacles.isEmpty)
        health.setDegraded("search", false)
        #expect(health.degraded == ["redis"])
        let text = PrometheusText.render(metrics)
        #expect(text.contains("cohort_degraded{part=\"redis\"} 1\n"))
        #expect(text.contains("cohort_degraded{part=\"search\"} 0\n"))
    }
}

struct `Numbers by institution` {
    @Test func `are one line for each, and share one after the bound`() {
        let metrics = Metrics()
        let counters = metrics.countersByInstitution("cohort_test_total", "A test.", limit: 2)
        for institution: Int64 in [7, 8, 7, 9, 10] { counters.of(institution).add() }
        let text = PrometheusText.render(metrics)
        for line in [
            #"cohort_test_total{institution="7"} 2"#, #"cohort_test_total{institution="8"} 1"#,
            #"cohort_test_total{institution="other"} 2"#,
        ] {
            #expect(text.contains(line), "\(line)")
        }
    }
}
