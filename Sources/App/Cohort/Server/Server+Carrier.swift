import Classroom
import EventLoop
import LiveHub
import Postgres
import Redis
import Sockets
import Telemetry

/// What carries publications and nodes' messages: this process alone, or Redis between many.
struct Carrier: Sendable {
    let broker: any Broker
    let bus: any NodeBus
    fileprivate var redis: (broker: RedisBroker, loop: EventLoop)?

    /// How often the log is asked for what was not carried: between nodes something may be lost, within one nothing is.
    var checkPeriod: Duration { redis == nil ? .seconds(5) : .seconds(1) }

    /// Begins to connect, where there is something to connect to.
    ///
    /// The live layer and the classes are told whenever Redis is lost or found again.
    func start(_ hub: LiveHub, _ classroom: ClassroomFeature) {
        guard let redis else { return }
        redis.loop.execute {
            redis.broker.start { isReachable in
                hub.setDegraded("redis", !isReachable)
                if isReachable { classroom.busDidResume() } else { classroom.busDidLose() }
            }
        }
    }

    /// Begins to connect for a node without a live layer.
    func start(observe: @escaping @Sendable (_ isReachable: Bool) -> Void) {
        guard let redis else { return }
        redis.loop.execute { redis.broker.start(observe: observe) }
    }

    /// What tries whether this node hears the others; `nil` where there can be none.
    func watch(
        _ hub: LiveHub, pool: LoopBound<PostgresPool>, name: String, metrics: Metrics
    ) async throws -> LoopBound<NodeWatch>? {
        guard let redis else { return nil }
        return try await redis.loop.carryOut {
            let watch = NodeWatch(
                loop: redis.loop, pool: pool.value, hub: hub, name: name, metrics: metrics
            ) {
                redis.broker.probe()
            }
            return LoopBound(watch, loop: redis.loop)
        }
    }

    /// Ends the connections.
    func close() {
        guard let redis else { return }
        redis.loop.execute { redis.broker.close() }
    }
}

extension Server {
    /// Makes the carrier that the settings ask for; its connections live on `loop`.
    static func carrier(
        on loop: EventLoop, _ configuration: Configuration, _ metrics: Metrics
    ) async throws -> Carrier {
        guard let settings = configuration.redis else {
            return Carrier(broker: MemoryBroker(), bus: SilentBus())
        }
        let tls = settings.isEncrypted ? try outgoingTrust(configuration) : nil
        return try await loop.carryOut {
            let streams = StreamContext(loop: loop)
            let lane = WorkLane(label: "redis-names", width: 1, backlog: 64)
            let dialer = RedisDialer.over(streams, tls: tls, names: lane)
            let broker = RedisBroker(loop: loop, settings: settings, dialer: dialer, metrics: metrics)
            return Carrier(broker: broker, bus: broker, redis: (broker, loop))
        }
    }
}

extension RedisDialer {
    /// Opens TCP or TLS connections; names are looked up in a lane of their own.
    fileprivate static func over(_ streams: StreamContext, tls: TLSContext?, names: WorkLane) -> RedisDialer {
        let resolve: Resolve = { endpoint, then in
            let isTaken = names.submit(on: streams.loop) {
                NameLookup.addresses(of: endpoint.host)
            } then: { found in
                let addresses = found.compactMap { try? SocketAddress(host: $0, port: endpoint.port) }
                then(
                    addresses.isEmpty
                        ? .failure(.unavailable("no address for \(endpoint.host)")) : .success(addresses))
            }
            if !isTaken { then(.failure(.unavailable("too many names are being looked up"))) }
        }
        guard let tls else { return .tcp(context: streams, resolve: resolve) }
        return .trying(on: streams.loop, isEncrypted: true, resolve: resolve) {
            address, endpoint, limit, then in
            TLSConnector.connect(
                to: address, serverName: endpoint.host, tls: tls, context: streams, within: limit
            ) { result in then(result.map { $0 as any ByteStream }) }
        }
    }
}
