import EventLoop
import JSON
import LiveProtocol
import Logging
import Redis
import Telemetry

/// The broker's connections, and which topics it follows.
///
/// Confined to its loop.
final class RedisBrokerCore {
    let node: NodeID
    let loop: EventLoop
    let interests: SharedInterests
    let meters: RedisBrokerMeters
    let client: any RedisClient
    let kind: RedisChannelKind
    let cluster: RedisCluster?
    var hearing = Hearing()
    private let pubsub: any RedisPubSub
    private let logger: Logger

    private(set) var book = TopicBook()
    private var listeners: [NodeMessage.Kind: [LoopBound<NodeListener>]] = [:]
    private var observe: (Bool) -> Void = { _ in }
    /// `nil` until it was looked at for the first time.
    private var isReachable: Bool?
    private var isClosed = false
    private var complainedAt: ContinuousClock.Instant?

    init(
        node: NodeID, loop: EventLoop, settings: RedisSettings, dialer: RedisDialer,
        interests: SharedInterests, meters: RedisBrokerMeters, logger: Logger
    ) {
        self.node = node
        self.loop = loop
        self.interests = interests
        self.meters = meters
        self.logger = logger
        if settings.isCluster {
            let cluster = RedisCluster(loop: loop, settings: settings, dialer: dialer)
            client = cluster
            self.cluster = cluster
            kind = .sharded
            pubsub = RedisClusterSubscriber(cluster: cluster)
        } else {
            client = RedisNode(loop: loop, settings: settings, dialer: dialer)
            cluster = nil
            kind = .plain
            pubsub = RedisSubscriber(loop: loop, settings: settings, kind: .plain, dialer: dialer)
        }
    }

    func start(observe: @escaping (Bool) -> Void) {
        self.observe = observe
        pubsub.delegate = self
        client.start()
        pubsub.start()
        subscribe(.everyone)
        tickLater()
    }

    func close() {
        isClosed = true
        pubsub.close()
        client.close()
    }

    /// Twice a second: lets go of topics whose time is over, and looks whether Redis is there.
    private func tick() {
        guard !isClosed else { return }
        for topic in book.expire(at: loop.now) { pubsub.unsubscribe(topic.name) }
        for topic in book.retry(at: loop.now) { subscribe(topic) }
        meters.topics.set(book.count)
        let isReachable = client.isOpen && pubsub.isOpen
        if isReachable != self.isReachable {
            self.isReachable = isReachable
            let cause = (client.lastError ?? pubsub.lastError).map { "\($0)" } ?? "-"
            if isReachable {
                logger.notice("Redis is reachable")
            } else {
                logger.warning("Redis is not reachable", metadata: ["cause": "\(cause)"])
            }
            observe(isReachable)
        }
        tickLater()
    }

    private func tickLater() {
        loop.schedule(after: .milliseconds(500)) { [weak self] in self?.tick() }
    }

    // MARK: Following

    func follow(_ key: ChannelKey) {
        guard let topic = book.follow(key) else {
            // The topic is there already; what was published before this channel was known here is in the log.
            return
        }
        subscribe(topic)
    }

    func unfollow(_ key: ChannelKey) { book.unfollow(key, at: loop.now) }

    func subscribe(_ topic: Topic) {
        book.isSubscribing(topic)
        pubsub.subscribe(topic.name) { [weak self] result in
            guard let self else { return }
            switch result {
            case .success: resumed(book.didSubscribe(topic))
            case .failure: book.didFail(topic, at: loop.now)
            }
        }
    }

    /// From now on nothing is missing in these channels; what was carried before may be.
    private func resumed(_ keys: Set<ChannelKey>) {
        for key in keys { interests[key].mayHaveMissed() }
    }

    // MARK: Publishing

    func publish(_ publication: ChannelPublication, to key: ChannelKey) {
        let frame = CarriedFrame.encode(publication, in: key, from: node, at: WallTime.milliseconds())
        send(frame, to: Topic(of: key))
    }

    func tell(_ message: NodeMessage, to audience: NodeAudience) {
        let topic =
            switch audience {
            case .everyone: Topic.everyone
            case .followers(let key): Topic(of: key)
            }
        send(CarriedFrame.encode(message, to: topic, from: node), to: topic)
    }

    /// Sends a frame now or not at all: what has waited for Redis is stale, and the log has what must not be lost.
    func send(_ frame: [UInt8], to topic: Topic) {
        guard client.isOpen else { return meters.dropped.with("unreachable").add() }
        guard frame.count <= CarriedFrame.longest else { return meters.dropped.with("too_long").add() }
        let sentAt = MonotonicTime.nanoseconds()
        meters.published.add()
        client.publish(frame, to: topic.name, kind: kind) { [meters] result in
            switch result {
            case .success:
                meters.roundTrip.record(microseconds: (MonotonicTime.nanoseconds() - sentAt) / 1000)
            case .failure(.overloaded): meters.dropped.with("overloaded").add()
            case .failure: meters.dropped.with("failed").add()
            }
        }
    }

    // MARK: Listening

    func listen(to kind: NodeMessage.Kind, _ listener: LoopBound<NodeListener>) {
        listeners[kind, default: []].append(listener)
    }

    private func hear(_ message: NodeMessage, _ sender: NodeID) {
        for listener in listeners[message.kind] ?? [] {
            listener.loop.execute { listener.value(message, sender) }
        }
    }

    /// Counts a frame that is not believed; says so once a minute at most.
    private func refuse(_ error: CarriedFrameError, _ channel: String) {
        meters.refused.with(error.rawValue).add()
        if let complainedAt, loop.now - complainedAt < .seconds(60) { return }
        complainedAt = loop.now
        logger.warning(
            "a frame in one of our topics is not believed",
            metadata: ["topic": "\(channel.prefix(64))", "reason": "\(error.rawValue)"])
    }
}

extension RedisBrokerCore: RedisPubSubDelegate {
    func didReceive(_ payload: [UInt8], on channel: String) {
        guard let topic = Topic(channel) else { return refuse(.misplaced, channel) }
        do throws(CarriedFrameError) {
            let frame = try CarriedFrame(payload, on: topic)
            switch frame.content {
            case .publication(let publication, let key):
                // Streams come back to their sender too: only Redis knows their order.
                guard frame.sender != node || publication.epoch != nil else { return }
                meters.received.add()
                take(publication, in: key, at: frame.at)
            case .message(let message):
                if message.kind == .probe {
                    if frame.sender == node { heardProbe(message, on: topic) }
                } else if frame.sender != node {
                    hear(message, frame.sender)
                }
            }
        } catch {
            refuse(error, channel)
        }
    }

    private func take(_ publication: ChannelPublication, in key: ChannelKey, at: Int64) {
        let age = max(0, WallTime.milliseconds() - at)
        meters.lag.record(microseconds: age * 1000)
        let dated = ChannelPublication(
            publication.publication, hides: publication.hides, epoch: publication.epoch,
            publishedAt: MonotonicTime.nanoseconds() - age * 1_000_000)
        interests[key].carry(dated)
    }

    func didLose(_ channels: [String]) {}

    func didResume(_ channels: [String]) {
        for topic in channels.compactMap({ Topic($0) }) { resumed(book.keys(of: topic)) }
    }
}
