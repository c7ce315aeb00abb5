import EventLoop
import JSON
import LiveProtocol
import Telemetry
import WebSocket

/// One channel on one loop: its members there, where it stands, and what was said last.
///
/// Confined to the loop.
final class LocalChannel {
    private enum Phase { case loading, live, failed }

    /// Publications that wait while the channel loads.
    private static let earlyCount = 4096
    /// Events in one read that fills a hole, and of a log their bytes.
    private static let fillCount = 1000
    private static let fillBytes = 4 << 20
    /// How long the log is left alone when it could not be read, or had nothing more.
    private static let retryDelay: Duration = .milliseconds(200)
    /// How long what the log is known to hold may take to come by the broker before it is read from the log.
    private static let watchPatience: Duration = .milliseconds(20)

    let key: ChannelKey
    private let ground: NamespaceGround
    private(set) var members = ChannelMembers()
    /// When the channel was last used, in nanoseconds of the monotonic clock; the loop lets go of channels that nobody has used for
    /// a while.
    private(set) var lastUsed: Int64 = 0

    unowned let loop: LiveLoop
    private var delivery = ContiguousDelivery(position: 0)
    private var life: StreamLife?
    private var begunWork: Work?
    private var recent = RecentPublications()
    private var phase: Phase
    private var isFilling = false
    /// Something was dropped that only the log can bring back, whether or not later events wait for it.
    private var mustFill = false
    /// Whether the loop looks each second whether it still is used.
    var isLingering = false

    /// Which life of a stream the channel is in; other kinds have none.
    private final class StreamLife {
        let epoch: String

        init(epoch: String) { self.epoch = epoch }
    }

    /// What a channel has only while something is under way or kept for those who come; most are a single user's, and have
    /// nothing of it.
    private final class Work {
        var observers: [any ChannelObserver] = []
        /// The highest offset that the log is known to hold; 0 when members have been told all of it.
        var knownTop: UInt64 = 0
        /// Members that are on their way: they receive pages until they have caught up.
        var catchingUp = 0
        var waiters: [(Bool) -> Void] = []
        var early: [ChannelPublication] = []
        /// What is read of a log, and of a stream, for several at once.
        var pages = SharedReads<[ChannelPublication]>()
        var histories = SharedReads<StreamHistory>()
        var snapshot: ChannelSnapshot?
        var snapshotWaiters: [(ChannelSnapshot?) -> Void] = []
        var reached: [(offset: UInt64, then: () -> Void)] = []

        var isOver: Bool {
            observers.isEmpty && knownTop == 0 && catchingUp == 0 && waiters.isEmpty && early.isEmpty
                && pages.isEmpty && histories.isEmpty && snapshot == nil
                && snapshotWaiters.isEmpty && reached.isEmpty
        }
    }

    private var work: Work {
        if let begunWork { return begunWork }
        let begun = Work()
        begunWork = begun
        return begun
    }

    /// Lets go of what is empty.
    func endWork() {
        guard let begunWork else { return }
        if begunWork.knownTop <= position { begunWork.knownTop = 0 }
        if begunWork.isOver { self.begunWork = nil }
    }

    var pages: SharedReads<[ChannelPublication]> {
        get { work.pages }
        _modify { yield &work.pages }
    }

    var histories: SharedReads<StreamHistory> {
        get { work.histories }
        _modify { yield &work.histories }
    }

    init(key: ChannelKey, ground: NamespaceGround, loop: LiveLoop) {
        self.key = key
        self.ground = ground
        self.loop = loop
        phase = ground.namespace.kind == .ephemeral ? .live : .loading
        touch()
        if phase == .loading { load() }
    }

    var namespace: Namespace { ground.namespace }
    var feature: any LiveFeature { ground.feature }

    /// The offset up to which members have been told everything.
    var position: UInt64 { delivery.position }

    /// Which life of a stream ``position`` counts in; empty until that is known, and for every other kind.
    private(set) var epoch: String {
        get { life?.epoch ?? "" }
        set { life = StreamLife(epoch: newValue) }
    }

