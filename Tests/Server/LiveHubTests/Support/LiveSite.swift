import EventLoop
import JSON
@testable import LiveHub
import LiveProtocol
import Logging
import Postgres
import Sockets
import Synchronization
import Telemetry
import TestKit
import WebServer

/// A feature for tests: a log namespace that everyone of the institution may read, with a method that appends.
struct NotesFeature: LiveFeature {
    let namespaces = [Namespace(name: "notes", kind: .log), Namespace(name: "board", kind: .log)]
    let signals: [String: LiveSignal] = [:]

    var methods: [String: LiveMethod] {
        ["note": { call in NotesFeature.note(call) }]
    }

    private static func note(_ call: LiveCall) {
        guard let text = try? JSONReader.read(call.data)["text"]?.string, let user = call.caller.user else {
            return call.reply(.error(.badRequest("field \"text\" is missing")))
        }
        let body = RawJSON { $0.object { $0.member("text", text) } }
        let event = LogAppend(
            channel: ChannelKey(institution: call.caller.institution, name: "notes:1"), author: user,
            method: "note", key: PostgresUUID(high: .random(in: .min ... .max), low: 1), digest: 0, at: 1,
            body: body)
        call.loop.hub.log.append(event, loop: call.loop.loop) { outcome in
            guard case .recorded(let offset, _) = outcome else {
                return call.reply(.error(ProtocolError(.internal)))
            }
            call.reply(.result(RawJSON { $0.object { $0.member("offset", offset) } }))
        }
    }

    func admit(
        _ caller: LiveCaller, to channel: ChannelKey, loop: LiveLoop, then: @escaping (Admission) -> Void
    ) {
        guard channel.name != "notes:9" else { return then(.refused(ProtocolError(.permissionDenied))) }
        then(
            .granted(
                .init(snapshot: channel.name.hasPrefix("board"), presence: caller.roles.contains("staff"))))
    }

    func snapshot(of channel: ChannelKey, loop: LiveLoop, then: @escaping (ChannelSnapshot?) -> Void) {
        then(ChannelSnapshot(offset: 0, data: RawJSON { $0.object { $0.member("whole", true) } }))
    }

    func didJoin(
        _ caller: LiveCaller, client: ClientID, channel: ChannelKey, isReturning: Bool, loop: LiveLoop
    ) {}
    func didLeave(_ caller: LiveCaller, client: ClientID, channel: ChannelKey, loop: LiveLoop) {}
}

/// Tokens of the form `institution:user:role`, perhaps with `:seconds` that they last, or `app:user:channel…`; `expired` and `broken` are what they say.
///
/// Subscription tokens are `user channel` and perhaps the seconds that they last.
struct PlainTokens: LiveAuthenticator {
    /// Tells what was withdrawn; without it everybody is asked about each time.
    var register: WithdrawalRegister?

    func caller(token: String) async throws(LiveAuthenticationError) -> LiveCaller {
        if token == "expired" { throw .expired }
        let parts = token.split(separator: ":")
        if parts.first == "app", parts.count >= 2 {
            return LiveCaller(
                institution: TenantID(rawValue: 1), user: nil, subject: String(parts[1]), name: "", roles: [],
                app: AppCredential(
                    info: RawJSON { $0.string(String(parts[1])) },
                    channels: parts.dropFirst(2).map(String.init)))
        }
        guard 3...4 ~= parts.count, let institution = Int64(parts[0]), let user = Int64(parts[1]) else {
            throw .invalid
        }
        let lasts = parts.count > 3 ? Int64(parts[3]) : nil
        return LiveCaller(
            institution: TenantID(rawValue: institution), user: user, subject: String(user),
            name: "User \(user)", roles: [String(parts[2])],
            expiresAt: lasts.map { WallTime.milliseconds() / 1000 + $0 })
    }

    func ticket(
        token: String, of caller: LiveCaller, to channel: String
    ) async throws(LiveAuthenticationError) -> SubscriptionTicket {
        if token == "expired" { throw .expired }
        if token == "unknown" { throw .unavailable }
        let parts = token.split(separator: " ").map(String.init)
        guard parts.count >= 2, parts[0] == caller.subject, parts[1] == channel else { throw .invalid }
        let end = parts.count > 2 ? Int64(parts[2]).map { WallTime.milliseconds() / 1000 + $0 } : nil
        return SubscriptionTicket(expiresAt: end, info: RawJSON { $0.object { $0.member("seat", 3) } })
    }

