package import EventLoop
package import LiveProtocol
package import Logging
package import Redis
package import Telemetry

/// The broker of a node among others: Redis pub/sub carries between nodes, and keeps streams.
///
/// What a node publishes to a log or ephemeral channel reaches its own loops at once, and the other nodes through
/// Redis; what comes back from Redis to its sender is dropped. So a node without Redis still serves its own
/// members, and the log's watch brings the rest. Streams get their order from Redis, and reach everybody through it.
package final class RedisBroker: Broker, NodeBus {
    package let node: NodeID
    package let isAlone = false
    private let interests = SharedInterests()
    private let core: LoopBound<RedisBrokerCore>

    /// Makes the node's broker; called on `loop`.
    ///
    /// - Parameters:
    ///   - loop: The loop of the connections: best the log's, which publishes most.
    ///   - settings: The server or cluster.
    ///   - dialer: Opens its streams.
    ///   - metrics: Where it counts.
    ///   - logger: Where it tells what is wrong.
    package init(
        loop: EventLoop, settings: RedisSettings, dialer: RedisDialer, metrics: Metrics,
        logger: Logger = Log.logger("broker")
    ) {
        node = NodeID()
        core = LoopBound(
            RedisBrokerCore(
                node: node, loop: loop, settings: settings, dialer: dialer, interests: interests,
                meters: RedisBrokerMeters(metrics), logger: logger), loop: loop)
    }

    /// Begins to connect; called on the broker's loop.
    ///
    /// - Parameter observe: Called on that loop whenever Redis becomes reachable or ceases to be.
    package func start(observe: @escaping (_ isReachable: Bool) -> Void) {
        core.value.start(observe: observe)
    }

    /// Ends the connections; called on the broker's loop.
    package func close() { core.value.close() }

    /// Sends a probe through every shard and says what was heard of those before; called on the broker's loop, about once
    /// a second.
    package func probe() -> Hearing { core.value.probe() }

    // MARK: Broker

    package func join(_ key: ChannelKey, loop: EventLoop, sink: any BrokerSink) {
        guard interests.withTable({ $0.add(key, loop: loop, sink: sink) }) else { return }
        core.loop.execute { [core] in core.value.follow(key) }
    }

    package func leave(_ key: ChannelKey, loop: EventLoop) {
        guard interests.withTable({ $0.remove(key, loop: loop) }) else { return }
        core.loop.execute { [core] in core.value.unfollow(key) }
    }

    package func publish(_ publication: ChannelPublication, to key: ChannelKey) {
        interests[key].carry(publication)
        core.loop.execute { [core] in core.value.publish(publication, to: key) }
    }

    package func publishHere(_ publication: ChannelPublication, to key: ChannelKey) {
        interests[key].carry(publication)
    }

    package func publishToStream(
        _ data: Payload, info: ClientInfo?, tags: [String: String], to key: ChannelKey, size: Int,
        lifetime: Duration, loop: EventLoop, then: @escaping (StreamPosition?) -> Void
    ) {
        let reply = LoopBound(then, loop: loop)
        core.loop.execute { [core] in
            core.value.publishToStream(data, info: info, tags: tags, to: key, size: size, lifetime: lifetime)
            {
                position in
                loop.execute { reply.value(position) }
            }
        }
    }

    package func history(
        of key: ChannelKey, since: UInt64?, limit: Int, reverse: Bool, loop: EventLoop,
        then: @escaping (StreamHistory?) -> Void
    ) {
        let reply = LoopBound(then, loop: loop)
        core.loop.execute { [core] in
            core.value.history(of: key, since: since, limit: limit, reverse: reverse) { history in
                loop.execute { reply.value(history) }
            }
        }
    }

    // MARK: NodeBus

    package func tell(_ message: NodeMessage, to audience: NodeAudience) {
        core.loop.execute { [core] in core.value.tell(message, to: audience) }
    }

    package func listen(
        to kind: NodeMessage.Kind, on loop: EventLoop, _ handler: @escaping NodeListener
    ) {
        let listener = LoopBound(handler, loop: loop)
        core.loop.execute { [core] in core.value.listen(to: kind, listener) }
    }
}
