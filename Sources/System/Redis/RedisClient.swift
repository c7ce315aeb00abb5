package import EventLoop

/// Commands to one server or to a cluster, which look the same from here.
///
/// Confined to its loop, and closed before it is let go. Replies come in any order only when keys belong to different nodes; commands to one node are
/// answered, and run, in the order of their calls while its connection lasts.
package protocol RedisClient: AnyObject {
    /// The loop that owns the client.
    var loop: EventLoop { get }
    /// Whether a command would be sent at once.
    var isOpen: Bool { get }
    /// Why there is no connection; `nil` when all went well since.
    var lastError: RedisError? { get }
    /// What was done so far.
    var totals: RedisTotals { get }

    /// Begins to connect, and does so again whenever the connection is lost, until ``close()``.
    func start()

    /// Ends all connections for good; commands in flight fail with `maybeExecuted`.
    func close()

    /// Sends a command.
    ///
    /// Without a connection it waits in line, as many as allowed and as long as allowed. In flight when the connection
    /// breaks, it fails with ``RedisError/disconnected(maybeExecuted:)`` and is never sent twice.
    ///
    /// - Parameters:
    ///   - command: The command.
    ///   - then: Called once, on the loop, never before this returns. An error reply is a failure.
    func command(_ command: RedisCommand, then: @escaping (Result<RedisValue, RedisError>) -> Void)
}

extension RedisClient {
    /// Runs a script: by its name, and by its text when the server does not have it.
    ///
    /// A server that lost the script runs what was called later perhaps earlier.
    ///
    /// - Parameters:
    ///   - script: The script.
    ///   - keys: What it reads and writes, `KEYS[1]` first; in a cluster all of one slot.
    ///   - arguments: `ARGV`.
    ///   - then: Called once, on the loop, never before this returns.
    package func script(
        _ script: RedisScript, keys: [RedisArgument], arguments: [RedisArgument] = [],
        then: @escaping (Result<RedisValue, RedisError>) -> Void
    ) {
        command(script.byDigest(keys: keys, arguments: arguments)) { [weak self] result in
            guard case .failure(.server(.noScript)) = result, let self else { return then(result) }
            command(script.byText(keys: keys, arguments: arguments), then: then)
        }
    }

    /// Sends a message to a channel's subscribers.
    ///
    /// - Parameters:
    ///   - payload: The bytes, which arrive as they are.
    ///   - channel: The channel.
    ///   - kind: The kind that it was subscribed as.
    ///   - then: Told how many subscribers of that node took it.
    package func publish(
        _ payload: [UInt8], to channel: String, kind: RedisChannelKind = .sharded,
        then: @escaping (Result<Int, RedisError>) -> Void
    ) {
        let name = RedisArgument(channel)
        let message = RedisCommand(
            kind.publishWord, [name, RedisArgument(payload)], key: kind == .sharded ? name : nil)
        command(message) { result in then(result.map { Int($0.integer ?? 0) }) }
    }

    /// Sends a command and awaits its reply; for what is not on a hot path.
    ///
    /// Called, and returns, on the loop.
    @discardableResult
    package func run(_ command: RedisCommand) async throws(RedisError) -> RedisValue {
        try await withCheckedContinuation { continuation in
            self.command(command) { continuation.resume(returning: $0) }
        }.get()
    }
}

/// The two kinds of channels.
///
/// They share no names: a message to one kind never reaches the other.
package enum RedisChannelKind: Sendable {
    /// A channel of one slot: its messages stay on that slot's node (Redis 7, "Sharded Pub/Sub").
    case sharded
    /// A channel of the whole cluster: every message crosses every node.
    case plain

    var publishWord: String { self == .sharded ? "SPUBLISH" : "PUBLISH" }
    var subscribeWord: String { self == .sharded ? "SSUBSCRIBE" : "SUBSCRIBE" }
    var unsubscribeWord: String { self == .sharded ? "SUNSUBSCRIBE" : "UNSUBSCRIBE" }
}

/// Subscriptions at one server or in a cluster, which look the same from here.
///
/// Confined to its loop, and closed before it is let go. A subscription lasts until it is unsubscribed: whatever ends it meanwhile, it comes back, and
/// the delegate hears of both.
package protocol RedisPubSub: AnyObject {
    /// The loop that owns the subscriber.
    var loop: EventLoop { get }
    /// Hears of messages and of gaps.
    var delegate: (any RedisPubSubDelegate)? { get set }
    /// Whether every node that matters is connected.
    var isOpen: Bool { get }
    /// Channels that are subscribed, or on their way to be.
    var channelCount: Int { get }
    /// Why there is no connection; `nil` when all went well since.
    var lastError: RedisError? { get }
    /// What was done so far.
    var totals: RedisTotals { get }

    /// Begins to connect, and does so again whenever the connection is lost, until ``close()``.
    func start()

    /// Ends all subscriptions and connections for good.
    func close()

    /// Subscribes to a channel.
    ///
    /// - Parameters:
    ///   - channel: The channel.
    ///   - then: Called once, on the loop, never before this returns: after the server's confirmation, from which on no
    ///     message is missed; or when the server refused, the bound of channels is reached or
    ///     `RedisSettings.commandTimeout` passed. After a failure there is no subscription.
    func subscribe(_ channel: String, then: @escaping (Result<Void, RedisError>) -> Void)

    /// Ends a subscription; the delegate hears of no further message at once.
    func unsubscribe(_ channel: String)
}

/// Hears of a subscriber's messages and gaps, on its loop.
package protocol RedisPubSubDelegate: AnyObject {
    /// A message came.
    func didReceive(_ payload: [UInt8], on channel: String)

    /// From now on messages of these channels may be missing.
    func didLose(_ channels: [String])

    /// From now on no message of these channels is missing; each was lost before.
    func didResume(_ channels: [String])
}
