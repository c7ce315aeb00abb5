import EventLoop
import JSON
import LiveProtocol
import Logging
import Postgres
import Redis
import Sockets
import Synchronization
import Telemetry
import TestKit
import Testing

@testable import LiveHub

/// What the broker does about others in its topics, and about a server that misbehaves.
@Suite(.timeLimit(.minutes(2)))
struct `Redis broker, of what it cannot trust` {
    private let key = ChannelKey(institution: TenantID(rawValue: 3), name: "chat:7")
    private let foreign = ChannelKey(institution: TenantID(rawValue: 4), name: "chat:7")
    private let stranger = NodeID()

    private func event(_ offset: UInt64) -> ChannelPublication {
        ChannelPublication(Publication(data: RawJSON { $0.object { $0.member("x", 1) } }, offset: offset))
    }

    /// Frames that no node of ours would send there, with the reason that each is refused for.
    private var frames: [(reason: CarriedFrameError, bytes: [UInt8])] {
        let good = CarriedFrame.encode(event(1), in: key, from: stranger, at: 1)
        return [
            (.version, Array("2".utf8) + good.dropFirst()),
            (.misplaced, CarriedFrame.encode(event(1), in: foreign, from: stranger, at: 1)),
            (.misplaced, Array("1 p \(stranger) 3 chat:8 1 1 -\n\n{}".utf8)),
            (.tooLong, good + [UInt8](repeating: UInt8(ascii: " "), count: 10 << 20)),
            (.malformed, [0, 255, 13, 254, 36, 42]),
            (.version, [0, 255, 10, 13, 254, 36, 42]),
            (.malformed, []),
            (.malformed, good.dropLast()),
        ]
    }

    @Test(arguments: [false, true])
    func `drops what is foreign in a topic, counts it, tells of it once, and takes the next`(isCluster: Bool)
        async throws
    {
        let redis = try await isCluster ? RedisRig.sharedCluster() : RedisRig.shared()
        let lines = Mutex<[String]>([])
        let sink = LogSink { bytes in lines.withLock { $0.append(String(decoding: bytes, as: UTF8.self)) } }
        let loop = try EventLoop(index: 0, label: "test")
        try await loop.perform {
            let meters = Metrics()
            let broker = try await redis.broker(
                on: loop, metrics: meters, logger: Log.logger("broker", level: .warning, sink: sink))
            let other = try await redis.broker(on: loop)
            let refused = RedisBrokerMeters(meters).refused
            let members = BrokerConformance.Sink()
            broker.join(key, loop: loop, sink: members)
            broker.join(foreign, loop: loop, sink: members)
            await members.untilJoined()
            let kind = redis.settings.isCluster ? RedisChannelKind.sharded : .plain
            let outsider = redis.client(on: loop)
            for frame in frames {
                outsider.publish(frame.bytes, to: Topic(of: key).name, kind: kind) { result in
                    if case .failure(let error) = result { Issue.record("not sent: \(error)") }
                }
            }
            try await loop.until("all are refused") {
                CarriedFrameError.allCases.map { refused.with($0.rawValue).value }.reduce(0, +)
                    == UInt64(frames.count)
            }
            for reason in CarriedFrameError.allCases {
                #expect(refused.with(reason.rawValue).value == UInt64(frames.count { $0.reason == reason }))
            }
            other.publish(event(8), to: key)
            try await loop.until("the next is there") { !members.offsets(of: key).isEmpty }
            #expect(members.offsets(of: key) == [8])
            #expect(members.offsets(of: foreign).isEmpty)
            broker.close()
            other.close()
            outsider.close()
        }
        sink.flush()
        #expect(lines.withLock { $0.count { $0.contains("is not believed") } } == 1)
    }

    @Test(arguments: MoodyRedis.Mood.allCases.filter { $0 != .good })
    func `loses what a bad server does not take, says so, and is whole with a good one at its port`(
        mood: MoodyRedis.Mood
    ) async throws {
        let loop = try EventLoop(index: 0, label: "test")
        let rig = try await loop.perform {
            let bad = try MoodyRedis(on: loop)
            var settings = RedisSettings(endpoint: bad.endpoint)
            settings.backoff = Backoff(base: .milliseconds(5), limit: .milliseconds(100))
            settings.connectTimeout = .milliseconds(500)
            settings.commandTimeout = .milliseconds(500)
            settings.pingInterval = .milliseconds(200)
            let metrics = Metrics()
            let dropped = RedisBrokerMeters(metrics).dropped
            let broker = RedisBroker(
                loop: loop, settings: settings, dialer: .tcp(context: StreamContext(loop: loop)),
                metrics: metrics, logger: Log.silent)
            var told: [Bool] = []
            broker.start { told.append($0) }
            let members = BrokerConformance.Sink()
            broker.join(key, loop: loop, sink: members)
            await members.untilJoined()
            try await loop.until("it is reachable") { told == [true] }

            bad.mood = mood
            var last: UInt64 = 0
            func say() {
                last += 1
                broker.publish(event(last), to: key)
            }
            try await loop.until("some are lost, and counted") {
                say()
                let failed = dropped.with("failed").value
                return failed > 0 && failed + dropped.with("unreachable").value >= 3
            }
            if mood.cutsOff {
                try await loop.until("it says that Redis is not reachable") { told.last == false }
                let before = dropped.with("unreachable").value
                say()
                try await loop.until("nothing waits for Redis") { dropped.with("unreachable").value > before }
            }
            // Members of this node have missed nothing, and have waited for nothing.
            let all = last
            try await loop.until("its own members have all") { members.offsets(of: key).count == all }
            #expect(members.offsets(of: key) == Array(1...last))

            bad.close()
            let port = bad.endpoint.port
            let good = try await RedisRig.start { $0.port = port }
            let other = try await good.broker(on: loop)
            let elsewhere = BrokerConformance.Sink()
            other.join(key, loop: loop, sink: elsewhere)
            await elsewhere.untilJoined()
            try await loop.until("what it says arrives") {
                say()
                return !elsewhere.offsets(of: key).isEmpty
            }
            var answers: UInt64 = 1 << 32
            try await loop.until("it hears what others say") {
                answers += 1
                other.publish(event(answers), to: key)
                return members.offsets(of: key).contains { $0 > 1 << 32 }
            }
            try await loop.until("it says that Redis is reachable") { told.last == true }
            #expect(told.count { !$0 } >= (mood.cutsOff ? 1 : 0))
            broker.close()
            other.close()
            return good
        }
        await rig.kill()
    }
}
