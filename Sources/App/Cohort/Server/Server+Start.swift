import Assessment
import Classroom
import Content
import Courses
import EventLoop
import Foundation
import Glibc
import JSON
import LiveHub
import Logging
import Operations
import Postgres
import Search
import Sockets
package import Telemetry
import Tenancy
import WebServer

extension Server {
    /// What a command adds to the settings.
    package struct Extras: Sendable {
        /// Adds `/echo`; never in production.
        package var hasTestEndpoints = false
        /// Where log lines go.
        package var sink = LogSink(descriptor: 2)
        /// How long the database may take until it answers: it may be starting just now.
        package var databaseWait: Duration = .seconds(10)

        package init() {}
    }

    /// Starts a node: it serves when this returns.
    ///
    /// - Throws: ``ServerProblem``, a sentence for the person who starts it.
    package static func start(_ configuration: Configuration, extras: Extras = Extras()) async throws
        -> Server
    {
        guard let database = configuration.database else {
            throw ServerProblem.configuration(
                .missing(
                    key: ConfigurationKeys.databaseURL.name, reason: "the server keeps everything in Postgres"
                ))
        }
        guard let secret = configuration.tokenSecret?.secret else {
            throw ServerProblem.configuration(
                .missing(
                    key: ConfigurationKeys.tokenSecret.name,
                    reason: "live tokens are signed with it (try: openssl rand -hex 32)"))
        }
        let files = try pages(configuration)
        let group: EventLoopGroup
        do {
            group = try EventLoopGroup(count: configuration.loops)
        } catch {
            throw ServerProblem.system("the kernel grants no event loop: \(error)")
        }
        let shards = Shards(configuration)
        let pools = try await open(group, database, shards, configuration, wait: extras.databaseWait)
        let notes = try await connectionNotes(pools[0], configuration)
        let node = try await makeNode(
            configuration, extras, group, database, shards, secret: secret, pools: pools)
        let shardNotes = try await shards.begin(
            pools + node.ownPools + [node.jobs.pool], node.health, node.tenancy, wait: extras.databaseWait)
        let jobs = node.jobs
        let indexNotes = try await jobs.pool.loop.carryOut {
            try await Server.indexNotes(jobs, configuration, wait: min(extras.databaseWait, .seconds(3)))
        }
        let application: WebApplication
        do {
            application = try WebApplication(
                routes: Routes.all(
                    configuration, classroom: node.classroom, files: files,
                    hasTestEndpoints: extras.hasTestEndpoints),
                authenticator: TenancyAuthenticator(), settings: webSettings(configuration),
                metrics: node.metrics)
        } catch {
            preconditionFailure("two features want the same requests: \(error)")
        }
        var shares: [LoopBound<LoopShare>] = []
        for pool in pools {
            shares.append(try await pool.loop.carryOut { share(node, pool: pool.value, application) })
        }
        node.monitor.start()
        var secureAddress: SocketAddress?
        if let tls = node.tls {
            secureAddress = try await listen(shares, on: tls.configuration.address, entrance: tls.entrance)
        }
        let redirects = node.tls?.configuration.redirects ?? false
        let address = try await listen(
            shares, on: configuration.address, securePort: redirects ? secureAddress?.port : nil)
        node.startWatching()
        shards.start { node.jobs.start(in: $0) }
        node.logger.notice(
            "serving",
            metadata: [
                "address": "\(address)", "tls_address": "\(secureAddress.map { "\($0)" } ?? "-")",
                "loops": "\(group.loops.count)", "version": "\(Version.text)",
            ])
        return Server(
            address: address, secureAddress: secureAddress, node: node, shares: shares,
            notes: notes + shardNotes + indexNotes + appNotes(configuration)
                + (node.tls.map { [$0.note] } ?? []))
    }

    // MARK: Parts

    private static func pages(_ configuration: Configuration) throws(ServerProblem) -> StaticFiles {
        let root = try WebRoot.find(set: configuration.webRoot)
        do {
            return try StaticFiles(root: root)
        } catch {
            throw .pages("the pages cannot be served: \(error)")
        }
    }

