import EventLoop
import JSON
import LiveHub
import LiveProtocol
import Postgres
import Synchronization
import TestKit
import Testing

/// What every broker must do; each implementation runs the same suite.
struct `Memory broker` {
    @Test(arguments: BrokerConformance.Rule.allCases)
    func `keeps to`(rule: BrokerConformance.Rule) async throws {
        try await BrokerConformance { MemoryBroker() }.check(rule)
    }
}

@Suite(.timeLimit(.minutes(5)))
struct `Redis broker` {
    @Test(arguments: BrokerConformance.Rule.allCases)
    func `keeps to, with one server`(rule: BrokerConformance.Rule) async throws {
        let redis = try await RedisRig.shared()
        try await BrokerConformance(isRemote: true) { try await redis.broker() }.check(rule)
    }

    @Test(arguments: BrokerConformance.Rule.allCases)
    func `keeps to, with a cluster`(rule: BrokerConformance.Rule) async throws {
        let redis = try await RedisRig.sharedCluster()
        try await BrokerConformance(isRemote: true) { try await redis.broker() }.check(rule)
    }
}

/// The suite itself.
struct BrokerConformance {
    /// What is checked, as a sentence.
    enum Rule: String, CaseIterable, Sendable, CustomTestStringConvertible {
        case carries = "carries to every loop that has joined, and only there"
        case leaves = "carries nothing after leaving"
        case separatesInstitutions = "keeps institutions apart"
        case numbersStreams = "numbers a stream without a hole"
        case boundsHistory = "keeps a stream's history within its size"
        case readsBothWays = "reads history both ways"
        case forgets = "forgets history that has outlived its lifetime, but not the position"

        var testDescription: String { rawValue }
    }

    let make: @Sendable () async throws -> any Broker
    /// Whether joining takes a while, after which the sink is told that it may have missed something.
    private let isRemote: Bool
    /// Streams of this run alone, also where a server outlives it.
    private let stream = "s:\(UInt32.random(in: 0 ... .max))"

    init(isRemote: Bool = false, make: @escaping @Sendable () async throws -> any Broker) {
        self.isRemote = isRemote
        self.make = make
    }

    func check(_ rule: Rule) async throws {
        switch rule {
        case .carries: try await carries()
        case .leaves: try await leaves()
        case .separatesInstitutions: try await separatesInstitutions()
        case .numbersStreams: try await numbersStreams()
        case .boundsHistory: try await boundsHistory()
        case .readsBothWays: try await readsBothWays()
        case .forgets: try await forgets()
        }
    }

    final class Sink: BrokerSink {
        private struct State {
            var seen: [(ChannelKey, UInt64)] = []
            var waiters: [(count: Int, then: CheckedContinuation<Void, Never>)] = []
            var isJoined = false
            var joining: CheckedContinuation<Void, Never>?
        }

        private let state = Mutex(State())

        func brokerDidCarry(_ publication: ChannelPublication, to key: ChannelKey) {
            let ready = state.withLock { state in
                state.seen.append((key, publication.offset))
                let ready = state.waiters.filter { $0.count <= state.seen.count }
                state.waiters.removeAll { $0.count <= state.seen.count }
                return ready
            }
            for waiter in ready { waiter.then.resume() }
        }

        func brokerMayHaveMissed(_ key: ChannelKey) {
            let waiter = state.withLock { state in
                state.isJoined = true
                defer { state.joining = nil }
                return state.joining
            }
            waiter?.resume()
        }

        /// Waits until everything that is published from now on is carried.
        func untilJoined() async {
            await withCheckedContinuation { continuation in
                let isJoined = state.withLock { state in
                    if !state.isJoined { state.joining = continuation }
                    return state.isJoined
                }
                if isJoined { continuation.resume() }
            }
        }

        /// Waits until so many publications have come.
        func until(_ count: Int) async {
            await withCheckedContinuation { continuation in
                let isThere = state.withLock { state in
                    if state.seen.count < count { state.waiters.append((count, continuation)) }
                    return state.seen.count >= count
                }
                if isThere { continuation.resume() }
            }
        }

        func offsets(of key: ChannelKey) -> [UInt64] {
            state.withLock { $0.seen.filter { $0.0 == key }.map(\.1) }
        }
    }

    private func key(_ name: String, institution: Int64 = 1) -> ChannelKey {
        ChannelKey(institution: TenantID(rawValue: institution), name: name)
    }

    private let data = RawJSON { $0.object { $0.member("x", 1) } }

    private func event(_ offset: UInt64) -> ChannelPublication {
        ChannelPublication(Publication(data: data, offset: offset))
    }

