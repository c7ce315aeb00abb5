import EventLoop
import LiveHub
import Logging
import Postgres
package import Sockets
import Telemetry
import Tenancy
import WebServer

/// A node that serves an operator's plain channels and nothing else: it needs no database.
package final class ChannelsServer: Sendable {
    /// Where it listens.
    package let address: SocketAddress
    /// What was found at start that operators should read.
    package let notes: [String]

    private let configuration: Configuration
    private let hub: LiveHub
    private let carrier: Carrier
    private let servers: [LoopBound<HTTPServer>]
    private let health: Health
    private let sink: LogSink

    private init(
        address: SocketAddress, notes: [String], configuration: Configuration, hub: LiveHub, carrier: Carrier,
        servers: [LoopBound<HTTPServer>], health: Health, sink: LogSink
    ) {
        self.address = address
        self.notes = notes
        self.configuration = configuration
        self.hub = hub
        self.carrier = carrier
        self.servers = servers
        self.health = health
        self.sink = sink
    }

    /// Starts the node: it serves when this returns.
    ///
    /// - Throws: ``ServerProblem``, a sentence for the person who starts it.
    package static func start(
        _ configuration: Configuration, extras: Server.Extras = Server.Extras()
    ) async throws -> ChannelsServer {
        guard let apps = await AppAuthenticator.of(configuration) else {
            throw ServerProblem.configuration(
                .missing(
                    key: ConfigurationKeys.appsTokenSecret.name,
                    reason: "a node of plain channels knows its callers by their tokens only"))
        }
        let group: EventLoopGroup
        do {
            group = try EventLoopGroup(count: configuration.loops)
        } catch {
            throw ServerProblem.system("the kernel grants no event loop: \(error)")
        }
        let metrics = Metrics()
        let health = Health(metrics: metrics)
        let carrier = try await Server.carrier(on: group.loops[0], configuration, metrics)
        let hub = LiveHub(
            features: [Server.plainChannels(configuration)], broker: carrier.broker, bus: carrier.bus,
            authenticator: apps, settings: Server.liveSettings(configuration), metrics: metrics)
        hub.onDegraded { health.setDegraded($0, $1) }
        NodeMetrics.register(metrics, hub: hub, loops: group.loops)
        let application: WebApplication
        do {
            application = try WebApplication(
                routes: ProbeRoutes.all(watchers: configuration.metricsReaders)
                    + [
                        LiveEndpoint.route(
                            messageBytes: configuration.live.messageBytes,
                            allowsDeflate: configuration.live.compresses)
                    ]
                    + Server.appRoutes(configuration),
                settings: Server.webSettings(configuration), metrics: metrics)
        } catch {
            preconditionFailure("two routes want the same requests: \(error)")
        }
        try PortProbe.check(configuration.address)
        var servers: [LoopBound<HTTPServer>] = []
        var address = configuration.address
        for loop in group.loops {
            let asked = address
            let opened = try await loop.carryOut {
                let server = serve(application, hub, on: loop, metrics, health)
                do {
                    return (LoopBound(server, loop: loop), try server.listen(on: asked))
                } catch {
                    throw ServerProblem.listen("\(asked) cannot be listened at: \(PortProbe.reason(error))")
                }
            }
            servers.append(opened.0)
            address = opened.1
        }
        carrier.start { hub.setDegraded("redis", !$0) }
        HeapKeeper.start(hub, on: group.loops[0])
        Log.logger("server").notice(
            "serving plain channels",
            metadata: [
                "address": "\(address)", "loops": "\(group.loops.count)", "version": "\(Version.text)",
            ])
        return ChannelsServer(
            address: address, notes: Server.appNotes(configuration), configuration: configuration, hub: hub,
            carrier: carrier, servers: servers, health: health, sink: extras.sink)
    }

    /// Puts one loop's share together; on the loop.
    private static func serve(
        _ application: WebApplication, _ hub: LiveHub, on loop: EventLoop, _ metrics: Metrics,
        _ health: Health
    ) -> HTTPServer {
        // Never started: no plain channel and no caller of an app has a row anywhere.
        let none = PostgresPool(
            loop: loop, configuration: PostgresConfiguration(parameters: [:]), size: 1, waiters: 0)
        let context = WebContext(
            loop: loop, streams: StreamContext(loop: loop), pool: nil,
            disk: WorkLane(label: "disk", width: 1, backlog: 16), metrics: metrics, health: health,
            logger: Log.logger("web"))
        context.provide(hub.open(on: loop, streams: context.streams, pool: none))
        return HTTPServer(application, context: context)
    }

    /// Ends the node in good order: readiness off, listeners closed, sessions closed over a while; what is left when the limit
    /// has passed is cut off.
    package func drain() async {
        health.drain()
        let wait = DrainWait(count: servers.count)
        for server in servers { server.loop.execute { server.value.drain { wait.arrive() } } }
        hub.drain(over: hub.closingWindow)
        let isComplete = await wait.wait(atMost: configuration.drainLimit)
        let closed = DrainWait(count: servers.count)
        for server in servers {
            server.loop.execute {
                server.value.abort()
                closed.arrive()
            }
        }
        _ = await closed.wait(atMost: .seconds(5))
        carrier.close()
        Log.logger("server").info("drained", metadata: ["complete": "\(isComplete)"])
        sink.flush()
    }
}

extension Server {
    /// The operator's plain channels.
    static func plainChannels(_ configuration: Configuration) -> PlainChannels {
        PlainChannels(
            namespaces: configuration.namespaces, hasPersonalChannels: configuration.apps.hasPersonalChannels)
    }

    /// What the apps' own servers may do by HTTP, where they have a key.
    static func appRoutes(_ configuration: Configuration) -> [Route] {
        guard let key = configuration.apps.key?.secret else { return [] }
        return AppEndpoint(key: key, institution: configuration.apps.institution).routes
    }

    /// What operators should read of their apps' secret.
    static func appNotes(_ configuration: Configuration) -> [String] {
        guard let secret = configuration.apps.tokenSecret?.secret,
            secret.count < ConfigurationReader.secretBytes
        else { return [] }
        return [
            "warning: \(ConfigurationKeys.appsTokenSecret.name) has \(secret.count) bytes; fewer than \(ConfigurationReader.secretBytes) can be guessed"
        ]
    }
}

extension AppAuthenticator {
    /// Reads the tokens of the operator's apps; `nil` where there are none.
    static func of(_ configuration: Configuration) async -> AppAuthenticator? {
        guard let secret = configuration.apps.tokenSecret?.secret else { return nil }
        return AppAuthenticator(
            tokens: await AppTokens(secret: secret), institution: configuration.apps.institution)
    }
}