    /// Opens one pool for each loop and checks the schema.
    private static func open(
        _ group: EventLoopGroup, _ database: PostgresConfiguration, _ shards: Shards,
        _ configuration: Configuration, wait: Duration
    ) async throws -> [LoopBound<PostgresPool>] {
        var pools: [LoopBound<PostgresPool>] = []
        for loop in group.loops {
            let pool = PostgresPool(
                loop: loop, configuration: database, size: configuration.poolSize,
                waiters: configuration.poolWaiters, shards: shards.plan)
            pools.append(LoopBound(pool, loop: loop))
        }
        for pool in pools {
            try await pool.loop.carryOut {
                do throws(PostgresError) {
                    try await pool.value.waitUntilOpen(atMost: wait)
                } catch {
                    throw ServerProblem.database(database.display, error)
                }
            }
        }
        let first = pools[0]
        try await first.loop.carryOut { try await Schema.check(first.value) }
        return pools
    }

    private static let limits: Statement = """
        SELECT current_setting('max_connections')::bigint,
            current_setting('superuser_reserved_connections')::bigint
        """

    /// Adds up the connections to each database and says so, with a warning when Postgres does not take as many.
    private static func connectionNotes(
        _ pool: LoopBound<PostgresPool>, _ configuration: Configuration
    ) async throws -> [String] {
        let most = try await pool.loop.carryOut {
            // One that is away is not asked; it is told of as such.
            var most: [(shard: Int, most: Int64?)] = []
            for member in pool.value.members {
                guard member.shard == ShardMap.home || member.openConnections > 0 else {
                    most.append((member.shard, nil))
                    continue
                }
                let row = try await member.query(limits, [], tenant: nil).first
                most.append((member.shard, try row.map { try $0.int(0) - $0.int(1) } ?? 0))
            }
            return most
        }
        let own = 2 * configuration.logPoolSize + configuration.jobs.poolSize
        let sum = configuration.connectionSum
        let shown = "\(configuration.loops) loops × \(configuration.poolSize) + \(own) = \(sum)"
        var notes: [String] = []
        for (shard, most) in most {
            let place = shard == ShardMap.home ? "" : " to shard \(shard)"
            guard let most else {
                notes.append("Postgres connections of this node\(place): \(shown)")
                continue
            }
            notes.append("Postgres connections of this node\(place): \(shown); the server takes \(most)")
            if Int64(sum) > most {
                notes.append(
                    "warning: Postgres\(place) does not take as many; lower database.pool or raise max_connections"
                )
            }
        }
        return notes
    }

    /// What is to be said of the search index; on the loop of the jobs.
    ///
    /// A server starts without it: what needs full text answers 503 until it is there.
    ///
    /// - Throws: ``ServerProblem/schema(_:)`` when it is there and is not as this program knows it.
    static func indexNotes(
        _ jobs: BackgroundJobs, _ configuration: Configuration, wait: Duration
    ) async throws -> [String] {
        let logger = Log.logger("search")
        switch await jobs.checkIndex(wait: wait) {
        case nil:
            let note = "no search index (search.database-url): full text answers 503, names are found plainly"
            logger.notice("no search index")
            return [note]
        case .fits:
            return ["Postgres connections to the search index: \(configuration.searchConnections)"]
        case .away(let reason):
            logger.warning("the search index cannot be reached", metadata: ["error": "\(reason)"])
            return ["warning: the search index cannot be reached now: full text answers 503 until it can"]
        case .unfit(let sentence): throw ServerProblem.schema(sentence)
        }
    }

