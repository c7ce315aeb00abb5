import EventLoop
import JSON
import LiveTestKit
import Postgres
import Synchronization
import Telemetry
import TestKit
import Testing

@testable import Classroom
@testable import LiveHub

struct `Two nodes of one class` {
    /// Two nodes on one bus, with the class loaded on both.
    private static func open(_ bus: TestBus) async throws -> (
        lecture: Lecture, other: Node, there: TestBus.Endpoint
    ) {
        let there = bus.endpoint()
        let lecture = try await Lecture.open(bus: bus.endpoint())
        let other = try await Node.start(lecture.database, bus: there)
        await lecture.withRoom { _ in }
        await lecture.withRoom(on: other) { _ in }
        return (lecture, other, there)
    }

    private func members(_ lecture: Lecture, on node: Node) async -> [String] {
        let list = await lecture.call("teacher", .members, on: node)
        let rows = list["members"]?.array ?? []
        return ["\(list["here"]?.int ?? -1)"]
            + rows.map { "\($0["name"]?.string ?? "") \($0["here"] == true) \($0["since"]?.int ?? 0)" }
    }

    @Test(.timeLimit(.minutes(2)))
    func `counts and lists the same people on both`() async throws {
        let bus = TestBus()
        let (lecture, other, _) = try await Self.open(bus)
        let nodes = [lecture.node, other]
        let counts = try nodes.map { try lecture.listen(.class, on: $0) }
        let staff = try nodes.map { try lecture.listen(.staff, on: $0) }
        for node in nodes { lecture.join("teacher", .staff, on: node) }
        for login in ["teacher", "s0", "s1"] { lecture.join(login, .class) }
        for login in ["s0", "s2"] { lecture.join(login, .class, on: other) }
        for listener in counts {
            #expect(await listener.first { $0["here"]?.int == 4 }["type"] == "class.count")
        }
        let here = await members(lecture, on: lecture.node)
        #expect(here == (await members(lecture, on: other)) && here.first == "4")
        #expect(bus.carried.contains { $0.message.body.text.contains(#""kind":"trips""#) })
        for node in nodes {
            for channel in [ClassChannel.class, .staff] {
                #expect(await lecture.snapshot(channel, on: node).data["here"]?.int == 4)
            }
        }
        for (place, listener) in staff.enumerated() {
            for login in ["teacher", "s0", "s1", "s2"] {
                let user = Int(lecture.user(login))
                _ = await listener.first {
                    $0["type"] == "people.changed"
                        && ($0["joined"]?.array ?? []).contains { $0["id"]?.int == user }
                }
            }
            #expect(listener.heard.filter { $0["type"] == "people.changed" }.count <= 4, "\(place)")
        }
        // Whoever is still on the other node has not gone; each node says what it counts to its own members only.
        lecture.join("s0", .class, leaves: true)
        lecture.join("s2", .class, leaves: true, on: other)
        for listener in counts {
            #expect(await listener.first { $0["here"]?.int == 3 }["type"] == "class.count")
        }
        // The operators add the nodes up, so each speaks for itself.
        let statistics = await lecture.statistics()
        #expect(statistics.map(\.connections) == [2] && statistics.map(\.people) == [2])
    }

    @Test(.timeLimit(.minutes(2)))
    func `finds out what was lost, and lets a dead node's people go`() async throws {
        let bus = TestBus()
        let (lecture, other, there) = try await Self.open(bus)
        let counts = try lecture.listen(.class)
        lecture.join("s0", .class, on: other)
        #expect(await counts.first { $0["here"]?.int == 1 }["type"] == "class.count")
        bus.lose(1)
        lecture.join("s1", .class, on: other)
        #expect(await counts.first { $0["here"]?.int == 2 }["type"] == "class.count")
        bus.cut(there.node)
        let later = WallTime.milliseconds() + ClusterPresence.lease
        await lecture.withRoom { $0.tick(at: later) }
        #expect(await counts.first { $0["here"]?.int == 0 }["type"] == "class.count")
        // Who does not hear the others keeps those who are known, and asks once it hears them.
        bus.join(there.node)
        lecture.node.feature.busDidLose()
        lecture.node.feature.busDidResume()
        #expect(await eventually(2, lecture))
    }

    /// Waits until so many people are counted.
    private func eventually(_ here: Int, _ lecture: Lecture) async -> Bool {
        let clock = ContinuousClock()
        let end = clock.now + .seconds(20)
        while clock.now < end {
            if await lecture.snapshot(.class).data["here"]?.int == here { return true }
            await lecture.nextTick()
        }
        return false
    }

    @Test func `drops and counts what it cannot read`() async throws {
        let bus = TestBus()
        let (lecture, _, there) = try await Self.open(bus)
        let key = "\"institution\":\(lecture.institution.rawValue),\"class\":\(lecture.id)"
        for body in ["[]", "{\(key)}", "{\(key),\"kind\":\"stand\",\"version\":-1}"] {
            there.tell(
                NodeMessage(.presence, try .init(validating: Array(body.utf8))),
                to: .followers(of: ClassChannel.class.key(lecture.id, in: lecture.institution)))
        }
        // A class that is not loaded here, and another institution's class of the same number, mean nothing.
        for body in [
            "{\"institution\":1,\"class\":99999999}",
            "{\"institution\":\(lecture.institution.rawValue + 1),\"class\":\(lecture.id)}",
        ] {
            there.tell(
                NodeMessage(.presence, try .init(validating: Array(body.utf8))), to: .everyone)
        }
        for loop in lecture.node.group.loops { try await loop.perform {} }
        #expect(lecture.node.hub.malformedNodeMessages.value == 3)
    }

    @Test(.timeLimit(.minutes(2)))
    func `count a message once, on the node that it came to`() async throws {
        let bus = TestBus()
        let lecture = try await Lecture.open(bus: bus.endpoint())
        let other = try await Node.start(
            lecture.database, bus: bus.endpoint(), broker: lecture.node.hub.broker)
        await lecture.withRoom(on: other) { _ in }
        let key = Lecture.key()
        for _ in 0..<2 { _ = await lecture.call("s0", .send, #""text":"x""#, key: key) }
        _ = await lecture.call("s1", .send, #""text":"y""#, on: other)
        for (node, login) in [(lecture.node, "s0"), (other, "s1")] {
            let counts = Mutex<[Double]>([])
            await lecture.withRoom(on: node) { room in
                let counted = room.statistics(at: Room.second + 1).messagesPerSecond * 10
                counts.withLock { $0.append(counted) }
            }
            #expect(counts.withLock { $0 } == [1], "\(login)")
        }
    }
}

extension Lecture {
    /// Waits until the class's rooms have ticked.
    fileprivate func nextTick() async {
        let loop = node.group.loop(for: id)
        await withCheckedContinuation { continuation in
            loop.execute { loop.schedule(after: .milliseconds(Room.period)) { continuation.resume() } }
        }
    }
}