    private var knownTop: UInt64 { begunWork?.knownTop ?? 0 }

    var isIdle: Bool {
        members.isEmpty
            && begunWork.map {
                $0.observers.isEmpty && $0.catchingUp == 0 && $0.waiters.isEmpty && $0.reached.isEmpty
            } ?? true
    }

    /// Whether there is somebody for whom it stays as it is; whoever leaves touches it.
    var isInUse: Bool { !members.isEmpty || begunWork?.observers.isEmpty == false }

    /// Takes notice of use; whether somebody has stayed is looked at later.
    func touch() {
        lastUsed = MonotonicTime.nanoseconds()
        guard !isLingering else { return }
        isLingering = true
        loop.linger(self)
    }

    // MARK: Loading

    /// Calls `then` once the channel knows where it stands; with `false` when the log cannot be read.
    func whenLive(_ then: @escaping (Bool) -> Void) {
        touch()
        switch phase {
        case .live: then(true)
        case .loading: work.waiters.append(then)
        case .failed:
            phase = .loading
            work.waiters.append(then)
            load()
        }
    }

    private func load() {
        // The broker carries to this loop already: what it brings meanwhile waits in `early`.
        readStanding { [self] loaded in
            let told = work.waiters
            work.waiters = []
            guard let loaded else {
                phase = .failed
                for then in told { then(false) }
                return
            }
            phase = .live
            delivery = ContiguousDelivery(position: loaded.top)
            for publication in loaded.recent { recent.append(publication, within: loop.recentBounds) }
            let missed = work.early
            work.early = []
            for then in told { then(true) }
            for publication in missed { receive(publication) }
            endWork()
            if mustFill || position < knownTop { fillSoon(after: .zero) }
        }
    }

    // MARK: What the broker may not have brought

    /// Whether the log is known to hold more than members have been told, or may.
    private var isBehind: Bool { delivery.isWaiting || mustFill || position < knownTop }

    /// Takes notice that the log holds events up to `top`: what the broker does not bring in a moment comes from there.
    func mayBeBehind(top: UInt64) {
        guard namespace.isLog, top > position else { return }
        work.knownTop = max(knownTop, top)
        if phase == .live { fillSoon(after: LocalChannel.watchPatience) }
    }

    /// Something may have been said that was not carried here: asks for whatever follows ``position``.
    ///
    /// Log channels that are told so in one moment ask together where they stand, a few hundred in one statement.
    func mayHaveMissed() {
        guard namespace.kind != .ephemeral, phase != .failed else { return }
        guard phase == .live, namespace.isLog else {
            // What is being read may have been read before the loss.
            mustFill = true
            if phase == .live { fillSoon(after: .zero) }
            return
        }
        loop.reader.top(of: key) { [self] top in
            if let top { return mayBeBehind(top: top) }
            mustFill = true
            fillSoon(after: LocalChannel.retryDelay)
        }
    }

    /// Calls `then` when everything up to `offset`, which somebody has seen elsewhere, has been delivered here, too.
    ///
    /// With `false` when there is no such offset, and with `nil` when that cannot be known now.
    func reach(_ offset: UInt64, then: @escaping (Bool?) -> Void) {
        guard offset > position else { return then(true) }
        readTop { [self] top in
            guard let top else { return then(nil) }
            guard top >= offset else { return then(false) }
            guard offset > position else { return then(true) }
            work.reached.append((offset, { then(true) }))
            work.knownTop = max(knownTop, top)
            fillSoon(after: LocalChannel.watchPatience)
        }
    }

    private func readTop(_ then: @escaping (UInt64?) -> Void) {
        if namespace.isLog { return loop.reader.top(of: key, then: then) }
        loop.hub.broker.history(of: key, since: nil, limit: 0, reverse: false, loop: loop.loop) {
            [self] history in
            // Of another life of the stream nothing was seen.
            then(history.map { $0.position.epoch == epoch ? $0.position.offset : 0 })
        }
    }

