import EventLoop
import Postgres
import Synchronization
import Telemetry
import TestKit
import Testing

@testable import LiveHub

struct `Node watch` {
    /// What a node hears, as the test says.
    private final class Ear: Sendable {
        private let state = Mutex((hearing: Hearing(), isOpen: true))

        func open(_ isOpen: Bool) { state.withLock { $0.isOpen = isOpen } }

        func probe() -> Hearing {
            state.withLock { state in
                let number = state.hearing.begin(["0:{0}"])
                if state.isOpen { state.hearing.heard(number, on: "0:{0}") }
                return state.hearing
            }
        }
    }

    /// One node of a test, with the rounds in the test's hand.
    private struct Member: Sendable {
        let ear: Ear
        let site: LiveSite
        let loop: EventLoop
        let watch: LoopBound<NodeWatch>

        static func join(_ site: LiveSite) async throws -> Member {
            let loop = try EventLoop(index: 7, label: "watch")
            let member = Ear()
            let watch = try await loop.perform {
                let pool = PostgresPool(loop: loop, configuration: site.database.app, size: 1, waiters: 10)
                pool.start()
                return LoopBound(
                    NodeWatch(
                        loop: loop, pool: pool, hub: site.hub, name: "node", metrics: Metrics(),
                        logger: Log.silent,
                        probe: { member.probe() }), loop: loop)
            }
            return Member(ear: member, site: site, loop: loop, watch: watch)
        }

        private init(ear: Ear, site: LiveSite, loop: EventLoop, watch: LoopBound<NodeWatch>) {
            self.ear = ear
            self.site = site
            self.loop = loop
            self.watch = watch
        }

        func rounds(_ count: Int) async throws {
            for _ in 0..<count { try await loop.perform { await watch.value.round() } }
        }
    }

    private static func two() async throws -> (Member, Member) {
        let here = try await LiveSite.start { $0.asideNotice = .zero }
        let there = try await LiveSite.start(on: here.database)
        return (try await Member.join(here), try await Member.join(there))
    }

    @Test func `has a node stand aside that hears nothing while another hears, and takes it back`()
        async throws
    {
        let (one, other) = try await Self.two()
        try await other.rounds(2)
        try await one.rounds(2)
        #expect(one.site.hub.standing == NodeStanding())
        one.ear.open(false)
        for _ in 0..<8 {
            try await other.rounds(1)
            try await one.rounds(1)
        }
        #expect(one.site.hub.standing == NodeStanding(hears: false, reasons: [.deaf]))
        #expect(one.site.hub.standing.notReady?.contains("hear") == true)
        #expect(one.site.hub.degraded.isDegraded)
        #expect(other.site.hub.standing == NodeStanding())
        one.ear.open(true)
        try await one.rounds(5)
        #expect(one.site.hub.standing == NodeStanding())
        #expect(!one.site.hub.degraded.isDegraded)
    }

    @Test func `has nobody stand aside when Redis is gone for all`() async throws {
        let (one, other) = try await Self.two()
        for member in [one, other] { try await member.rounds(2) }
        for member in [one, other] { member.ear.open(false) }
        for _ in 0..<10 {
            for member in [one, other] { try await member.rounds(1) }
        }
        for member in [one, other] {
            #expect(member.site.hub.standing == NodeStanding(hears: false, reasons: []))
        }
    }

    @Test func `takes a node back when the last that heard is deaf, too`() async throws {
        let (one, other) = try await Self.two()
        one.ear.open(false)
        for _ in 0..<8 {
            try await other.rounds(1)
            try await one.rounds(1)
        }
        #expect(one.site.hub.standing.isAside)
        other.ear.open(false)
        try await other.rounds(3)
        try await one.rounds(1)
        #expect(!one.site.hub.standing.isAside)
    }

    @Test func `leaves no line behind when it stops`() async throws {
        let (one, other) = try await Self.two()
        for member in [one, other] { try await member.rounds(1) }
        #expect(try await Self.lines(one.site) == 2)
        try await one.loop.perform { await one.watch.value.stop() }
        #expect(try await Self.lines(one.site) == 1)
    }

    private static func lines(_ site: LiveSite) async throws -> Int64 {
        let loop = try EventLoop(index: 8, label: "lines")
        return try await loop.perform {
            let pool = PostgresPool(loop: loop, configuration: site.database.app, size: 1, waiters: 1)
            defer { pool.close() }
            return try await pool.query("SELECT count(*) FROM live_nodes", [], tenant: nil)[0].int(0)
        }
    }
}
