import EventLoop
import JSON
import LiveProtocol
import Redis
import Telemetry

/// Stream channels: offsets, history and publication in one step of Redis.
extension RedisBrokerCore {
    /// Publishes; when the connection breaks meanwhile, once more under the same key, so that it counts once.
    func publishToStream(
        _ data: Payload, info: ClientInfo?, tags: [String: String], to key: ChannelKey, size: Int,
        lifetime: Duration, then: @escaping (StreamPosition?) -> Void
    ) {
        let topic = Topic(of: key)
        let keys: [RedisArgument] = [
            RedisArgument(topic.key("meta", key.name)), RedisArgument(topic.key("stream", key.name)),
            RedisArgument(topic.key("once", String(UInt64.random(in: .min ... .max), radix: 36))),
        ]
        let head = CarriedFrame.streamHead(in: key, from: node, at: WallTime.milliseconds())
        let arguments: [RedisArgument] = [
            RedisArgument(RedisBrokerCore.newEpoch()), RedisArgument(size),
            RedisArgument(lifetime.wholeMilliseconds), RedisArgument(topic.name), RedisArgument(head),
            RedisArgument(CarriedFrame.tail(info, data, tags: tags)),
            RedisArgument(kind == .plain ? "PUBLISH" : "SPUBLISH"),
            RedisArgument(StreamScripts.metaLifetime), RedisArgument(StreamScripts.keyLifetime),
        ]
        publishToStream(keys, arguments, isRepeated: false, then: then)
    }

    private func publishToStream(
        _ keys: [RedisArgument], _ arguments: [RedisArgument], isRepeated: Bool,
        then: @escaping (StreamPosition?) -> Void
    ) {
        client.script(StreamScripts.publish, keys: keys, arguments: arguments) { [self] result in
            switch result {
            case .success(let reply): then(RedisBrokerCore.position(reply))
            case .failure(.disconnected) where !isRepeated:
                publishToStream(keys, arguments, isRepeated: true, then: then)
            case .failure:
                meters.dropped.with("failed").add()
                then(nil)
            }
        }
    }

    func history(
        of key: ChannelKey, since: UInt64?, limit: Int, reverse: Bool,
        then: @escaping (StreamHistory?) -> Void
    ) {
        let topic = Topic(of: key)
        let (first, last): (String, String) =
            switch (since, reverse) {
            case (nil, false): ("-", "+")
            case (nil, true): ("+", "-")
            case (let since?, false): ("(\(since)-0", "+")
            case (let since?, true): ("(\(since)-0", "-")
            }
        client.script(
            StreamScripts.history,
            keys: [RedisArgument(topic.key("meta", key.name)), RedisArgument(topic.key("stream", key.name))],
            arguments: [
                RedisArgument(RedisBrokerCore.newEpoch()), RedisArgument(first), RedisArgument(last),
                RedisArgument(max(0, limit)), RedisArgument(reverse ? 1 : 0),
                RedisArgument(StreamScripts.metaLifetime),
            ]
        ) { result in
            guard case .success(let reply) = result, let position = RedisBrokerCore.position(reply),
                let entries = reply.elements?[2].elements
            else { return then(nil) }
            let found = entries.compactMap { RedisBrokerCore.publication($0, epoch: position.epoch) }
            then(StreamHistory(position: position, publications: found))
        }
    }

    private static func newEpoch() -> String {
        String(String(UInt64.random(in: .min ... .max), radix: 36).prefix(8))
    }

    /// Reads the offset and the epoch at the front of a script's reply.
    private static func position(_ reply: RedisValue) -> StreamPosition? {
        guard let parts = reply.elements, parts.count >= 3, let offset = parts[0].integer,
            let epoch = parts[1].text
        else { return nil }
        return StreamPosition(offset: UInt64(clamping: offset), epoch: epoch)
    }

    /// Reads one entry of a Redis Stream: its id, and the field `d`.
    private static func publication(_ entry: RedisValue, epoch: String) -> ChannelPublication? {
        guard let parts = entry.elements, parts.count == 2, let id = parts[0].text,
            let offset = UInt64(id.prefix { $0 != "-" }), let fields = parts[1].elements, fields.count == 2,
            let bytes = fields[1].bytes, let body = try? CarriedFrame.body(bytes.dropFirst())
        else { return nil }
        return ChannelPublication(
            Publication(data: body.data, offset: offset, info: body.info, tags: body.tags), epoch: epoch)
    }
}