    /// Reads where the channel stands, and of a log what was said last.
    private func readStanding(_ then: @escaping (LogReader.Loaded?) -> Void) {
        if namespace.isLog { return loop.reader.load(key, then: then) }
        loop.hub.broker.history(of: key, since: nil, limit: 0, reverse: false, loop: loop.loop) {
            [self] history in
            guard let history else { return then(nil) }
            epoch = history.position.epoch
            then(LogReader.Loaded(top: history.position.offset, recent: []))
        }
    }

    // MARK: Delivering

    func receive(_ publication: ChannelPublication) {
        guard phase == .live else {
            if !publication.isEphemeral, phase == .loading { holdEarly(publication) }
            return
        }
        if publication.isEphemeral {
            if let notice = publication.notice { return deliver(notice, publication.publication.info) }
            return deliverEphemeral(publication)
        }
        if let epoch = publication.epoch, epoch != self.epoch {
            // The stream has begun another life; where that stands is asked for with the rest.
            mustFill = true
            return fillSoon(after: .zero)
        }
        act(on: delivery.accept(publication))
    }

    /// Keeps what comes before the channel knows where it stands; beyond the bound the log is asked for all of it.
    private func holdEarly(_ publication: ChannelPublication) {
        guard work.early.count < LocalChannel.earlyCount else {
            work.early = []
            mustFill = true
            return
        }
        work.early.append(publication)
    }

    private func act(on action: ContiguousDelivery.Action) {
        switch action {
        case .wait: break
        case .deliver(let run): deliver(run)
        case .fill: fillSoon(after: loop.gapPatience)
        case .overflow:
            mustFill = true
            fillSoon(after: .zero)
        }
    }

    /// Asks the log, or the stream's history, for what the broker has not brought.
    private func fillSoon(after delay: Duration) {
        guard !isFilling else { return }
        isFilling = true
        loop.loop.schedule(after: delay) { [self] in
            guard isBehind else {
                isFilling = false
                return
            }
            loop.counters.gapFills += 1
            if !delivery.isWaiting, !mustFill { loop.hub.logCatchUps.add() }
            // What is noticed while the log is read is read again.
            mustFill = false
            let top = knownTop
            readOn { [self] found in
                isFilling = false
                deliver(delivery.fill(found?.events ?? []))
                if found?.isCut != false {
                    mustFill = true
                } else if knownTop == top {
                    // The log holds less than was told when a backup was restored.
                    begunWork?.knownTop = min(top, position)
                }
                guard isBehind else { return endWork() }
                fillSoon(after: found?.events.isEmpty != false ? LocalChannel.retryDelay : loop.gapPatience)
            }
        }
    }

    /// Reads what follows ``position``; `nil` when that cannot be read now.
    private func readOn(_ then: @escaping (LogPage?) -> Void) {
        let (position, limit) = (position, LocalChannel.fillCount)
        if namespace.isLog {
            return loop.reader.page(
                of: key, from: position, limit: limit, bytes: LocalChannel.fillBytes, then: then)
        }
        loop.hub.broker.history(of: key, since: position, limit: limit, reverse: false, loop: loop.loop) {
            [self] history in
            guard let history else { return then(nil) }
            let next = history.publications.first?.offset ?? history.position.offset + 1
            guard history.position.epoch == epoch, next <= self.position + 1 else {
                beginAnew(at: history.position)
                return then(LogPage(events: [], isCut: false))
            }
            let found = history.publications
            then(LogPage(events: found, isCut: found.count >= limit))
        }
    }

    /// The stream cannot be followed without a gap: everybody subscribes again, and learns how much is lost.
    private func beginAnew(at position: StreamPosition) {
        epoch = position.epoch
        begunWork?.histories.forget()
        delivery = ContiguousDelivery(position: position.offset)
        recent = RecentPublications()
        let code = UnsubscribeCode.insufficientState
        for session in members.sessions { session.expel(from: key.name, code, reason: code.reason) }
        guard let begunWork, !begunWork.reached.isEmpty else { return }
        let waiting = begunWork.reached
        begunWork.reached = []
        for entry in waiting { entry.then() }
    }

