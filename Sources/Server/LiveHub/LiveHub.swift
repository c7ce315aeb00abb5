package import EventLoop
package import JSON
import LiveProtocol
package import Postgres
package import Sockets
package import Telemetry
import WebServer
import Synchronization

/// The live layer of a node: every loop's share of it, and what they have in common.
package final class LiveHub: Sendable {
    /// Carries publications between loops and nodes.
    package let broker: any Broker
    /// What nodes tell each other besides.
    package let bus: any NodeBus
    /// Turns credentials into callers.
    package let authenticator: any LiveAuthenticator
    /// Bounds and intervals.
    package let settings: LiveSettings
    /// Running totals, at most a second old.
    package let counters = CounterBoard()
    /// Who of a user and an institution is here, and which limits were met how often.
    package let limits: LimitBook
    /// What one connection may send.
    let connectionRates: ConnectionRates
    /// From reading a call to its reply.
    package let acknowledgement: Distribution
    /// From handing a publication to the broker to the last `send` of a loop's round.
    package let fanOutLag: Distribution
    /// Channels that were behind the log although no hole showed it.
    let logCatchUps: Counter
    /// Messages of other nodes that could not be read and were dropped.
    package let malformedNodeMessages: Counter

    private let features: [any LiveFeature]
    private let namespaces: [String: NamespaceGround]
    private let methods: [String: LiveMethod]
    private let signals: [String: LiveSignal]
    private let unshared: Set<String>

    private struct Parts {
        var loops: [LoopBound<LiveLoop>] = []
        var log: EventLog?
        var epoch = ""
        var isDraining = false
    }
    private let parts = Mutex(Parts())

    private struct Degradation {
        var parts: Set<String> = []
        var changes = 0
        var tell: (@Sendable (_ part: String, _ isDegraded: Bool) -> Void)?
    }
    private let degradation = Mutex(Degradation())

    struct OwnStanding {
        var now = NodeStanding()
        /// How often it has begun or ceased to stand aside.
        var turns = 0
        var tell: (@Sendable (NodeStanding) -> Void)?
    }
    let ownStanding = Mutex(OwnStanding())
    let changeListener = Mutex<(@Sendable (TenantID) -> Void)?>(nil)

    /// Makes the node's live layer; ``open(on:pool:)`` gives it loops.
    package init(
        features: [any LiveFeature], broker: any Broker, bus: any NodeBus = SilentBus(),
        authenticator: any LiveAuthenticator, settings: LiveSettings, metrics: Metrics
    ) {
        self.broker = broker
        self.bus = bus
        self.authenticator = authenticator
        self.settings = settings
        connectionRates = settings.connectionRates
        limits = LimitBook(settings, further: features.flatMap(\.limits), metrics: metrics)
        unshared = Set(features.flatMap(\.unsharedMethods))
        acknowledgement = metrics.distribution("cohort_live_ack_seconds", "From reading a call to its reply")
        fanOutLag = metrics.distribution(
            "cohort_live_fanout_seconds", "From publication to the last send of a loop")
        logCatchUps = metrics.counter(
            "cohort_live_log_catchups_total",
            "Times that a channel read the log because the broker brought nothing")
        malformedNodeMessages = metrics.counter(
            "cohort_node_messages_malformed_total", "Messages of other nodes that could not be read")
        var namespaces: [String: NamespaceGround] = [:]
        var methods: [String: LiveMethod] = [:]
        var signals: [String: LiveSignal] = [:]
        for feature in features {
            for namespace in feature.namespaces {
                precondition(
                    namespaces[namespace.name] == nil, "two features own the namespace \(namespace.name)")
                namespaces[namespace.name] = NamespaceGround(namespace, feature)
            }
            methods.merge(feature.methods) { _, _ in preconditionFailure("two features own one method") }
            signals.merge(feature.signals) { _, _ in preconditionFailure("two features own one signal") }
        }
        self.features = features
        self.namespaces = namespaces
        self.methods = methods
        self.signals = signals
    }

    // MARK: Wiring

    /// Makes the loop's share; called on each loop once, before it serves.
    package func open(on loop: EventLoop, streams: StreamContext, pool: PostgresPool) -> LiveLoop {
        let share = LiveLoop(loop: loop, hub: self, streams: streams, pool: pool)
        let boxed = LoopBound(share, loop: loop)
        let isFirst = parts.withLock { parts in
            parts.loops.append(boxed)
            return parts.loops.count == 1
        }
        if isFirst { bus.listen(to: .control, on: loop) { [weak self] message, _ in self?.obey(message) } }
        return share
    }

    /// Sets the node's log and its epoch; before any loop serves.
    package func use(log: EventLog, epoch: String) {
        parts.withLock {
            $0.log = log
            $0.epoch = epoch
        }
    }

    /// Reads the log's epoch from Postgres; on the loop of `pool`.
    ///
    /// Home's, also for channels of other databases: whoever restores an older backup of any of them changes it there.
    package static func readEpoch(_ pool: PostgresPool) async throws -> String {
        let rows = try await pool.home.query(EventLogStatements.epoch, [], tenant: nil)
        guard let row = rows.first else { throw PostgresError.unavailable("the live log has no epoch") }
        return try row.text(0)
    }

    /// The node's log.
    package var log: EventLog {
        guard let log = parts.withLock({ $0.log }) else {
            preconditionFailure("the live layer has no log yet")
        }
        return log
    }

    var logEpoch: String { parts.withLock { $0.epoch } }

    var isDraining: Bool { parts.withLock { $0.isDraining } }

    // MARK: Working with less

    /// Has `tell` called for each part that becomes degraded or whole again, one after the other; it does not call back.
    package func onDegraded(_ tell: @escaping @Sendable (_ part: String, _ isDegraded: Bool) -> Void) {
        degradation.withLock { $0.tell = tell }
    }

    /// Says that a part of the live layer, such as `redis`, is missing, or is there again; from any thread.
    ///
    /// Members of classes on this node are told within half a second.
    package func setDegraded(_ part: String, _ isDegraded: Bool) {
        degradation.withLock { state in
            let before = state.parts
            if isDegraded { state.parts.insert(part) } else { state.parts.remove(part) }
            guard state.parts != before else { return }
            if state.parts.isEmpty != before.isEmpty { state.changes += 1 }
            state.tell?(part, isDegraded)
        }
    }

    /// Whether something is missing now, so that events may come late; and how often that has changed.
    package var degraded: (isDegraded: Bool, changes: Int) {
        degradation.withLock { (!$0.parts.isEmpty, $0.changes) }
    }

    // MARK: Lookup

    /// The namespace of a channel's name, and the feature that owns it.
    func namespace(of channel: String) -> (Namespace, any LiveFeature)? {
        ground(of: channel).map { ($0.namespace, $0.feature) }
    }

    /// The same, as the channels of one namespace share it.
    func ground(of channel: String) -> NamespaceGround? {
        guard let name = try? ChannelName(channel) else { return nil }
        return namespaces[String(name.namespace)]
    }

    /// What the server subscribes a caller to who has just connected.
    func channels(of caller: LiveCaller) -> [String] { features.flatMap { $0.channels(of: caller) } }

    func method(_ name: String) -> LiveMethod? { methods[name] }

    func signal(_ type: String) -> LiveSignal? { signals[type] }

    /// Whether calls of a method are charged to the class and the institution.
    func isShared(_ method: String) -> Bool { !unshared.contains(method) }

    func welcome(_ caller: LiveCaller, at time: Int64) -> RawJSON {
        RawJSON { writer in
            writer.object { object in
                object.member("time", time)
                object.object("user") { user in
                    user.member("id", caller.user)
                    user.member("name", caller.name)
                    user.name("roles")
                    user.array(of: caller.roles.sorted()) { $0.string($1) }
                }
                object.member("limits", settings.limits)
            }
        }
    }

    // MARK: Across loops

    /// Publishes something that may be dropped to a channel's subscribers everywhere; from any thread.
    package func publishEphemeral(_ data: RawJSON, to key: ChannelKey) {
        let publication = Publication(data: data)
        broker.publish(ChannelPublication(publication, publishedAt: MonotonicTime.nanoseconds()), to: key)
    }

    /// Publishes something that may be dropped to a channel's subscribers on this node only, where every node speaks to
    /// its own; from any thread.
    package func publishHere(_ data: RawJSON, to key: ChannelKey) {
        let publication = Publication(data: data)
        broker.publishHere(ChannelPublication(publication, publishedAt: MonotonicTime.nanoseconds()), to: key)
    }

    /// Reads something from every loop's share and hands all of it back on `loop`.
    package func gather<Share: Sendable>(
        on loop: EventLoop, _ read: @escaping @Sendable (LiveLoop) -> Share, then: @escaping ([Share]) -> Void
    ) {
        let loops = parts.withLock { $0.loops }
        let gathering = LoopBound(Gathering(expected: loops.count, then: then), loop: loop)
        for share in loops {
            share.loop.execute {
                let read = read(share.value)
                loop.execute { gathering.value.add(read) }
            }
        }
    }

    /// Does something on every loop's share; from any thread.
    package func onEveryLoop(_ work: @escaping @Sendable (LiveLoop) -> Void) {
        for share in parts.withLock({ $0.loops }) { share.loop.execute { work(share.value) } }
    }

    /// Ends a user's subscription to a channel everywhere, for good; from any thread.
    package func expel(user: Int64, from key: ChannelKey, reason: String) {
        onEveryLoop { loop in
            for session in loop.sessions {
                guard let caller = session.caller, caller.institution == key.institution, caller.user == user
                else { continue }
                session.expel(from: key.name, .server, reason: reason)
            }
        }
    }

    /// Begins to send sessions elsewhere: new ones are turned away, and the closes are spread over `window`, so that
    /// those who come back do not come back at once.
    package func drain(over window: Duration) {
        parts.withLock { $0.isDraining = true }
        onEveryLoop { $0.close($0.sessions, over: window) { true } }
    }
}

/// Collects one share from each loop.
///
/// Confined to the loop that asked.
private final class Gathering<Share: Sendable> {
    private let expected: Int
    private let then: ([Share]) -> Void
    private var shares: [Share] = []

    init(expected: Int, then: @escaping ([Share]) -> Void) {
        self.expected = expected
        self.then = then
        if expected == 0 { then([]) }
    }

    func add(_ share: Share) {
        shares.append(share)
        if shares.count == expected { then(shares) }
    }
}
