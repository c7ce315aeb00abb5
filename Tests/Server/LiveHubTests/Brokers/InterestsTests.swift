import EventLoop
@testable import LiveHub
import Postgres
import Synchronization
import TestKit
import Testing

/// Notes for which channels something was carried.
private final class NotingSink: BrokerSink {
    private let names = Mutex<[String]>([])

    var heard: [String] { names.withLock { $0 } }

    func brokerDidCarry(_ publication: ChannelPublication, to key: ChannelKey) {
        names.withLock { $0.append(key.name) }
    }

    func brokerMayHaveMissed(_ key: ChannelKey) { names.withLock { $0.append(key.name + "?") } }
}

struct `Interests of loops` {
    private let loops: [EventLoop]
    private let sinks = (0..<3).map { _ in NotingSink() }

    init() throws { loops = try (0..<3).map { try EventLoop(index: $0, label: "interests \($0)") } }

    private func key(_ name: String) -> ChannelKey {
        ChannelKey(institution: TenantID(rawValue: 1), name: name)
    }

    private func add(_ loop: Int, _ name: String, to interests: inout Interests) -> Bool {
        interests.add(key(name), loop: loops[loop], sink: sinks[loop])
    }

    /// Has something carried, and waits until every loop has had the time for it.
    private func carry(_ name: String, _ interests: Interests) async throws {
        interests[key(name)].mayHaveMissed()
        for loop in loops { try await loop.perform {} }
    }

    @Test func `say which loop is a channel's first and which its last`() {
        var interests = Interests()
        #expect(add(0, "a", to: &interests))
        let others = [add(1, "a", to: &interests), add(2, "a", to: &interests)]
        let isNew = add(0, "b", to: &interests)
        #expect(others == [false, false] && isNew)
        let left = [0, 2, 1].map { interests.remove(key("a"), loop: loops[$0]) }
        #expect(left == [false, false, true])
        let isGone = interests.remove(key("a"), loop: loops[0])
        #expect(!isGone)
    }

    @Test func `carry to each loop once, however often it joined`() async throws {
        var interests = Interests()
        for loop in [1, 0, 1, 1, 0] { _ = add(loop, "a", to: &interests) }
        _ = add(2, "b", to: &interests)
        try await carry("a", interests)
        #expect(sinks.map(\.heard) == [["a?"], ["a?"], []])
    }

    @Test func `go on with those that are left`() async throws {
        var interests = Interests()
        for loop in 0..<3 { _ = add(loop, "a", to: &interests) }
        _ = interests.remove(key("a"), loop: loops[0])
        try await carry("a", interests)
        _ = interests.remove(key("a"), loop: loops[2])
        try await carry("a", interests)
        _ = interests.remove(key("a"), loop: loops[1])
        try await carry("a", interests)
        #expect(sinks.map(\.heard) == [[], ["a?", "a?"], ["a?"]])
    }

    @Test func `know nothing of a loop that was never there`() {
        var interests = Interests()
        _ = add(0, "a", to: &interests)
        let wasLast = interests.remove(key("a"), loop: loops[1])
        #expect(!wasLast)
        let isFirst = add(2, "a", to: &interests)
        #expect(!isFirst)
    }
}