    /// Delivers what follows what was delivered before; whoever waits for it comes in behind all of it.
    private func deliver(_ run: [ChannelPublication]) {
        for publication in run { deliver(publication) }
        guard let begunWork, !begunWork.reached.isEmpty else { return }
        let now = begunWork.reached.filter { $0.offset <= position }
        begunWork.reached.removeAll { $0.offset <= position }
        for entry in now { entry.then() }
        endWork()
    }

    private func deliver(_ publication: ChannelPublication) {
        let previous = members.isSpecial ? recent.newest : nil
        recent.append(publication, within: loop.recentBounds)
        if !publication.hides.isEmpty { begunWork?.pages.forget() }
        for hidden in publication.hides {
            recent.replace(offset: hidden, with: LogEvent.hidden(offset: hidden))
        }
        for observer in begunWork?.observers ?? [] {
            observer.channelDidDeliver(publication.publication, in: key)
        }
        if !members.isEmpty {
            handOut(publication, after: previous) { $0.deliver($1) }
        }
    }

    private func deliverEphemeral(_ publication: ChannelPublication) {
        guard !members.isEmpty else { return }
        handOut(publication, after: nil) { $0.deliverEphemeral($1) }
    }

    /// Tells members that somebody has come or left; a slow reader may miss it.
    private func deliver(_ notice: ChannelPublication.Notice, _ info: ClientInfo?) {
        guard let info, !members.isEmpty, namespace.joins != .never else { return }
        let push = Push(channel: key.name, notice == .join ? .join(info) : .leave(info))
        let members = members
        members.tell(push, all: namespace.joins == .always, loop.compressor)
    }

    private func handOut(
        _ publication: ChannelPublication, after previous: Publication?,
        _ give: (LiveSession, [UInt8]) -> Void
    ) {
        // Whoever is too slow leaves meanwhile.
        let members = members
        let count = members.handOut(
            publication.publication, after: previous, in: key.name, loop.compressor, give)
        loop.noteDeliveries(count, publication)
    }

    // MARK: Members

    /// Adds a session that has been told everything up to ``position``; returns its place.
    func add(_ session: LiveSession, _ manner: Manner = Manner()) -> Int {
        touch()
        return members.add(session, manner)
    }

    /// Takes the member at `place` out; the last member moves there.
    func remove(at place: Int) {
        touch()
        members.remove(at: place)?.move(in: self, to: place)
    }

    /// Registers an observer, which hears of every event after the offset that `then` is told.
    func observe(_ observer: any ChannelObserver, then: @escaping (UInt64?) -> Void) {
        whenLive { [self] isLive in
            guard isLive else { return then(nil) }
            work.observers.append(observer)
            then(position)
        }
    }

    func removeObserver(_ observer: any ChannelObserver) {
        begunWork?.observers.removeAll { $0 === observer }
        endWork()
        touch()
    }

    // MARK: What a subscriber has missed

    /// Completes a part of a stream's history, as the broker read it a moment ago, up to ``position``.
    ///
    /// `nil` when something after `offset` is kept neither there nor here.
    func completed(_ history: StreamHistory, after offset: UInt64) -> [Publication]? {
        guard history.position.epoch == epoch, offset <= position else { return nil }
        var found = history.publications.map(\.publication).filter { $0.offset <= position }
        if found.last?.offset ?? offset < position {
            guard let rest = missed(after: found.last?.offset ?? offset) else { return nil }
            found += rest
        }
        let isWhole =
            UInt64(found.count) == position - offset && (found.first?.offset ?? offset + 1) == offset + 1
        return isWhole ? found : nil
    }

