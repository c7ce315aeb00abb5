import EventLoop
import JSON
package import LiveProtocol
import Postgres
import Telemetry
package import WebServer
package import WebSocket

/// One connection that speaks the live protocol.
///
/// Confined to its loop.
///
/// Sessions idle by the ten thousand: what is under way lies in a ``SessionWork``, which the loop has taken away again when nothing
/// is; and the order of what is always here leaves no gaps.
package final class LiveSession {
    /// One channel that the session receives.
    struct Subscription {
        let channel: LocalChannel
        /// The place among the channel's members.
        var place: Int32
        /// Whether presence may be asked for.
        let hasPresence: Bool
    }

    private enum Phase { case waiting, connecting, connected, closed }

    /// The connection's name.
    package let client = ClientID()
    /// Who it is, once connected.
    package private(set) var caller: LiveCaller?

    let loop: LiveLoop
    private var connection: WebSocketConnection?
    private var subscriptions: [Subscription] = []
    /// What subscriptions by token have besides; `nil` for the many sessions without one.
    var terms: SubscriptionTerms?
    private var begunWork: SessionWork?
    private var tolls = Tolls()
    private var pong = PongWatch()
    /// How its messages are put into frames.
    private(set) var dialect: Dialect
    /// The form of the protocol that the client speaks.
    var form: MessageForm { dialect.form }
    private var phase = Phase.waiting
    /// Our close frame has been sent: nothing more is written or carried out.
    private var isEnding = false

    init(loop: LiveLoop, principal: Principal?, form: MessageForm = .json) {
        self.loop = loop
        dialect = Dialect(form: form, window: 0)
        if let principal { work.signedIn = principal }
    }

    /// What is under way, begun where nothing is.
    private var work: SessionWork {
        let work = begunWork ?? SessionWork()
        if begunWork == nil { begunWork = work }
        if !work.isWatched {
            work.isWatched = true
            loop.noteBusy(self)
        }
        return work
    }

    /// Lets go of what is under way, once it is over; `true` when it does not need to be looked at before something begins.
    func rest(at now: Int64) -> Bool {
        guard phase != .closed, let begunWork else { return true }
        switch begunWork.rest(at: now) {
        case .goesOn: return false
        case .waitsForDeadline: begunWork.isWatched = false
        case .isOver: self.begunWork = nil
        }
        return true
    }

    /// Whether the session still has its connection.
    package var isOpen: Bool { phase != .closed && !isEnding }

    var institution: TenantID { caller?.institution ?? TenantID(rawValue: 0) }

    // MARK: Output

    /// Hands on an encoded frame that must not be lost: a reader that is too slow for it is disconnected.
    func deliver(_ frame: [UInt8]) {
        guard let connection, !isEnding else { return }
        if connection.queuedBytes > loop.settings.sessionBudget || !connection.send(frame) {
            loop.counters.slowDisconnects += 1
            disconnect(.slow)
        }
    }

    /// Hands on an encoded frame that a slow reader may miss.
    func deliverEphemeral(_ frame: [UInt8]) {
        guard let connection, !isEnding else { return }
        if connection.queuedBytes > loop.settings.ephemeralBudget {
            loop.counters.ephemeralDrops += 1
        } else {
            connection.send(frame)
        }
    }

    func reply(_ id: UInt32, _ result: Reply.Result) {
        guard id > 0 else { return }
        deliver(
            LiveFrame.reply(Reply(id: id, result), dialect, loop.compressor, now: MonotonicTime.nanoseconds())
        )
    }

    func refuse(_ id: UInt32, _ error: ProtocolError) { reply(id, .error(error)) }

    /// Refuses for a limit that was met, and counts it.
    func refuse(_ id: UInt32, _ limit: LiveLimit) {
        loop.hub.limits.note(limit)
        if limit.nature == .rate { loop.counters.refusedByRate += 1 }
        refuse(id, limit.error)
    }

    /// Notes a malformed command, or one that came too fast; `false`, and the connection ends, when there were too many.
    private func mayFail(_ limit: LiveLimit, _ code: DisconnectCode) -> Bool {
        if work.debts.fault(loop.hub.connectionRates, at: MonotonicTime.nanoseconds()) { return true }
        loop.hub.limits.note(limit)
        disconnect(code, reason: "\(code.reason): \(limit)")
        return false
    }

    func sendPing() {
        guard phase == .connected, !isEnding, let connection else { return }
        if let caller { watchExpiry(of: caller) }
        pong.didPing(at: LiveSession.milliseconds)
        connection.send(LiveFrame.ping(form))
    }

    /// Milliseconds from the last ping to whatever answered it; `nil` before the first answer.
    var roundTrip: Int? { pong.roundTrip }

    /// Whether the last ping has not been answered yet.
    var isAwaitingPong: Bool { pong.isAwaiting }

    private static var milliseconds: UInt32 {
        UInt32(truncatingIfNeeded: MonotonicTime.nanoseconds() / 1_000_000)
    }

    /// Ends the connection with a code of the protocol.
    package func disconnect(_ code: DisconnectCode, reason: String? = nil) {
        guard phase != .closed, !isEnding, let connection else { return }
        isEnding = true
        connection.close(CloseCode(rawValue: code.rawValue), reason ?? code.reason)
        leaveAll()
        beginTurn()
    }

    // MARK: Turns

    /// Carries out what makes long replies, one after the other and no faster than the reader takes them: what is read because
    /// somebody asks for it waits where it is kept, not here.
    ///
    /// - Parameter work: Is called when it may reply, or when the session has ended; it calls what it is given once it has
    ///   replied, or does not want to any more.
    func inTurn(_ work: @escaping (_ done: @escaping () -> Void) -> Void) {
        self.work.turns.append(work)
        if self.work.turns.count == 1 { beginTurn() }
    }

    /// Begins the first turn, if there is room for what it says.
    ///
    /// - Parameter isLate: What was queued has been handed to the kernel, as far as that takes it: who still has to wait hears
    ///   of it when there is room.
    private func beginTurn(isLate: Bool = false) {
        guard let begunWork, !begunWork.hasTurnBegun, let work = begunWork.turns.first else { return }
        if let connection, isOpen, connection.queuedBytes > loop.settings.ephemeralBudget {
            guard !isLate else { return }
            let again = LoopBound(self, loop: loop.loop)
            return loop.loop.execute { again.value.beginTurn(isLate: true) }
        }
        begunWork.hasTurnBegun = true
        work { [self] in
            begunWork.turns.removeFirst()
            if begunWork.turns.isEmpty { begunWork.turns = [] }
            begunWork.hasTurnBegun = false
            beginTurn()
        }
    }

    /// Has a command read and answered in its turn; too many that wait are refused.
    private func read(_ id: UInt32, _ read: @escaping (_ done: @escaping () -> Void) -> Void) {
        guard work.turns.count <= loop.settings.waitingReads else { return refuse(id, .reads) }
        inTurn { [self] in if isOpen { read($0) } else { $0() } }
    }

    // MARK: Input

    func take(_ command: Command, receivedAt: Int64, in frame: Tolls.Frame = Tolls.Frame()) {
        loop.counters.commands += 1
        switch phase {
        case .closed: return
        case .connecting: wait(.command(command))
        case .waiting:
            guard case .connect(let request) = command.kind else { return disconnect(.badRequest) }
            connect(command.id, request)
        case .connected: dispatch(command, receivedAt: receivedAt, in: frame)
        }
    }

    private func wait(_ waiting: SessionWork.Waiting) {
        guard work.waitingCommands.count < 64 else {
            loop.hub.limits.note(.waiting)
            let code = DisconnectCode.tooManyRequests
            return disconnect(code, reason: "\(code.reason): \(LiveLimit.waiting)")
        }
        work.waitingCommands.append(waiting)
    }

    private func dispatch(_ command: Command, receivedAt: Int64, in frame: Tolls.Frame) {
        if case .pong = command.kind { return }
        if let met = toll(of: command.kind, in: frame) {
            refuse(command.id, met)
            _ = mayFail(.refusals, .tooManyRequests)
            return
        }
        switch command.kind {
        case .pong: break
        case .connect: disconnect(.badRequest)
        case .ping: reply(command.id, .ping)
        case .subscribe(let request): subscribe(command.id, request)
        case .unsubscribe(let channel): unsubscribe(command.id, channel)
        case .rpc(let request): call(command.id, request, receivedAt: receivedAt)
        case .send(let data): signal(data, receivedAt: receivedAt)
        case .publish(let channel, let data): publish(command.id, channel, data)
        case .history(let request): read(command.id) { [self] in history(command.id, request, then: $0) }
        case .presence(let channel):
            read(command.id) { [self] in presence(command.id, channel, onlyStats: false, then: $0) }
        case .presenceStats(let channel):
            read(command.id) { [self] in presence(command.id, channel, onlyStats: true, then: $0) }
        case .refresh(let token): loop.loop.run { await self.refresh(command.id, token: token) }
        case .subRefresh(let channel, let token): refreshSubscription(command.id, channel, token: token)
        }
    }

    /// Has a command paid for; the limit that it meets.
    private func toll(of kind: Command.Kind, in frame: Tolls.Frame) -> LiveLimit? {
        let item: PartyLevel.Item?
        var isShared = true
        switch kind {
        case .rpc(let request):
            item = .calls
            isShared = loop.hub.isShared(request.method)
        case .send: item = .signals
        case .publish: item = .publications
        case .history, .presence, .presenceStats: item = .reads
        case .pong, .connect, .subscribe, .unsubscribe, .ping, .refresh, .subRefresh: item = nil
        }
        return tolls.command(
            item, isShared: isShared, in: frame, &work.debts, loop.hub.connectionRates,
            at: MonotonicTime.nanoseconds())
    }

    /// The session belongs to a class, if the grant says so: `nil`, or the limit of the class that it meets.
    func enterGroup(of grant: Admission.Grant) -> LiveLimit? {
        guard let group = grant.group else { return nil }
        return tolls.enter(group, hasPriority: grant.hasPriority, at: MonotonicTime.nanoseconds())
    }

    // MARK: Connecting

    private func connect(_ id: UInt32, _ request: ConnectRequest) {
        guard id > 0 else { return disconnect(.badRequest) }
        guard mayFail(.refusals, .tooManyRequests) else { return }
        guard loop.admit(at: MonotonicTime.nanoseconds()) else { return refuse(id, .joins) }
        phase = .connecting
        if request.token.isEmpty {
            guard let principal = work.signedIn else { return disconnect(.invalidToken) }
            return admitted(id, loop.hub.authenticator.caller(principal: principal), request)
        }
        loop.loop.run { await self.connect(id, token: request) }
    }

    private func connect(_ id: UInt32, token request: ConnectRequest) async {
        do {
            admitted(id, try await loop.hub.authenticator.caller(token: request.token), request)
        } catch {
            notConnected(id, error)
        }
    }

    private func notConnected(_ id: UInt32, _ error: LiveAuthenticationError) {
        guard phase == .connecting else { return }
        switch error {
        case .invalid: return disconnect(.invalidToken)
        case .expired: refuse(id, ProtocolError(.tokenExpired))
        case .unavailable: refuse(id, ProtocolError(.internal))
        }
        phase = .waiting
        work.waitingCommands = []
    }

    /// Who it is, is known; what the server subscribes it to is made ready.
    private func admitted(_ id: UInt32, _ caller: LiveCaller, _ request: ConnectRequest) {
        guard phase == .connecting else { return }
        let channels = loop.hub.channels(of: caller)
        guard !channels.isEmpty else { return connected(id, caller, []) }
        prepare(channels, of: caller, request.subs) { [self] in connected(id, caller, $0) }
    }

    private func connected(_ id: UInt32, _ caller: LiveCaller, _ prepared: [PreparedSubscription]) {
        guard phase == .connecting else { return }
        if loop.hub.turnsAway { return disconnect(.shutdown) }
        switch loop.hub.limits.join(caller, at: MonotonicTime.nanoseconds()) {
        case .success(let parties): tolls.enter(user: parties.user, institution: parties.institution)
        case .failure(let met):
            refuse(id, met.limit)
            phase = .waiting
            work.waitingCommands = []
            return
        }
        phase = .connected
        self.caller = caller
        work.signedIn = nil
        loop.noteCaller(caller, of: self)
        endDeadline()
        loop.add(self)
        var result = ConnectResult()
        result.client = client.description
        result.version = loop.settings.version
        result.ping = UInt32(loop.settings.pingSeconds)
        result.pong = result.ping > 0
        result.session = result.client
        result.time = WallTime.milliseconds()
        result.expiresAfter = expiry(of: caller)
        result.data = loop.hub.welcome(caller, at: result.time)
        for one in prepared { result.subs[one.channel.key.name] = subscribeResult(of: one) }
        reply(id, .connect(result))
        for one in prepared { become(memberOf: one.channel, one.grant, isReturning: one.wish.recovers) }
        let commands = work.waitingCommands
        work.waitingCommands = []
        for waiting in commands {
            switch waiting {
            case .command(let command): take(command, receivedAt: result.time)
            case .refused(let id, let error): refuse(id, error)
            }
        }
    }

    private func refresh(_ id: UInt32, token: String) async {
        do {
            let fresh = try await loop.hub.authenticator.caller(token: token)
            guard isOpen, fresh.subject == caller?.subject, fresh.institution == institution else {
                return disconnect(.invalidToken)
            }
            caller = fresh
            loop.noteCaller(fresh, of: self)
            let result = RefreshResult(
                client: client.description, version: loop.settings.version, expiresAfter: expiry(of: fresh))
            reply(id, .refresh(result))
        } catch {
            switch error {
            case .expired: refuse(id, ProtocolError(.tokenExpired))
            case .unavailable: refuse(id, ProtocolError(.internal))
            case .invalid: disconnect(.invalidToken)
            }
        }
    }

    /// Seconds that the credential is still good for; from now on its end is looked for, with the grace for a refresh.
    private func expiry(of caller: LiveCaller) -> UInt32? {
        endDeadline()
        guard let end = caller.expiresAt else { return nil }
        watchExpiry(of: caller)
        return UInt32(clamping: max(1, end - WallTime.milliseconds() / 1000))
    }

    /// Arms the end of the credential once it is near: until then the heartbeat looks, and no session has a timer.
    private func watchExpiry(of caller: LiveCaller) {
        guard begunWork?.deadline == nil, let end = caller.expiresAt else { return }
        let left = max(1, end - WallTime.milliseconds() / 1000)
        let period = loop.settings.pingSeconds
        guard period <= 0 || left <= 2 * Int64(period) else { return }
        work.deadline = loop.loop.schedule(after: .seconds(left) + loop.settings.expiryGrace) {
            [unowned self] in disconnect(.expired)
        }
    }

    private func endDeadline() {
        guard begunWork?.deadline != nil else { return }
        work.deadline?.cancel()
        work.deadline = nil
    }

    // MARK: Subscriptions

    func subscription(to name: String) -> Subscription? {
        subscriptions.first { $0.channel.key.name == name }
    }

    func isPending(_ key: ChannelKey) -> Bool { begunWork?.pending.contains(key) == true }

    var subscriptionCount: Int { subscriptions.count + (begunWork?.pending.count ?? 0) }

    /// Begins to subscribe: `nil`, or the limit that is met.
    func beginSubscribing(_ key: ChannelKey) -> LiveLimit? {
        guard subscriptionCount < loop.settings.subscriptionsPerSession else { return .subscriptions }
        if let met = tolls.subscribe() { return met }
        work.pending.append(key)
        return nil
    }

    func endSubscribing(_ key: ChannelKey) {
        guard let begunWork, let index = begunWork.pending.firstIndex(of: key) else { return }
        begunWork.pending.remove(at: index)
        // What is empty holds nothing: it would lie among what stays.
        if begunWork.pending.isEmpty { begunWork.pending = [] }
        tolls.unsubscribe()
    }

    /// Adds one that has begun, or that the server makes; nothing is refused any more.
    func addSubscription(_ subscription: Subscription) {
        subscriptions.reserveCapacity(subscriptions.count + 1)
        subscriptions.append(subscription)
        tolls.noteSubscription()
    }

    /// The channel has moved the session to another place among its members.
    func move(in channel: LocalChannel, to place: Int) {
        guard let index = subscriptions.firstIndex(where: { $0.channel === channel }) else { return }
        subscriptions[index].place = Int32(place)
    }

    /// Ends one subscription; `false` when there was none.
    @discardableResult
    func leave(_ name: String) -> Bool {
        guard let index = subscriptions.firstIndex(where: { $0.channel.key.name == name }) else {
            return false
        }
        end(subscriptions.remove(at: index))
        return true
    }

    private func end(_ subscription: Subscription) {
        tolls.unsubscribe()
        let channel = subscription.channel
        let info = channel.namespace.joins == .never ? nil : info(in: channel.key.name)
        terms?.end(channel.key.name)
        channel.remove(at: Int(subscription.place))
        if let info { loop.hub.broker.publish(ChannelPublication(.leave, info), to: channel.key) }
        guard let caller else { return }
        channel.feature.didLeave(caller, client: client, channel: channel.key, loop: loop)
    }

    private func leaveAll() {
        while let subscription = subscriptions.popLast() { end(subscription) }
    }

    private func close() {
        guard phase != .closed else { return }
        let wasConnected = phase == .connected
        leaveAll()
        tolls.unsubscribe(begunWork?.pending.count ?? 0)
        begunWork?.pending = []
        tolls.end()
        if wasConnected, let caller { loop.hub.limits.leave(caller, at: MonotonicTime.nanoseconds()) }
        phase = .closed
        endDeadline()
        begunWork?.signedIn = nil
        begunWork?.waitingCommands = []
        connection = nil
        beginTurn()
        if wasConnected { loop.remove(self) }
    }
}

