import Assessment
import Courses
import DequeModule
import EventLoop
import JSON
import LiveHub
import LiveProtocol
import Postgres
import Tenancy

/// One live class on one node: the state that its logs fold to, who is there, and who may do what.
///
/// Confined to its home loop; whoever is elsewhere comes through ``ClassroomFeature``. The state follows the log: a
/// change is decided on here, committed by the log, and folded in when the log brings it back.
final class Room {
    enum Phase { case loading, ready, gone }

    let key: RoomKey
    let live: LiveLoop
    let removals: RemovedMembers
    /// Whom the sessions of the class's members pay with.
    let party: Party
    var classPaces: ClassPaces
    private(set) var phase = Phase.loading
    var state: RoomState

    // Members.
    var roles: [Int64: CourseRole] = [:]
    var askedRoles: [Int64: [(RoleAnswer) -> Void]] = [:]
    var isAskingRoles = false
    /// Users who were let in; a closed door is open to them.
    var known: Set<Int64> = []
    var roster: (list: MemberList, readAt: Int64)?
    /// Enrolments as they were when roles were read last.
    var enrollmentMark: String?
    /// Until when a closed door lets in who may have been there before the room was loaded.
    private(set) var reunionEndsAt = WallTime.milliseconds() + Room.reunion

    // Changes on their way.
    var flights: [Flight: [() -> Void]] = [:]
    var drawing: [Int64: Deque<() -> Void>] = [:]
    var paces: [Int64: MemberPaces] = [:]
    private var reached: [(channel: ClassChannel, offset: UInt64, then: () -> Void)] = []

    // Presence and what is told in ticks.
    var presence: ClusterPresence
    var trips = TripQuestions()
    var tripWaiters: [UInt64: () -> Void] = [:]
    /// Limits what other nodes may ask of this one.
    var tripAnswers = Pace(perSecond: 20, burst: 20, now: 0)
    var staffConnections = 0
    var reactions = Reactions()
    var told = Told()
    var meter = RoomMeter()

    // The quiz.
    var quizRuns: [Int64: QuizRun] = [:]
    var tallies: [Int64: RawJSON] = [:]
    var isTallyDue = false
    /// Whether the tally is told even if nothing has changed.
    var isTallyAsked = false
    var isTallying = false
    var talliedAt: Int64 = 0
    var closing: Set<Int64> = []

    private var early: [(ClassChannel, Publication)] = []
    private var snapshots: [ClassChannel: (offset: UInt64, data: RawJSON)] = [:]
    private var keptBoardAt: UInt64 = 0
    private var isKeepingBoard = false
    private var lastUsed = ContinuousClock.now

    init(
        _ key: RoomKey, _ info: LiveClass, live: LiveLoop, removals: RemovedMembers,
        limits: ClassLimits = ClassLimits()
    ) {
        self.key = key
        party = Party(live.hub.limits.groupLevel)
        classPaces = ClassPaces(limits)
        self.live = live
        self.removals = removals
        state = RoomState(info)
        presence = Room.nobody(live.hub.bus)
    }

    var hub: LiveHub { live.hub }

    func channel(_ channel: ClassChannel) -> ChannelKey { channel.key(key.id, in: key.institution) }

    // MARK: Life

    private static let reunion: Int64 = 60_000

    /// Ends the time in which a closed door lets everybody back in.
    func forgetReunion() { reunionEndsAt = 0 }

    func touch() { lastUsed = .now }

    /// Whether nobody is there and nothing is on its way, for long enough to let the room go.
    func isIdle(longerThan limit: Duration) -> Bool {
        presence.isEmpty && staffConnections == 0 && flights.isEmpty && state.quiz.open?.deadline == nil
            && .now - lastUsed > limit
    }

    /// Lets go of everything; the room is not used again.
    func close() {
        phase = .gone
        for channel in ClassChannel.logs { live.stopObserving(self.channel(channel), self) }
        removals.forget(key)
        let waiting = reached
        reached = []
        for entry in waiting { entry.then() }
        for question in tripWaiters.keys.sorted() { endTrips(question) }
    }

