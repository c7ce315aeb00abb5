import EventLoop
import Foundation
import LiveHub
import Logging
import Redis
import Sockets
import Synchronization
import Telemetry
import TestKit
import Testing

/// A Redis of this test process alone, and brokers that use it.
final class RedisRig: Sendable {
    let settings: RedisSettings
    /// Keeps the servers alive.
    private let servers: [PrivateRedis]

    private init(settings: RedisSettings, servers: [PrivateRedis]) {
        var settings = settings
        settings.backoff = Backoff(base: .milliseconds(5), limit: .milliseconds(100))
        self.settings = settings
        self.servers = servers
    }

    private static let lane = WorkLane(label: "test-redis", width: 1, backlog: 100)
    private static let folders = Atomic<Int>(0)
    private static let single = Shared()
    private static let cluster = Shared()

    /// One server for all tests.
    static func shared() async throws -> RedisRig { try await single.get { try await RedisRig.start() } }

    /// Three masters for all tests.
    static func sharedCluster() async throws -> RedisRig {
        try await cluster.get {
            let cluster = try await onLane { try PrivateRedisCluster.start(options()) }
            let loop = try EventLoop(index: 0, label: "test-redis")
            try await loop.perform { try await cluster.form(on: loop) }
            return RedisRig(settings: cluster.settings, servers: cluster.servers)
        }
    }

    /// A server of its own, for a test that harms it.
    static func start(_ change: (inout PrivateRedis.Options) -> Void = { _ in }) async throws -> RedisRig {
        var options = options()
        change(&options)
        let chosen = options
        let server = try await onLane { try PrivateRedis.start(chosen) }
        return RedisRig(settings: server.settings, servers: [server])
    }

    /// Ends the servers without warning.
    func kill() async { _ = await RedisRig.lane.run { [servers] in for server in servers { server.kill() } } }

    private static func onLane<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws
        -> Value
    {
        guard let result = await lane.run({ Result { try body() } }) else { throw CancellationError() }
        return try result.get()
    }

    private static func options() -> PrivateRedis.Options {
        let number = folders.add(1, ordering: .relaxed).newValue
        return PrivateRedis.Options(folder: "/tmp/cohort-tests-\(getpid())-broker-\(number)")
    }

    // MARK: Brokers

    /// A node's broker on a loop of its own, connected.
    func broker() async throws -> RedisBroker {
        let loop = try EventLoop(index: 0, label: "test-broker")
        return try await loop.perform { try await self.broker(on: loop) }
    }

    /// A node's broker on `loop`; called there, returns once Redis is reached.
    func broker(
        on loop: EventLoop, metrics: Metrics = Metrics(), logger: Logger = Log.silent
    ) async throws -> RedisBroker {
        let context = StreamContext(loop: loop)
        let broker = RedisBroker(
            loop: loop, settings: settings, dialer: .tcp(context: context), metrics: metrics, logger: logger)
        await withCheckedContinuation { continuation in
            var waiter: CheckedContinuation<Void, Never>? = continuation
            broker.start { isReachable in
                guard isReachable else { return }
                waiter?.resume()
                waiter = nil
            }
        }
        return broker
    }

    /// Somebody who speaks with the same Redis and is no node.
    func client(on loop: EventLoop) -> any RedisClient {
        let dialer = RedisDialer.tcp(context: StreamContext(loop: loop))
        return settings.isCluster
            ? RedisCluster(loop: loop, settings: settings, dialer: dialer)
            : RedisNode(loop: loop, settings: settings, dialer: dialer)
    }

    /// Something that is made once, by the first who asks.
    private actor Shared {
        private var task: Task<RedisRig, any Error>?

        func get(_ make: @escaping @Sendable () async throws -> RedisRig) async throws -> RedisRig {
            let task = task ?? Task { try await make() }
            self.task = task
            return try await task.value
        }
    }
}

extension EventLoop {
    /// Looks at a condition until it holds, at each tick of the timers; called on the loop.
    func until(
        _ what: Comment, atMost limit: Duration = .seconds(20), _ condition: () -> Bool,
        at location: SourceLocation = #_sourceLocation
    ) async throws {
        let deadline = now + limit
        while !condition() {
            try #require(now < deadline, what, sourceLocation: location)
            await withCheckedContinuation { continuation in
                schedule(after: .zero) { continuation.resume() }
            }
        }
    }
}