    private static func makeNode(
        _ configuration: Configuration, _ extras: Extras, _ group: EventLoopGroup,
        _ database: PostgresConfiguration, _ shards: Shards,
        secret: [UInt8], pools: [LoopBound<PostgresPool>]
    ) async throws -> Node {
        let metrics = Metrics()
        let tls: NodeTLS?
        if let wanted = configuration.tls {
            tls = try NodeTLS(wanted, secret: secret, metrics: metrics)
        } else {
            tls = nil
        }
        let health = Health(metrics: metrics)
        let tokens = try await liveTokens(configuration, secret: secret, loop: group.loops[0])
        let tenancy = TenancyServices(
            passwords: PasswordLane(
                width: configuration.passwordsWidth, backlog: configuration.passwordsBacklog),
            liveTokens: tokens, secret: secret, letters: try letters(configuration, loop: group.loops[0]),
            sealingSecret: configuration.secretsKey?.secret,
            oidc: try oidc(configuration, loop: group.loops[0]))
        let disk = WorkLane(label: "disk", width: 2, backlog: 1000)
        let content = try content(configuration, secret: secret, loop: group.loops[0], disk: disk)
        // The log and the intake live on the last loop, with connections of their own.
        let home = group.loops[group.loops.count - 1]
        let logPool = LoopBound(ownPool(home, database, shards, configuration), loop: home)
        let answerPool = LoopBound(ownPool(home, database, shards, configuration), loop: home)
        let carrier = try await carrier(on: home, configuration, metrics)
        let broker = carrier.broker
        let (log, intake) = try await home.carryOut {
            (
                EventLog(loop: home, pool: logPool.value, broker: broker),
                AnswerIntake(loop: home, pool: answerPool.value, metrics: metrics)
            )
        }
        let classroom = ClassroomFeature(
            loops: group, intake: intake, limits: configuration.live.classBounds?.changes ?? .none)
        var features: [any LiveFeature] = [classroom]
        if !configuration.namespaces.isEmpty {
            features.append(plainChannels(configuration))
        }
        let authenticator = TokenAuthenticator(tokens: tokens, apps: await AppAuthenticator.of(configuration))
        let hub = LiveHub(
            features: features, broker: broker, bus: carrier.bus,
            authenticator: authenticator, settings: liveSettings(configuration),
            metrics: metrics)
        let first = pools[0]
        hub.use(log: log, epoch: try await first.loop.carryOut { try await LiveHub.readEpoch(first.value) })
        hub.onDegraded { health.setDegraded($0, $1) }
        hub.onStanding { health.set("rotation", notReady: $0.notReady) }
        let snapshots = SnapshotStore(metrics: metrics)
        snapshots.onChange { carrier.bus.tellChange(of: $0) }
        hub.onChange { snapshots.heardChange($0) }
        tenancy.onRevocation { hub.recheck(institution: $0, user: $1) }
        let watchers = try await home.carryOut {
            logPool.value.members.map { member in
                LoopBound(
                    LogWatcher(
                        loop: home, pool: member, hub: hub, every: carrier.checkPeriod, metrics: metrics),
                    loop: home)
            }
        }
        let nodeWatch = try await carrier.watch(
            hub, pool: logPool, name: configuration.nodeName, metrics: metrics)
        carrier.start(hub, classroom)
        NodeMetrics.register(metrics, hub: hub, loops: group.loops)
        let place = try exportPlace(configuration, loop: first.loop)
        let jobs = try await first.loop.carryOut {
            BackgroundJobs(
                on: first.loop, configuration, database, shards.plan,
                hasTestEndpoints: extras.hasTestEndpoints, place: place, bus: carrier.bus, metrics: metrics
            ) { snapshots.didChange($0) }
        }
        let monitor = LiveMonitor(
            card: NodeCard(name: configuration.nodeName, version: Version.number), loops: group.loops,
            hub: hub, health: health, metrics: metrics, operators: configuration.operators,
            classes: { classroom.statistics(on: $0, then: $1) })
        return Node(
            configuration: configuration, metrics: metrics, health: health, sink: extras.sink, group: group,
            hub: hub,
            log: log, intake: intake, classroom: classroom, tenancy: tenancy, content: content, disk: disk,
            monitor: monitor, watchers: watchers, nodeWatch: nodeWatch, carrier: carrier, jobs: jobs,
            shards: shards, snapshots: snapshots, tls: tls,
            ownPools: [logPool, answerPool])
    }

    private static func ownPool(
        _ loop: EventLoop, _ database: PostgresConfiguration, _ shards: Shards,
        _ configuration: Configuration
    ) -> PostgresPool {
        PostgresPool(
            loop: loop, configuration: database, size: configuration.logPoolSize,
            waiters: configuration.poolWaiters, shards: shards.plan)
    }