    /// Reads the logs and follows them from then on.
    ///
    /// - Returns: `false` when something could not be read; the room is then closed.
    func load() async -> Bool {
        guard await readBoard(), await follow() else {
            close()
            return false
        }
        for id in state.chat.missing {
            if let message = await message(id) { state.chat.provide(message) }
        }
        phase = .ready
        let waiting = early
        early = []
        for (channel, publication) in waiting { take(publication, in: channel) }
        removals.add(state.whole.removed, to: key)
        return true
    }

    private func readBoard() async -> Bool {
        do {
            let rows = try await live.pool.query(
                ClassQueries.boardSnapshot, [.int(key.institution.rawValue), .int(key.id)],
                tenant: key.institution)
            guard let row = rows.first else { return true }
            let value = try JSONReader.read(try row.bytes(1))
            let elements = (value.array ?? []).compactMap { element -> BoardElement? in
                guard let fields = try? JSONFields(element) else { return nil }
                return try? BoardElement(stored: fields)
            }
            keptBoardAt = UInt64(try row.int(0))
            state.board = BoardState(elements: elements, offset: keptBoardAt)
            return true
        } catch {
            return false
        }
    }

    private func follow() async -> Bool {
        var tops: [(channel: ClassChannel, top: UInt64)] = []
        for channel in ClassChannel.logs {
            let top = await withCheckedContinuation { continuation in
                live.observe(self.channel(channel), self) { continuation.resume(returning: $0) }
            }
            guard let top else { return false }
            tops.append((channel, top))
        }
        for (channel, top) in tops {
            while state.offset(channel) < top {
                guard let page = await page(of: channel, after: state.offset(channel), limit: 500),
                    !page.isEmpty
                else {
                    return false
                }
                for publication in page { fold(publication, in: channel) }
            }
        }
        return true
    }

    private func page(of channel: ClassChannel, after offset: UInt64, limit: Int) async -> [Publication]? {
        await withCheckedContinuation { continuation in
            live.readLog(self.channel(channel), after: offset, limit: limit) {
                continuation.resume(returning: $0)
            }
        }
    }

    /// Asks the log for one message that is not at hand.
    func message(_ id: UInt64) async -> ChatMessage? {
        guard id > 0, let found = await page(of: .chat, after: id - 1, limit: 1)?.first, found.offset == id
        else {
            return nil
        }
        return ChatMessage(LogEntry(found.data.json ?? .null, offset: found.offset)).map(state.chat.edited)
    }

    // MARK: Folding

    @discardableResult
    private func fold(_ publication: Publication, in channel: ClassChannel) -> LogEntry? {
        guard publication.offset == state.offset(channel) + 1 else { return nil }
        let entry = LogEntry(publication.data.json ?? .null, offset: publication.offset)
        state.fold(entry, in: channel)
        return entry
    }

    private func take(_ publication: Publication, in channel: ClassChannel) {
        guard phase == .ready else {
            if phase == .loading { early.append((channel, publication)) }
            return
        }
        guard let entry = fold(publication, in: channel) else { return }
        react(to: entry)
        let offset = state.offset(channel)
        guard !reached.isEmpty else { return }
        let now = reached.filter { $0.channel == channel && $0.offset <= offset }
        reached.removeAll { $0.channel == channel && $0.offset <= offset }
        for entry in now { entry.then() }
    }

    /// Calls `then` once the event is folded in.
    func whenFolded(_ offset: UInt64, in channel: ClassChannel, _ then: @escaping () -> Void) {
        guard phase == .ready, state.offset(channel) < offset else { return then() }
        reached.append((channel, offset, then))
    }