    private func carries() async throws {
        let broker = try await make()
        let loops = try (0..<3).map { try EventLoop(index: $0, label: "test-\($0)") }
        let sinks = loops.map { _ in Sink() }
        for (loop, sink) in zip(loops.prefix(2), sinks) {
            try await loop.perform {
                broker.join(key("chat:1"), loop: loop, sink: sink)
                broker.join(key("chat:1"), loop: loop, sink: sink)
            }
        }
        broker.publish(event(1), to: key("chat:1"))
        broker.publish(event(2), to: key("chat:1"))
        broker.publish(event(9), to: key("chat:2"))
        for loop in loops { try await loop.perform {} }
        #expect(sinks.map { $0.offsets(of: key("chat:1")) } == [[1, 2], [1, 2], []])
        #expect(sinks[0].offsets(of: key("chat:2")).isEmpty)
    }

    private func leaves() async throws {
        let broker = try await make()
        let loop = try EventLoop(index: 0, label: "test")
        let sink = Sink()
        try await loop.perform {
            broker.join(key("chat:1"), loop: loop, sink: sink)
            broker.leave(key("chat:1"), loop: loop)
            broker.leave(key("chat:1"), loop: loop)
        }
        broker.publish(event(1), to: key("chat:1"))
        try await loop.perform {}
        #expect(sink.offsets(of: key("chat:1")).isEmpty)
    }

    private func separatesInstitutions() async throws {
        let broker = try await make()
        let loop = try EventLoop(index: 0, label: "test")
        let sink = Sink()
        try await loop.perform { broker.join(key("chat:1", institution: 1), loop: loop, sink: sink) }
        broker.publish(event(1), to: key("chat:1", institution: 2))
        try await loop.perform {}
        #expect(sink.offsets(of: key("chat:1", institution: 1)).isEmpty)
    }

    private func publish(
        _ count: Int, to key: ChannelKey, on broker: any Broker, _ loop: EventLoop, lifetime: Duration
    )
        async throws -> [StreamPosition]
    {
        try await loop.perform {
            var positions: [StreamPosition] = []
            for _ in 0..<count {
                let position = await withCheckedContinuation { continuation in
                    broker.publishToStream(
                        .json(data), info: nil, to: key, size: 5, lifetime: lifetime, loop: loop
                    ) {
                        continuation.resume(returning: $0)
                    }
                }
                positions.append(try #require(position))
            }
            return positions
        }
    }

    private func history(
        of key: ChannelKey, since: UInt64?, limit: Int, reverse: Bool = false, on broker: any Broker,
        _ loop: EventLoop
    ) async throws -> StreamHistory {
        let found = try await loop.perform {
            await withCheckedContinuation { continuation in
                broker.history(of: key, since: since, limit: limit, reverse: reverse, loop: loop) {
                    continuation.resume(returning: $0)
                }
            }
        }
        return try #require(found)
    }

    private func numbersStreams() async throws {
        let broker = try await make()
        let loop = try EventLoop(index: 0, label: "test")
        let sink = Sink()
        try await loop.perform { broker.join(key(stream), loop: loop, sink: sink) }
        if isRemote { await sink.untilJoined() }
        let positions = try await publish(7, to: key(stream), on: broker, loop, lifetime: .seconds(3600))
        await sink.until(7)
        #expect(positions.map(\.offset) == Array(1...7))
        #expect(Set(positions.map(\.epoch)).count == 1)
        #expect(sink.offsets(of: key(stream)) == Array(1...7))
    }

    private func boundsHistory() async throws {
        let broker = try await make()
        let loop = try EventLoop(index: 0, label: "test")
        _ = try await publish(8, to: key(stream), on: broker, loop, lifetime: .seconds(3600))
        let found = try await history(of: key(stream), since: nil, limit: 100, on: broker, loop)
        #expect(found.publications.map(\.offset) == [4, 5, 6, 7, 8])
        #expect(found.position.offset == 8)
    }

    private func readsBothWays() async throws {
        let broker = try await make()
        let loop = try EventLoop(index: 0, label: "test")
        _ = try await publish(5, to: key(stream), on: broker, loop, lifetime: .seconds(3600))
        let forward = try await history(of: key(stream), since: 2, limit: 2, on: broker, loop)
        #expect(forward.publications.map(\.offset) == [3, 4])
        let backward = try await history(of: key(stream), since: 4, limit: 2, reverse: true, on: broker, loop)
        #expect(backward.publications.map(\.offset) == [3, 2])
        #expect(
            try await history(of: key(stream), since: nil, limit: 0, on: broker, loop).publications.isEmpty)
    }

    private func forgets() async throws {
        let broker = try await make()
        let loop = try EventLoop(index: 0, label: "test")
        _ = try await publish(3, to: key(stream), on: broker, loop, lifetime: .zero)
        let found = try await history(of: key(stream), since: nil, limit: 10, on: broker, loop)
        #expect(found.publications.isEmpty)
        #expect(found.position.offset == 3)
    }
}