    /// Puts a loop's share together; on the loop.
    private static func share(_ node: Node, pool: PostgresPool, _ application: WebApplication) -> LoopBound<
        LoopShare
    > {
        let loop = pool.loop
        let context = WebContext(
            loop: loop, streams: StreamContext(loop: loop), pool: pool, disk: node.disk,
            metrics: node.metrics,
            health: node.health, logger: Log.logger("web"))
        node.tenancy.provide(to: context)
        node.content.provide(to: context)
        context.provide(node.snapshots)
        let live = node.hub.open(on: loop, streams: context.streams, pool: pool)
        node.classroom.open(on: live)
        context.provide(live)
        context.provide(node.intake)
        node.courses.provide(to: context)
        context.provide(node.monitor)
        context.provide(node.jobs.queue)
        let configuration = node.configuration
        let searchPool = configuration.search.database.map {
            PostgresPool(
                loop: loop, configuration: $0, size: configuration.search.poolSize,
                waiters: configuration.poolWaiters)
        }
        context.provide(SearchServices(pool: searchPool, sources: SearchedThings.all))
        let share = LoopShare(
            pool: pool, searchPool: searchPool, context: context,
            server: HTTPServer(application, context: context), live: live)
        node.health.watch(pool)
        return LoopBound(share, loop: loop)
    }

    // MARK: Listening

    /// Listens on every loop at the same port; with an entrance, for TLS.
    ///
    /// Who comes without it is sent to `securePort`.
    private static func listen(
        _ shares: [LoopBound<LoopShare>], on wanted: SocketAddress, entrance: TLSEntrance? = nil,
        securePort: UInt16? = nil
    ) async throws -> SocketAddress {
        try PortProbe.check(wanted)
        var address = wanted
        for share in shares {
            let asked = address
            do {
                address = try await share.loop.carryOut {
                    guard let entrance else {
                        share.value.server.securePort = securePort
                        return try share.value.server.listen(on: asked)
                    }
                    return try share.value.server.listen(on: asked, entrance: entrance)
                }
            } catch {
                throw ServerProblem.listen("\(asked) cannot be listened at: \(PortProbe.reason(error))")
            }
        }
        return address
    }

    // MARK: Settings of the layers below

    static func webSettings(_ configuration: Configuration) -> ServerSettings {
        var settings = ServerSettings()
        settings.connectionLimit = configuration.connectionLimit
        settings.allowedOrigins = configuration.allowedOrigins
        settings.proxies = configuration.trustedProxies
        settings.logsRequests = configuration.logsRequests
        settings.strictTransportSeconds = configuration.tls?.strictTransportSeconds ?? 0
        return settings
    }

    static func liveSettings(_ configuration: Configuration) -> LiveSettings {
        var settings = LiveSettings()
        let live = configuration.live
        settings.pingSeconds = live.pingSeconds
        settings.pongSeconds = live.pongSeconds
        settings.subscriptionsPerSession = live.subscriptions
        settings.commandsPerSecond = live.commandsPerSecond
        settings.commandBurst = live.commandBurst
        settings.admissionsPerSecond = live.admissionsPerSecond
        settings.admissionBurst = 2 * live.admissionsPerSecond
        settings.messageBytes = live.messageBytes
        settings.userLimits = live.userLimits ?? PartyLimits()
        settings.boundsUserMessages = live.userLimits != nil
        settings.groupLimits = live.classBounds?.party ?? PartyLimits()
        settings.institutionLimits = live.institutionLimits ?? PartyLimits()
        settings.sessionBudget = live.sessionBytes
        settings.closingWindow = configuration.drainCloses
        settings.version = Version.text
        settings.limits = RawJSON { writer in
            writer.object { writer in
                writer.member("message_bytes", live.messageBytes)
                writer.member("commands_per_second", live.commandsPerSecond)
                writer.member("command_burst", live.commandBurst)
                writer.member("reads_per_second", settings.connectionRates.reads.perSecond)
                writer.member("bytes_per_second", settings.connectionRates.bytes.perSecond)
                writer.member("subscriptions", live.subscriptions)
                writer.member("chat_characters", 4000)
                writer.member("ops_per_apply", 100)
            }
        }
        return settings
    }
}