    func caller(principal: Principal) -> LiveCaller {
        LiveCaller(institution: principal.institution, user: principal.user, subject: "", name: "", roles: [])
    }

    func areCurrent(_ callers: [LiveCaller], pool: PostgresPool) async -> [Bool]? {
        register?.note(asked: callers)
        return callers.map { caller in
            guard let user = caller.user else { return true }
            return user != 666 && register?.isWithdrawn(user) != true
        }
    }

    func withdrawals(
        since mark: String?, in institutions: [TenantID], pool: PostgresPool
    ) async -> CredentialWithdrawals? { register?.withdrawals(since: mark) }
}

/// What a test has withdrawn, and who was asked about.
final class WithdrawalRegister: Sendable {
    private struct State {
        var withdrawn: [Int64] = []
        var asked: [[Int64]] = []
        var marks: [String?] = []
    }
    private let state = Mutex(State())

    func withdraw(_ user: Int64) { state.withLock { $0.withdrawn.append(user) } }

    func isWithdrawn(_ user: Int64) -> Bool { state.withLock { $0.withdrawn.contains(user) } }

    func note(asked callers: [LiveCaller]) {
        state.withLock { $0.asked.append(callers.compactMap(\.user).sorted()) }
    }

    /// Who was asked about, question by question.
    var asked: [[Int64]] { state.withLock { $0.asked } }
    /// How often it was told what has changed, instead of who is there.
    var changesTold: Int { state.withLock { $0.marks.count { $0 != nil } } }

    func withdrawals(since mark: String?) -> CredentialWithdrawals {
        state.withLock { state in
            state.marks.append(mark)
            let seen = mark.flatMap { Int($0) } ?? state.withdrawn.count
            return CredentialWithdrawals(
                mark: String(state.withdrawn.count),
                users: [TenantID(rawValue: 1): Set(state.withdrawn.dropFirst(seen))])
        }
    }
}

/// A node of two loops on a fresh database, and a loop for its clients.
final class LiveSite: Sendable {
    let clients: EventLoop
    let addresses: [SocketAddress]
    let hub: LiveHub
    let database: TestDatabase
    let metrics: Metrics
    private let servers: [LoopBound<HTTPServer>]
    private let watcher: LoopBound<LogWatcher>
    private let pools: [LoopBound<PostgresPool>]

    private init(
        clients: EventLoop, addresses: [SocketAddress], hub: LiveHub, database: TestDatabase,
        metrics: Metrics, servers: [LoopBound<HTTPServer>], watcher: LoopBound<LogWatcher>,
        pools: [LoopBound<PostgresPool>]
    ) {
        self.clients = clients
        self.addresses = addresses
        self.hub = hub
        self.database = database
        self.metrics = metrics
        self.servers = servers
        self.watcher = watcher
        self.pools = pools
    }

    deinit {
        for server in servers { server.loop.execute { server.value.abort() } }
        // The live layer lives on; its connections are needed by other tests.
        for pool in pools { pool.loop.execute { pool.value.close() } }
    }

