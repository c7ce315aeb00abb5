import EventLoop
import Foundation
@testable import Redis
import Sockets
import Synchronization
import TestKit
import Testing

/// Servers are started and stopped here, since that blocks.
let servers = WorkLane(label: "test-redis", width: 2, backlog: 256)

private let folders = Atomic<Int>(0)

/// Runs `body` on a fresh loop.
@discardableResult
func onLoop<Value: Sendable>(
    _ body: @escaping @Sendable (Place) async throws -> Value
) async throws -> Value {
    let loop = try EventLoop(index: 0, label: "test")
    return try await loop.perform { try await body(Place(loop: loop)) }
}

/// A loop and what connects from it.
struct Place {
    let loop: EventLoop
    let dialer: RedisDialer

    init(loop: EventLoop) {
        self.loop = loop
        dialer = .tcp(context: StreamContext(loop: loop))
    }

    /// Looks at a condition until it holds, at each tick of the loop's timers.
    func until(
        _ what: Comment, atMost limit: Duration = .seconds(20), _ condition: () -> Bool,
        at location: SourceLocation = #_sourceLocation
    ) async throws {
        let deadline = loop.now + limit
        while !condition() {
            try #require(loop.now < deadline, what, sourceLocation: location)
            await withCheckedContinuation { continuation in
                loop.schedule(after: .zero) { continuation.resume() }
            }
        }
    }
}

/// Runs `body` on a fresh loop with a server of its own, which is gone afterwards, its folder too.
@discardableResult
func withServer<Value: Sendable>(
    configure: @Sendable (inout PrivateRedis.Options) -> Void = { _ in },
    _ body: @escaping @Sendable (PrivateRedis, Place) async throws -> Value
) async throws -> Value {
    var options = PrivateRedis.Options(folder: freshFolder())
    configure(&options)
    let chosen = options
    defer { try? FileManager.default.removeItem(atPath: chosen.folder) }
    let server = try await start(chosen)
    do {
        let value = try await onLoop { try await body(server, $0) }
        _ = await servers.run { server.kill() }
        return value
    } catch {
        _ = await servers.run { server.kill() }
        throw error
    }
}

func start(_ options: PrivateRedis.Options) async throws -> PrivateRedis {
    try #require(await servers.run { Result { try PrivateRedis.start(options) } }).get()
}

func freshFolder() -> String {
    "/tmp/cohort-tests-\(getpid())-redis-\(folders.add(1, ordering: .relaxed).newValue)"
}

extension RedisSettings {
    /// The settings with limits that a test can wait for.
    func hasty(_ change: (inout RedisSettings) -> Void = { _ in }) -> RedisSettings {
        var hasty = self
        hasty.backoff = Backoff(base: .milliseconds(5), limit: .milliseconds(100))
        change(&hasty)
        return hasty
    }
}

/// A result that is given once and awaited once, in either order.
///
/// Confined to one loop.
final class Answer<Value> {
    private(set) var result: Result<Value, RedisError>?
    private var waiter: CheckedContinuation<Void, Never>?

    var isGiven: Bool { result != nil }

    func give(_ result: Result<Value, RedisError>) {
        precondition(self.result == nil, "told twice")
        self.result = result
        waiter?.resume()
        waiter = nil
    }

    func value() async throws(RedisError) -> Value {
        if result == nil { await withCheckedContinuation { waiter = $0 } }
        guard let result else { throw .closed }
        return try result.get()
    }

    /// The error; `nil` when there is a value.
    func error() async -> RedisError? {
        do throws(RedisError) {
            _ = try await value()
            return nil
        } catch {
            return error
        }
    }
}

extension RedisClient {
    /// Sends a command; the caller awaits the returned answer later, so that several are in flight.
    func begin(_ name: String, _ arguments: RedisArgument..., key: RedisArgument? = nil) -> Answer<RedisValue>
    {
        let answer = Answer<RedisValue>()
        command(RedisCommand(name, arguments, key: key)) { answer.give($0) }
        return answer
    }

    /// Sends a command whose first argument is its key, and awaits its reply.
    @discardableResult
    func ask(_ name: String, _ arguments: RedisArgument...) async throws(RedisError) -> RedisValue {
        try await run(RedisCommand(name, arguments, key: arguments.first))
    }
}

extension RedisPubSub {
    func begin(_ channel: String) -> Answer<Void> {
        let answer = Answer<Void>()
        subscribe(channel) { answer.give($0) }
        return answer
    }
}

/// Notes what a subscriber tells.
final class Listening: RedisPubSubDelegate {
    var messages: [String] = []
    var lost: [String] = []
    var resumed: [String] = []

    func didReceive(_ payload: [UInt8], on channel: String) {
        messages.append("\(channel): \(String(decoding: payload, as: UTF8.self))")
    }
    func didLose(_ channels: [String]) { lost += channels }
    func didResume(_ channels: [String]) { resumed += channels }
}

/// Notes what a connection tells.
final class Owner: RedisConnectionOwner {
    var isOpen = false
    var error: RedisError?

    func connectionDidOpen(_ connection: RedisConnection) { isOpen = true }
    func connectionDidClose(_ connection: RedisConnection, _ error: RedisError) { self.error = error }
}

/// A stream without a socket: what is sent is noted, what is to be received is handed in.
final class MemoryStream: ByteStream {
    var handler: (any StreamHandler)?
    var sent: [UInt8] = []
    var isClosed = false
    var queuedBytes: Int { 0 }
    var isPatient = false
    var isSecure: Bool { false }
    var peer: SocketAddress? { nil }

    func send(_ bytes: [UInt8]) -> Bool {
        sent += bytes
        return !isClosed
    }

    func receive(_ bytes: [UInt8]) {
        var bytes = bytes
        bytes.withUnsafeMutableBytes { handler?.streamDidReceive($0) }
    }

    func pauseReading() {}
    func resumeReading() {}
    func finish(within limit: Duration) { close() }
    func close() {
        isClosed = true
        let told = handler
        handler = nil
        told?.streamDidClose(.finished)
    }
}
