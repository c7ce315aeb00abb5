package import EventLoop
package import LiveProtocol
import Synchronization

/// The broker of a single node: everything stays in this process.
package final class MemoryBroker: Broker {
    private struct State {
        var interests = Interests()
        var streams: [ChannelKey: MemoryStream] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    package func join(_ key: ChannelKey, loop: EventLoop, sink: any BrokerSink) {
        state.withLock { _ = $0.interests.add(key, loop: loop, sink: sink) }
    }

    package func leave(_ key: ChannelKey, loop: EventLoop) {
        state.withLock { _ = $0.interests.remove(key, loop: loop) }
    }

    package func publish(_ publication: ChannelPublication, to key: ChannelKey) {
        state.withLock { $0.interests[key] }.carry(publication)
    }

    package func publishHere(_ publication: ChannelPublication, to key: ChannelKey) {
        publish(publication, to: key)
    }

    package func publishToStream(
        _ data: Payload, info: ClientInfo?, tags: [String: String], to key: ChannelKey, size: Int,
        lifetime: Duration, loop: EventLoop,
        then: @escaping (StreamPosition?) -> Void
    ) {
        let now = ContinuousClock.now
        // Carried within the lock, so that every loop's queue receives a stream's publications in their order.
        let position = state.withLock { state in
            var stream = state.streams[key] ?? MemoryStream(now: now)
            let publication = stream.append(
                data, info: info, tags: tags, size: size, lifetime: lifetime, now: now)
            state.streams[key] = stream
            state.interests[key].carry(publication)
            return stream.position
        }
        then(position)
    }

    package func history(
        of key: ChannelKey, since: UInt64?, limit: Int, reverse: Bool, loop: EventLoop,
        then: @escaping (StreamHistory?) -> Void
    ) {
        let now = ContinuousClock.now
        let history = state.withLock { state in
            var stream = state.streams[key] ?? MemoryStream(now: now)
            let found = stream.read(since: since, limit: limit, reverse: reverse, now: now)
            state.streams[key] = stream
            return found
        }
        then(history)
    }
}