    /// What was said after `offset` in a stream that keeps `size` publications for `lifetime`, as far as it is at hand: nothing
    /// that the stream itself would not have any more.
    func kept(after offset: UInt64, size: Int, lifetime: Duration) -> [Publication]? {
        guard offset <= position, position - offset <= UInt64(size) else { return nil }
        if offset < position, let oldest = recent.after(offset).first {
            let age = MonotonicTime.nanoseconds() - oldest.publishedAt
            guard oldest.publishedAt > 0, Duration.nanoseconds(age) < lifetime else { return nil }
        }
        return missed(after: offset)
    }

    /// What was said after `offset`, when it is at hand and fits one reply; `nil` otherwise.
    func missed(after offset: UInt64) -> [Publication]? {
        guard let page = pageAtHand(after: offset), (page.last?.offset ?? offset) >= position else {
            return nil
        }
        return page
    }

    /// What one page holds of what was said after `offset`, when all of that is at hand; `nil` otherwise.
    private func pageAtHand(after offset: UInt64) -> [Publication]? {
        guard offset <= position, recent.covers(after: offset, top: position) else { return nil }
        var bytes = 0
        var found: [Publication] = []
        for entry in recent.after(offset) {
            bytes += entry.weight
            guard found.isEmpty || found.count < loop.settings.pageCount && bytes <= loop.settings.pageBytes
            else { break }
            found.append(entry.publication)
        }
        return found
    }

    /// Brings a session from `offset` up to ``position``, page by page and no faster than it reads, then calls `then` in the same
    /// moment in which it has caught up.
    ///
    /// `send` hands on a page and says whether the session still lives.
    func catchUp(
        _ session: LiveSession, from offset: UInt64, send: @escaping ([Publication]) -> Bool,
        then: @escaping (Bool) -> Void
    ) {
        work.catchingUp += 1
        page(session, from: offset, send: send) { [self] caughtUp in
            work.catchingUp -= 1
            endWork()
            touch()
            then(caughtUp)
        }
    }

    private func page(
        _ session: LiveSession, from offset: UInt64, send: @escaping ([Publication]) -> Bool,
        then: @escaping (Bool) -> Void
    ) {
        session.inTurn { [self] done in
            if let page = pageAtHand(after: offset) {
                defer { done() }
                guard send(page) else { return then(false) }
                let reached = page.last?.offset ?? offset
                return reached >= position
                    ? then(true) : self.page(session, from: reached, send: send, then: then)
            }
            readPage(.after(offset, limit: loop.settings.pageCount, bytes: loop.settings.pageBytes)) {
                [self] found in
                defer { done() }
                guard let found, let newest = found.last else { return then(false) }
                // What is committed and not carried here yet comes to the session with all others, as a member.
                mayBeBehind(top: newest.offset)
                let told = found.prefix { $0.offset <= position }
                guard told.isEmpty || send(told.map(\.publication)) else { return then(false) }
                page(session, from: told.last?.offset ?? offset, send: send, then: then)
            }
        }
    }

    // MARK: Snapshots

    /// Hands out the channel's snapshot at an offset that ``position`` has reached and ``missed(after:)``
    /// reaches back to.
    ///
    /// All who ask in one moment share one.
    func withSnapshot(_ then: @escaping (ChannelSnapshot?) -> Void) {
        if let snapshot = begunWork?.snapshot, snapshot.offset <= position, position - snapshot.offset <= 32,
            missed(after: snapshot.offset) != nil
        {
            return then(snapshot)
        }
        work.snapshotWaiters.append(then)
        guard work.snapshotWaiters.count == 1 else { return }
        feature.snapshot(of: key, loop: loop) { [self] made in
            guard let made, made.offset > position else { return finishSnapshot(made) }
            work.reached.append((made.offset, { [self] in finishSnapshot(made) }))
            mustFill = true
            fillSoon(after: loop.gapPatience)
        }
    }

    private func finishSnapshot(_ made: ChannelSnapshot?) {
        work.snapshot = made
        let told = work.snapshotWaiters
        work.snapshotWaiters = []
        for then in told { then(made) }
    }
}
