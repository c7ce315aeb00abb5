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
    private let suite = BrokerConformance { MemoryBroker() }

    @Test func `carries to every loop that has joined, and only there`() async throws {
        try await suite.carries()
    }
    @Test func `carries nothing after leaving`() async throws { try await suite.leaves() }
    @Test func `keeps institutions apart`() async throws { try await suite.separatesInstitutions() }
    @Test func `numbers a stream without a hole`() async throws { try await suite.numbersStreams() }
    @Test func `keeps a stream's history within its size`() async throws { try await suite.boundsHistory() }
    @Test func `reads history both ways`() async throws { try await suite.readsBothWays() }
    @Test func `forgets history that has outlived its lifetime, but not the position`() async throws {
        try await suite.forgets()
    }
}

/// The suite itself.
struct BrokerConformance {
    let make: @Sendable () -> any Broker

    private final class Sink: BrokerSink {
        private let seen = Mutex<[(ChannelKey, UInt64)]>([])

        func brokerDidCarry(_ publication: ChannelPublication, to key: ChannelKey) {
            seen.withLock { $0.append((key, publication.offset)) }
        }

        func offsets(of key: ChannelKey) -> [UInt64] {
            seen.withLock { $0.filter { $0.0 == key }.map(\.1) }
        }
    }

    private func key(_ name: String, institution: Int64 = 1) -> ChannelKey {
        ChannelKey(institution: TenantID(rawValue: institution), name: name)
    }

    private let data = RawJSON { $0.object { $0.member("x", 1) } }

    private func event(_ offset: UInt64) -> ChannelPublication {
        ChannelPublication(Publication(data: data, offset: offset))
    }

    func carries() async throws {
        let broker = make()
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

    func leaves() async throws {
        let broker = make()
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

    func separatesInstitutions() async throws {
        let broker = make()
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
                    broker.publishToStream(data, info: nil, to: key, size: 5, lifetime: lifetime, loop: loop)
                    {
                        continuation.resume(returning: $0)
                    }
                }
                positions.append(position)
            }
            return positions
        }
    }

    private func history(
        of key: ChannelKey, since: UInt64?, limit: Int, reverse: Bool = false, on broker: any Broker,
        _ loop: EventLoop
    ) async throws -> StreamHistory {
        try await loop.perform {
            await withCheckedContinuation { continuation in
                broker.history(of: key, since: since, limit: limit, reverse: reverse, loop: loop) {
                    continuation.resume(returning: $0)
                }
            }
        }
    }

    func numbersStreams() async throws {
        let broker = make()
        let loop = try EventLoop(index: 0, label: "test")
        let sink = Sink()
        try await loop.perform { broker.join(key("s"), loop: loop, sink: sink) }
        let positions = try await publish(7, to: key("s"), on: broker, loop, lifetime: .seconds(3600))
        try await loop.perform {}
        #expect(positions.map(\.offset) == Array(1...7))
        #expect(Set(positions.map(\.epoch)).count == 1)
        #expect(sink.offsets(of: key("s")) == Array(1...7))
    }

    func boundsHistory() async throws {
        let broker = make()
        let loop = try EventLoop(index: 0, label: "test")
        _ = try await publish(8, to: key("s"), on: broker, loop, lifetime: .seconds(3600))
        let found = try await history(of: key("s"), since: nil, limit: 100, on: broker, loop)
        #expect(found.publications.map(\.offset) == [4, 5, 6, 7, 8])
        #expect(found.position.offset == 8)
    }

    func readsBothWays() async throws {
        let broker = make()
        let loop = try EventLoop(index: 0, label: "test")
        _ = try await publish(5, to: key("s"), on: broker, loop, lifetime: .seconds(3600))
        let forward = try await history(of: key("s"), since: 2, limit: 2, on: broker, loop)
        #expect(forward.publications.map(\.offset) == [3, 4])
        let backward = try await history(of: key("s"), since: 4, limit: 2, reverse: true, on: broker, loop)
        #expect(backward.publications.map(\.offset) == [3, 2])
        #expect(try await history(of: key("s"), since: nil, limit: 0, on: broker, loop).publications.isEmpty)
    }

    func forgets() async throws {
        let broker = make()
        let loop = try EventLoop(index: 0, label: "test")
        _ = try await publish(3, to: key("s"), on: broker, loop, lifetime: .zero)
        let found = try await history(of: key("s"), since: nil, limit: 10, on: broker, loop)
        #expect(found.publications.isEmpty)
        #expect(found.position.offset == 3)
    }
}