    /// What a live event brings about besides the state.
    private func react(to entry: LogEntry) {
        switch entry.type {
        case "chat.pinned":
            guard !state.chat.missing.isEmpty else { return }
            live.loop.run { await self.fetchPinned() }
        case "member.removed":
            guard let user = entry.object["user"]?["id"]?.number?.int64 else { return }
            removals.add([user], to: key)
            expel(user, from: ClassChannel.ofClass, reason: "removed")
        case "member.readmitted":
            guard let user = entry.object["user"]?["id"]?.number?.int64 else { return }
            removals.takeBack(user, in: key)
        case "quiz.opened", "quiz.closed", "quiz.revealed":
            quizRuns = [:]
            isTallyDue = true
        case "board.applied": keepBoardSometimes()
        default: break
        }
    }

    private func fetchPinned() async {
        for id in state.chat.missing {
            if let message = await message(id) { state.chat.provide(message) }
        }
        snapshots[.chat] = nil
    }

    func expel(_ user: Int64, from channels: [ClassChannel], reason: String) {
        for channel in channels { hub.expel(user: user, from: self.channel(channel), reason: reason) }
    }

    // MARK: Snapshots

    /// The state of a channel as a whole, at the offset that is folded in.
    func snapshot(_ channel: ClassChannel) -> ChannelSnapshot? {
        touch()
        let now = WallTime.milliseconds()
        let offset = state.offset(channel)
        switch channel {
        case .class:
            return ChannelSnapshot(
                offset: offset,
                data: state.whole.snapshot(here: presence.here, at: now, isDegraded: hub.degraded.isDegraded))
        case .chat: return cached(channel, offset) { state.chat.snapshot }
        case .board: return cached(channel, offset) { state.board.snapshot }
        case .quiz: return ChannelSnapshot(offset: offset, data: state.quiz.snapshot(at: now))
        case .staff:
            isTallyDue = true
            let data = RawJSON { json in
                json.object { json in
                    json.array("tallies", of: tallies.sorted { $0.key < $1.key }) { $0.raw($1.value) }
                    json.member("here", presence.here)
                }
            }
            return ChannelSnapshot(offset: 0, data: data)
        case .personal: return nil
        }
    }

    private func cached(_ channel: ClassChannel, _ offset: UInt64, _ make: () -> RawJSON) -> ChannelSnapshot {
        if let known = snapshots[channel], known.offset == offset {
            return ChannelSnapshot(offset: offset, data: known.data)
        }
        let data = make()
        snapshots[channel] = (offset, data)
        return ChannelSnapshot(offset: offset, data: data)
    }

    // MARK: The board's stored state

    /// Events between two stored states of the board.
    private static let boardEvents: UInt64 = 1000

    private func keepBoardSometimes() {
        guard !isKeepingBoard, state.board.offset >= keptBoardAt + Room.boardEvents else { return }
        isKeepingBoard = true
        live.loop.run { await self.keepBoard() }
    }

    /// Stores the board as it is now; after a failure it is tried again a hundred events later.
    func keepBoard() async {
        let offset = state.board.offset
        let elements = state.board.elements
        let text = RawJSON { json in json.array(of: elements) { $1.write(&$0) } }
        let place: [PostgresValue] = [
            .int(key.institution.rawValue), .int(key.id), .int(Int64(clamping: offset)),
        ]
        var batch = TransactionBatch()
        batch.append(ClassQueries.keepBoard, place + [.json(text.bytes)], tenant: key.institution)
        batch.append(ClassQueries.dropBoards, place, tenant: key.institution)
        let isKept = (try? await live.pool.run(batch)) != nil
        keptBoardAt = isKept || offset < Room.boardEvents ? offset : offset - Room.boardEvents + 100
        isKeepingBoard = false
    }

    /// The present second, as meters count.
    static var second: Int64 { MonotonicTime.nanoseconds() / 1_000_000_000 }
}

extension Room: ChannelObserver {
    func channelDidDeliver(_ publication: Publication, in channel: ChannelKey) {
        guard let (channel, _) = ClassChannel.read(channel.name) else { return }
        take(publication, in: channel)
    }
}
