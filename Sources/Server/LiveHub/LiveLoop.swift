package import EventLoop
package import LiveProtocol
package import Postgres
import Sockets
import Telemetry

/// The live layer's share of one loop: its sessions, and its slice of every channel.
///
/// Confined to the loop.
package final class LiveLoop {
    /// Callers in one question to a database: a crowd is not asked about in one piece.
    private static let checkedAtOnce = 500
    /// How often it is looked who of those that had something under way has nothing any more.
    private static let restPeriod: Duration = .milliseconds(200)

    /// The loop.
    package let loop: EventLoop
    /// The node that this is a share of.
    ///
    /// Both hold each other: they live until the process ends.
    package let hub: LiveHub
    /// The loop's connections to Postgres.
    package let pool: PostgresPool
    /// The loop's connections to clients.
    let streams: StreamContext
    /// Compresses messages; it holds memory for each window that was used.
    let compressor = FrameCompressor()
    /// Reads of the log.
    package let reader: LogReader
    /// What has happened on this loop so far.
    package internal(set) var counters = LiveCounters()

    /// What channels keep of what was said last.
    let recentBounds: RecentPublications.Bounds

    /// How long a hole may stay before the log is asked.
    let gapPatience: Duration = .milliseconds(5)

    private var channels: [ChannelKey: LocalChannel] = [:]
    /// Channels that may have nobody: only these are looked at each second.
    private var lingering: [LocalChannel] = []
    /// Sessions of which something is under way, and those that had that until a moment ago: only these are looked at.
    private var busy: [LiveSession] = []
    /// Log channels on this loop by institution; none stands there with 0.
    private(set) var logChannels: [TenantID: Int] = [:]
    private var heartbeat: HeartbeatRing
    private var sink: LoopSink?
    private var lagSamples: [Int64] = []
    private let admission: Rate
    private var admissionsPaidUntil: Int64 = 0
    private var seconds = 0
    /// Databases that are asked at this moment.
    private var watched: Set<Int> = []
    /// Sessions about whose callers no database has been asked yet; at most as many as came since it last answered.
    private var newcomers: [(LiveSession, LiveCaller)] = []
    /// By database: each has a time of its own.
    private var marks: [Int: CredentialMarks] = [:]

    init(loop: EventLoop, hub: LiveHub, streams: StreamContext, pool: PostgresPool) {
        self.streams = streams
        self.loop = loop
        self.hub = hub
        self.pool = pool
        recentBounds = RecentPublications.Bounds(
            count: hub.settings.recentCount, bytes: hub.settings.recentBytes)
        admission = Rate(hub.settings.admissionsPerSecond, burst: hub.settings.admissionBurst)
        reader = LogReader(
            loop: loop, pool: pool, recentCount: hub.settings.recentCount,
            recentBytes: hub.settings.recentBytes)
        heartbeat = HeartbeatRing(period: hub.settings.pingSeconds, patience: hub.settings.pongSeconds)
        sink = LoopSink(LoopBound(self, loop: loop))
        tick()
    }

    /// Bounds and intervals.
    package var settings: LiveSettings { hub.settings }

    // MARK: Sessions

    func add(_ session: LiveSession) {
        counters.connections += 1
        counters.connectionsByInstitution[session.institution, default: 0] += 1
        counters.joins += 1
        heartbeat.add(session)
    }

    /// Whether one more connection may come in now; a storm is let in at the pace that the node can serve.
    ///
    /// `now` in nanoseconds of the monotonic clock.
    func admit(at now: Int64) -> Bool {
        admission.take(from: &admissionsPaidUntil, now: now) == nil
    }

    func remove(_ session: LiveSession) {
        counters.connections -= 1
        let left = (counters.connectionsByInstitution[session.institution] ?? 1) - 1
        counters.connectionsByInstitution[session.institution] = left > 0 ? left : nil
    }

    /// Every connected session; for rare walks, such as a revocation or a drain.
    package var sessions: [LiveSession] { heartbeat.sessions }

    /// Closes sessions one after the other, spread over a while; each only if `goesOn` still says so.
    func close(_ sessions: [LiveSession], over window: Duration, while goesOn: @escaping () -> Bool) {
        for (place, session) in sessions.enumerated() {
            let delay = window * (Double(place) / Double(max(1, sessions.count)))
            // Our client waits as told; stock SDKs have a jittered backoff of their own.
            let end = Disconnect.shutdown(retryAfterMilliseconds: .random(in: 200...2000))
            loop.schedule(after: delay) {
                if goesOn() { session.disconnect(end.code, reason: end.reason) }
            }
        }
    }

    private func tick() {
        loop.schedule(after: .seconds(1)) { [weak self] in
            guard let self else { return }
            let due = heartbeat.tick()
            for session in due.silent { session.disconnect(.noPong) }
            for session in due.ping { session.sendPing() }
            sweepChannels()
            watchCredentials()
            counters.streams = streams.totals
            counters.compressed = compressor.totals
            hub.counters.store(counters, of: loop)
            tick()
        }
    }

    /// Takes notice that a session has begun something: it is looked at from time to time until that is over.
    func noteBusy(_ session: LiveSession) {
        busy.append(session)
        if busy.count == 1 { restSoon() }
    }

    private func restSoon() {
        loop.schedule(after: LiveLoop.restPeriod) { [weak self] in
            guard let self else { return }
            let now = MonotonicTime.nanoseconds()
            busy.removeAll { $0.rest(at: now) }
            if busy.isEmpty { busy = [] } else { restSoon() }
        }
    }

    /// Ends the sessions of callers whose credential was withdrawn; each database is asked by itself, so that none waits for
    /// another.
    private func watchCredentials() {
        seconds += 1
        newcomers.removeAll { !$0.0.isOpen }
        guard seconds.isMultiple(of: max(1, settings.credentialSeconds)), counters.connections > 0 else {
            return
        }
        for member in pool.members where watched.insert(member.shard).inserted {
            loop.run { await self.checkCredentials(member) }
        }
    }

    private func checkCredentials(_ member: PostgresPool) async {
        defer { watched.remove(member.shard) }
        let institutions = counters.connectionsByInstitution.keys.filter(member.hasRows)
        // Without anybody there is nothing to know; whoever comes finds no mark, and is asked about.
        guard !institutions.isEmpty else { return marks[member.shard] = nil }
        var known = marks[member.shard] ?? CredentialMarks()
        let (second, since) = (seconds, known.since(at: seconds))
        let found = await hub.authenticator.withdrawals(since: since, in: institutions, pool: member)
        // Everybody, where it is not known for whom something has changed.
        let isFull = since == nil || found == nil
        // Who came since the last look may have come with a token whose credential had gone before.
        let new = takeNewcomers(of: member)
        var asked = isFull ? [] : new
        if isFull || found?.users.isEmpty == false {
            for session in sessions {
                guard let caller = session.caller, member.hasRows(of: caller.institution) else { continue }
                if isFull || found?.concern(caller) == true { asked.append((session, caller)) }
            }
        }
        let isAnswered = await check(asked, pool: member)
        if !isAnswered { newcomers += new.filter(\.0.isOpen) }
        known.note(found?.mark, isFull: isFull, isAnswered: isAnswered, at: second)
        marks[member.shard] = known
    }

    /// Takes notice of who a session is, now that it has shown a token: the next look at the database asks about them.
    func noteCaller(_ caller: LiveCaller, of session: LiveSession) { newcomers.append((session, caller)) }

    /// Those who have come since the database was last asked, as they were then.
    private func takeNewcomers(of member: PostgresPool) -> [(LiveSession, LiveCaller)] {
        let taken = newcomers.filter { $0.0.isOpen && member.hasRows(of: $0.1.institution) }
        newcomers.removeAll { !$0.0.isOpen || member.hasRows(of: $0.1.institution) }
        return taken
    }

    /// Looks at once whether a user's credentials are current, where that user has sessions here.
    func recheck(institution: TenantID, user: Int64) {
        let open = sessions.compactMap { session -> (LiveSession, LiveCaller)? in
            guard let caller = session.caller, caller.institution == institution, caller.user == user else {
                return nil
            }
            return (session, caller)
        }
        guard !open.isEmpty else { return }
        loop.run { await self.check(open, pool: self.pool) }
    }

    /// Ends the sessions of those who are no more who they were.
    ///
    /// - Returns: Whether that could be told.
    @discardableResult
    private func check(_ open: [(LiveSession, LiveCaller)], pool: PostgresPool) async -> Bool {
        for start in stride(from: 0, to: open.count, by: LiveLoop.checkedAtOnce) {
            let some = open[start..<min(start + LiveLoop.checkedAtOnce, open.count)]
            guard let current = await hub.authenticator.areCurrent(some.map(\.1), pool: pool) else {
                return false
            }
            for ((session, caller), isCurrent) in zip(some, current)
            where !isCurrent && session.caller === caller {
                session.disconnect(.forceReconnect)
            }
        }
        return true
    }

    // MARK: Channels

    /// The channel on this loop, made when it is not here yet; `nil` when no namespace holds it.
    func channel(_ key: ChannelKey) -> LocalChannel? {
        if let known = channels[key] { return known }
        guard let ground = hub.ground(of: key.name), let sink else { return nil }
        hub.broker.join(key, loop: loop, sink: sink)
        let channel = LocalChannel(key: key, ground: ground, loop: self)
        channels[key] = channel
        if ground.namespace.isLog { logChannels[key.institution, default: 0] += 1 }
        return channel
    }

    /// The channel, when it is on this loop already.
    func existingChannel(_ key: ChannelKey) -> LocalChannel? { channels[key] }

    func receive(_ publication: ChannelPublication, in key: ChannelKey) {
        channels[key]?.receive(publication)
    }

    /// Members of a channel on this loop.
    package func memberCount(of key: ChannelKey) -> Int { channels[key]?.members.count ?? 0 }

    /// All channels with members on this loop whose name is in `namespace`, with the number of their members.
    package func memberCounts(namespace: String) -> [ChannelKey: Int] {
        var counts: [ChannelKey: Int] = [:]
        for (key, channel) in channels where channel.namespace.name == namespace && !channel.members.isEmpty {
            counts[key] = channel.members.count
        }
        return counts
    }

    /// Who is subscribed to a channel on this loop.
    package func members(of key: ChannelKey) -> [(client: ClientID, caller: LiveCaller)] {
        (channels[key]?.members.sessions ?? []).compactMap { session in
            session.caller.map { (session.client, $0) }
        }
    }

    /// Who is subscribed to a channel on this loop, as others are told.
    func infos(of key: ChannelKey) -> [ClientInfo] {
        (channels[key]?.members.sessions ?? []).compactMap { $0.info(in: key.name) }
    }

    /// Milliseconds to some of a channel's members and back, as the last ping that was answered has shown.
    package func roundTrips(in key: ChannelKey, of users: Set<Int64>) -> [Int64: Int] {
        var found: [Int64: Int] = [:]
        for session in channels[key]?.members.sessions ?? [] {
            guard let user = session.caller?.user, users.contains(user), let time = session.roundTrip else {
                continue
            }
            found[user] = min(time, found[user] ?? time)
        }
        return found
    }

    /// Registers an observer of a log channel; `then` is told the offset after which it hears everything, or `nil`
    /// when the log cannot be read.
    package func observe(
        _ key: ChannelKey, _ observer: any ChannelObserver, then: @escaping (UInt64?) -> Void
    ) {
        guard let channel = channel(key) else { return then(nil) }
        channel.observe(observer, then: then)
    }

    /// Ends an observation.
    package func stopObserving(_ key: ChannelKey, _ observer: any ChannelObserver) {
        channels[key]?.removeObserver(observer)
    }

    /// Reads events of a log channel after `offset`, oldest first, at most `limit` and about a mebibyte, one where there is any;
    /// `nil` when the log cannot be read.
    package func readLog(
        _ key: ChannelKey, after offset: UInt64, limit: Int, then: @escaping ([Publication]?) -> Void
    ) {
        reader.page(of: key, from: offset, limit: limit, bytes: settings.recentBytes) {
            then($0?.events.map(\.publication))
        }
    }

    /// Takes notice of where channels stand in the log; those of them that are here and behind read it.
    func noteTops(_ tops: [ChannelKey: UInt64]) {
        for (key, top) in tops { channels[key]?.mayBeBehind(top: top) }
    }

    /// Has every log channel ask the log whether it is behind.
    func compareWithLog() {
        for channel in channels.values where channel.namespace.isLog { channel.mayHaveMissed() }
    }

    /// Takes notice that a channel may have nobody soon.
    func linger(_ channel: LocalChannel) { lingering.append(channel) }

    private func sweepChannels() {
        let now = MonotonicTime.nanoseconds()
        lingering.removeAll { channel in
            guard !channel.isInUse else {
                channel.isLingering = false
                return true
            }
            guard channel.isIdle, .nanoseconds(now - channel.lastUsed) > settings.linger else { return false }
            drop(channel)
            return true
        }
    }

    private func drop(_ channel: LocalChannel) {
        let key = channel.key
        guard channels[key] === channel else { return }
        channels[key] = nil
        if channel.namespace.isLog {
            let left = (logChannels[key.institution] ?? 1) - 1
            logChannels[key.institution] = left > 0 ? left : nil
        }
        hub.broker.leave(key, loop: loop)
    }

    // MARK: Measuring

    func noteDeliveries(_ count: Int, _ publication: ChannelPublication) {
        counters.deliveries += UInt64(count)
        guard publication.publishedAt > 0 else { return }
        if lagSamples.isEmpty { streams.whenFlushed(self) }
        lagSamples.append(publication.publishedAt)
    }
}

extension LiveLoop: RoundEndWork {
    /// The frames have been written: the time since publication is the fan-out lag.
    package func roundDidEnd() {
        let now = MonotonicTime.nanoseconds()
        for publishedAt in lagSamples { hub.fanOutLag.record(microseconds: (now - publishedAt) / 1000) }
        lagSamples.removeAll(keepingCapacity: true)
    }
}

/// Takes what the broker carries to a loop.
final class LoopSink: BrokerSink {
    private let loop: LoopBound<LiveLoop>

    init(_ loop: LoopBound<LiveLoop>) { self.loop = loop }

    func brokerDidCarry(_ publication: ChannelPublication, to key: ChannelKey) {
        loop.value.receive(publication, in: key)
    }

    func brokerMayHaveMissed(_ key: ChannelKey) { loop.value.existingChannel(key)?.mayHaveMissed() }
}