    /// Starts a node on a fresh database with a broker of its own, or on what is given.
    static func start(
        on shared: TestDatabase? = nil, broker: any Broker = MemoryBroker(), bus: any NodeBus = SilentBus(),
        watch: LogWatch = LogWatch(), tokens: PlainTokens = PlainTokens(),
        _ change: (inout LiveSettings) -> Void = { _ in }
    ) async throws -> LiveSite {
        var settings = LiveSettings()
        change(&settings)
        let metrics = Metrics()
        let loops = try (0..<2).map { try EventLoop(index: $0, label: "node-\($0)") }
        let database = try await loops[0].perform {
            if let shared { return shared }
            let database = try await PrivatePostgres.shared().makeDatabase(on: loops[0])
            _ = try await Migrator(LiveHubMigrations.all).run(on: loops[0], configuration: database.owner)
            return database
        }
        let plain = PlainChannels(
            namespaces: [
                Namespace(
                    name: "app", kind: .stream(size: 10, lifetime: .seconds(60)), allowsPublish: true,
                    allowsPresence: true),
                Namespace(
                    name: "blink", kind: .ephemeral, allowsPublish: true, allowsPresence: true, joins: .asked,
                    allowsTagsFilter: true),
                Namespace(
                    name: "", kind: .stream(size: 4, lifetime: .seconds(60)), allowsPublish: true,
                    allowsPresence: true, joins: .always, allowsDelta: true, allowsTagsFilter: true,
                    tokens: .needed),
                Namespace(
                    name: "last", kind: .stream(size: 4, lifetime: .seconds(60)), recovers: .newest,
                    allowsPublish: true, tokens: .checked),
                Namespace(
                    name: "asked", kind: .stream(size: 4, lifetime: .seconds(60)), recovery: .asked,
                    positioning: .asked, allowsPublish: true, allowsHistory: false),
            ], hasPersonalChannels: true)
        let hub = LiveHub(
            features: [NotesFeature(), plain], broker: broker, bus: bus, authenticator: tokens,
            settings: settings, metrics: metrics)
        let pools = try await Self.openPools(database, on: loops)
        let first = pools[0]
        let watcher = try await loops[0].perform {
            let watcher = LogWatcher(
                loop: loops[0], pool: first.value, hub: hub, every: .seconds(3600), metrics: metrics,
                logger: Log.silent, watch: watch)
            return LoopBound(watcher, loop: loops[0])
        }
        let application = try WebApplication(routes: [LiveEndpoint.route()], metrics: metrics)
        var servers: [LoopBound<HTTPServer>] = []
        var addresses: [SocketAddress] = []
        for (loop, pool) in zip(loops, pools) {
            let opened = try await loop.perform {
                let pool = pool.value
                if loop.index == 0 {
                    hub.use(
                        log: EventLog(loop: loop, pool: pool, broker: hub.broker),
                        epoch: try await LiveHub.readEpoch(pool))
                }
                let context = WebContext(
                    loop: loop, streams: StreamContext(loop: loop), pool: pool,
                    disk: WorkLane(label: "disk", width: 1, backlog: 16), metrics: metrics, health: Health(),
                    logger: Log.silent)
                context.provide(hub.open(on: loop, streams: context.streams, pool: pool))
                let server = HTTPServer(application, context: context)
                let address = try server.listen(on: try SocketAddress(host: "127.0.0.1", port: 0))
                return (LoopBound(server, loop: loop), address)
            }
            servers.append(opened.0)
            addresses.append(opened.1)
        }
        let clients = try EventLoop(index: 9, label: "clients")
        return LiveSite(
            clients: clients, addresses: addresses, hub: hub, database: database, metrics: metrics,
            servers: servers, watcher: watcher, pools: pools)
    }

    private static func openPools(
        _ database: TestDatabase, on loops: [EventLoop]
    ) async throws -> [LoopBound<PostgresPool>] {
        var pools: [LoopBound<PostgresPool>] = []
        for loop in loops {
            pools.append(
                try await loop.perform {
                    let pool = PostgresPool(loop: loop, configuration: database.app, size: 2, waiters: 1000)
                    pool.start()
                    return LoopBound(pool, loop: loop)
                })
        }
        return pools
    }

    /// Asks the log once what has changed.
    func check() async throws {
        let watcher = watcher
        try await watcher.loop.perform { await watcher.value.check() }
    }

    /// Looks at the node's standing until it is as it shall be; called in a test's body.
    func untilStanding(_ condition: (NodeStanding) -> Bool) async throws {
        let end = clients.now + .seconds(30)
        while !condition(hub.standing) {
            guard clients.now < end else { throw LiveSiteError.neverStood }
            await withCheckedContinuation { continuation in
                clients.schedule(after: .zero) { continuation.resume() }
            }
        }
    }

    /// Opens a connection to one of the two loops that has not said hello yet; called in a test's body.
    func knock(_ loop: Int, fields: [(String, String)] = []) async throws -> LiveClient {
        try await LiveClient.open(addresses[loop], context: StreamContext(loop: clients), fields: fields)
    }

    /// Runs a test's body with clients; `open` connects to one of the two loops and says hello.
    func run(
        _ body: @escaping @Sendable (_ open: (Int, String) async throws -> LiveClient) async throws -> Void
    )
        async throws
    {
        try await clients.perform {
            let context = StreamContext(loop: self.clients)
            try await body { loop, token in
                let client = try await LiveClient.open(self.addresses[loop], context: context)
                let reply = await client.command("connect", #"{"token":"\#(token)"}"#)
                guard reply["connect"] != nil || reply["error"] != nil || client.isClosed else {
                    throw LiveSiteError.noReply
                }
                return client
            }
        }
    }
}

enum LiveSiteError: Error { case noReply, neverStood }

extension LiveSettings {
    /// For tests that send as fast as they can.
    mutating func letEverythingPass() { (commandsPerSecond, commandBurst) = (100_000, 100_000) }
}