extension LiveSession: WebSocketHandler {
    package func webSocketDidOpen(_ connection: WebSocketConnection) {
        self.connection = connection
        dialect = Dialect(form: form, window: connection.deflateWindow)
        // It is cancelled with the end of the connection, which keeps the session.
        work.deadline = loop.loop.schedule(after: loop.settings.connectWithin) { [unowned self] in
            disconnect(.stale)
        }
    }

    package func webSocketDidReceiveText(_ text: Span<UInt8>) {
        guard form == .json else { return disconnect(.inappropriateProtocol) }
        take(text)
    }

    package func webSocketDidReceiveBinary(_ bytes: Span<UInt8>) {
        guard form == .protobuf else { return disconnect(.inappropriateProtocol) }
        take(bytes)
    }

    private func take(_ frame: Span<UInt8>) {
        let receivedAt = WallTime.milliseconds()
        if pong.isAwaiting { pong.didHear(at: LiveSession.milliseconds) }
        let paid = tolls.frame(
            frame.count, &work.debts, loop.hub.connectionRates, at: MonotonicTime.nanoseconds())
        var decoder = CommandDecoder(frame: frame.withUnsafeBufferPointer { Array($0) }, form: form)
        while phase != .closed, !isEnding {
            do {
                guard let command = try decoder.next() else { return }
                take(command, receivedAt: receivedAt, in: paid)
            } catch .refused(let id, let error) {
                switch phase {
                case .connected:
                    refuse(id, error)
                    guard mayFail(.errors, .tooManyErrors) else { return }
                case .connecting: wait(.refused(id, error))
                case .waiting, .closed: return disconnect(.badRequest)
                }
            } catch {
                return disconnect(.badRequest)
            }
        }
    }

    package func webSocketDidAdvance() {
        pong.didAdvance()
        beginTurn(isLate: true)
    }

    package func webSocketDidClose(_ code: CloseCode, _ reason: String) { close() }
}
