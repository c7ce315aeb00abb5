import Classroom
import EventLoop
import LiveHub
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
        let tls: TLSContext?
        do throws(TLSFailure) {
            tls = settings.isEncrypted ? try TLSContext.client() : nil
        } catch {
            throw ServerProblem.system("TLS to Redis cannot be used: \(error)")
        }
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
        return RedisDialer(isEncrypted: true) { endpoint, limit, then in
            let deadline = streams.loop.now + limit
            resolve(endpoint) { result in
                switch result {
                case .failure(let error): then(.failure(error))
                case .success(let addresses):
                    connect(addresses[...], endpoint.host, tls, streams, deadline, then)
                }
            }
        }
    }

    /// Tries each address in turn; one that is silent does not use up the time of those behind it.
    private static func connect(
        _ addresses: ArraySlice<SocketAddress>, _ name: String, _ tls: TLSContext, _ streams: StreamContext,
        _ deadline: ContinuousClock.Instant, _ then: @escaping Opened
    ) {
        guard let first = addresses.first else { return then(.failure(.unavailable("no address"))) }
        let rest = addresses.dropFirst()
        let share = max(.milliseconds(10), (deadline - streams.loop.now) / (rest.count + 1))
        TLSConnector.connect(to: first, serverName: name, tls: tls, context: streams, within: share) {
            result in
            switch result {
            case .success(let stream): then(.success(stream))
            case .failure(let error) where rest.isEmpty: then(.failure(.unavailable("\(first): \(error)")))
            case .failure: connect(rest, name, tls, streams, deadline, then)
            }
        }
    }
}
