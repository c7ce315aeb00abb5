import Assessment
import DequeModule
import EventLoop
import JSON
import LiveHub
import LiveProtocol
import Postgres

/// One change under its key, while it is on its way.
struct Flight: Hashable, Sendable {
    let user: Int64
    let method: ClassMethod
    let key: PostgresUUID
}

/// How fast one member may go on.
struct MemberPaces: Sendable {
    var chat: Pace
    var board: Pace
    var others: Pace
    var signals: Pace
    var reads: Pace

    init(now: Int64) {
        chat = Pace(perSecond: 5, burst: 10, now: now)
        board = Pace(perSecond: 20, burst: 60, now: now)
        others = Pace(perSecond: 5, burst: 20, now: now)
        signals = Pace(perSecond: 30, burst: 60, now: now)
        reads = Pace(perSecond: 10, burst: 40, now: now)
    }

    mutating func take(_ method: ClassMethod, at now: Int64) -> Int64? {
        switch ClassLimits.Kind(method) {
        case .chat: chat.take(at: now)
        case .board: board.take(at: now)
        case .others: others.take(at: now)
        }
    }
}

/// The way of a change: who it is, the same key at most once at a time, the rules, the log, the answer.
extension Room {
    /// Board changes of one member that may wait for an earlier one.
    private static let mostWaiting = 256

    /// Carries out a call.
    func perform(_ request: ClassRequest, _ call: RoomCall) {
        member(call.user, call.name) { member, isKnown in
            guard let member else { return isKnown ? call.deny() : call.fail() }
            guard self.comesIn(member) else { return call.deny() }
            guard ClassroomPermissions.roles(request.method).contains(member.role) else {
                return call.refuse(Refusal(.notAllowed))
            }
            if request.method.isRead {
                let now = call.receivedAt
                guard self.paces[member.id, default: MemberPaces(now: now)].reads.take(at: now) == nil else {
                    return call.meet(ClassLimitNames.reads, in: self.hub.limits)
                }
                self.read(request.command, by: member, call)
            } else {
                self.begin(Change(request: request, member: member, call: call), isRepeated: false)
            }
        }
    }

    /// A change with all that belongs to it.
    struct Change {
        let request: ClassRequest
        let member: ClassMember
        let call: RoomCall

        var flight: Flight { Flight(user: member.id, method: request.method, key: request.key) }
    }

    /// The same key waits for itself; board changes of one member wait for one another, so that an undo knows what
    /// came before it.
    ///
    /// What has waited for the same key (`isRepeated`) costs nothing of the member's pace.
    private func begin(_ change: Change, isRepeated: Bool) {
        if flights[change.flight] != nil {
            flights[change.flight]?.append { self.begin(change, isRepeated: true) }
            return
        }
        if !isRepeated, let (limit, wait) = pace(of: change) {
            return refuse(change.call, for: limit, wait: wait)
        }
        flights[change.flight] = []
        guard change.request.method == .apply else { return find(change) }
        guard drawing[change.member.id] != nil else {
            drawing[change.member.id] = []
            return find(change)
        }
        guard drawing[change.member.id, default: []].count < Room.mostWaiting else {
            flights[change.flight] = nil
            return refuse(change.call, for: ClassLimitNames.waiting, wait: 1000)
        }
        drawing[change.member.id]?.append { self.find(change) }
    }

    /// Takes what a change costs its member and the class: `nil`, or the limit that it meets and the milliseconds to wait.
    private func pace(of change: Change) -> (LiveLimit?, Int64)? {
        let (member, method, now) = (change.member, change.request.method, change.call.receivedAt)
        let kind = ClassLimits.Kind(method)
        if let wait = paces[member.id, default: MemberPaces(now: now)].take(method, at: now) {
            return (ClassLimitNames.member[kind], wait)
        }
        return classPaces.take(method, isStaff: member.isStaff, at: change.call.startedAt)
            .map { (ClassLimitNames.whole[kind], $0) }
    }

    private func refuse(_ call: RoomCall, for limit: LiveLimit?, wait: Int64) {
        if let limit { hub.limits.note(limit) }
        call.refuse(Refusal(.rateLimited, retryAfterMilliseconds: wait, limit: limit))
    }

    /// Answers a change and lets those go on who waited for it.
    private func finish(_ change: Change, _ result: RawJSON, folded: (ClassChannel, UInt64)? = nil) {
        change.call.answer(.result(result))
        meter.acknowledged(microseconds: (MonotonicTime.nanoseconds() - change.call.startedAt) / 1000)
        let release = { [self] in
            for waiter in flights.removeValue(forKey: change.flight) ?? [] { waiter() }
            guard change.request.method == .apply else { return }
            if let next = drawing[change.member.id]?.popFirst() {
                next()
            } else {
                drawing[change.member.id] = nil
            }
        }
        if let folded { whenFolded(folded.1, in: folded.0, release) } else { release() }
    }

    // MARK: Deciding

    /// Looks up the member whom the change is about.
    private func find(_ change: Change) {
        switch change.request.command {
        case .mute(let user, _, _), .remove(let user, _), .readmit(let user):
            live.loop.run { await self.findTarget(user, change) }
        default: decide(change, Facts())
        }
    }

    private func findTarget(_ user: Int64, _ change: Change) async {
        guard let roster = await readRoster() else { return finish(change, refused(.unavailable)) }
        var facts = Facts()
        facts.target = roster.rows.first { $0.id == user }.map {
            ClassMember(id: $0.id, name: $0.name, role: $0.role)
        }
        decide(change, facts)
    }

    private func decide(_ change: Change, _ facts: Facts) {
        let (request, member) = (change.request, change.member)
        switch state.decide(request.command, by: member, at: change.call.receivedAt, facts) {
        case .append(let draft): append(draft, change)
        case .transact(let step):
            let plan = StepPlan(
                step, of: state.whole.info, in: key, by: member, head: head(of: change, step.channel))
            transact(plan, change)
        case .react(let emoji):
            reactions.add(emoji)
            finish(change, CallResult.taken(at: change.call.receivedAt))
        case .needsMessage(let id): live.loop.run { await self.findMessage(id, change) }
        case .refuse(let refusal): live.loop.run { await self.refuse(refusal, change) }
        }
    }

    private func findMessage(_ id: UInt64, _ change: Change) async {
        var facts = Facts()
        facts.older = await message(id)
        facts.wasLogAsked = true
        decide(change, facts)
    }

    // MARK: Appending

    private func head(of change: Change, _ channel: ClassChannel, _ draft: Draft? = nil) -> LogAppend {
        LogAppend(
            channel: self.channel(channel), author: change.member.id, method: change.request.method.rawValue,
            key: change.request.key, digest: change.request.digest, at: change.call.receivedAt,
            body: draft?.body ?? .emptyObject, hides: draft?.hides ?? [])
    }

    private func append(_ draft: Draft, _ change: Change) {
        let event = head(of: change, draft.channel, draft)
        let then: (AppendOutcome) -> Void = { [self] in appended($0, draft.channel, change) }
        if let notice = draft.notice {
            let further = LogAppend(
                channel: ClassChannel.personal.key(notice.user, in: key.institution), author: event.author,
                method: event.method, key: event.key, digest: event.digest, at: event.at, body: notice.body)
            let body = draft.body
            hub.log.transact(
                LogTransaction(head: event) { _ in .append(body, further: [further]) }, loop: live.loop,
                then: then)
        } else if let message = draft.hides.first, state.chat.isEdited(message) {
            // The edits hold texts of the message: they are hidden with it.
            let place: [PostgresValue] = [
                .int(key.institution.rawValue), .text(event.channel.name), .text(String(message)),
            ]
            let body = draft.body
            hub.log.transact(
                LogTransaction(head: event) { transaction in
                    try await transaction.query(ClassQueries.hideEdits, place)
                    return .append(body)
                }, loop: live.loop, then: then)
        } else {
            hub.log.append(event, loop: live.loop, then: then)
        }
    }

    private func appended(
        _ outcome: AppendOutcome, _ channel: ClassChannel, _ change: Change, run: Int64? = nil
    ) {
        switch outcome {
        case .recorded(let offset, let at):
            // Here, not where events are folded in: those come to every node, which would all count the same message.
            if change.request.method == .send { meter.said(at: Room.second) }
            finish(change, CallResult.recorded(offset: offset, at: at, run: run), folded: (channel, offset))
        case .duplicate(let offset, let at, let event):
            finish(change, CallResult.duplicate(offset: offset, at: at, run: Room.run(in: event)))
        case .keyReused: finish(change, refused(Refusal(.keyReused)))
        case .refused(let reason): finish(change, refused(Refusal(RefusalReason(rawValue: reason))))
        case .unavailable: finish(change, refused(.unavailable))
        }
    }

    private func refused(_ refusal: Refusal) -> RawJSON {
        CallResult.refused(refusal, at: WallTime.milliseconds())
    }

    /// The run that an event of the quiz is about.
    private static func run(in event: RawJSON) -> Int64? { LogEntry(event, offset: 0).int("run") }

    // MARK: Steps

    private func transact(_ plan: StepPlan, _ change: Change) {
        hub.log.transact(plan.transaction, loop: live.loop) { [self] outcome in
            let made = plan.result.value
            if case .recorded = outcome { follow(made, by: change.member, at: change.call.receivedAt) }
            appended(outcome, plan.step.channel, change, run: made?.openedRun)
        }
    }

    /// Closes a question whose time is up; the server itself does it, on every node with the same key.
    func closeOverdue(_ run: Int64, at now: Int64) {
        guard closing.insert(run).inserted else { return }
        let head = LogAppend(
            channel: channel(.quiz), author: 0, method: ClassMethod.close.rawValue,
            key: PostgresUUID(high: UInt64(bitPattern: run), low: 0), digest: run, at: now, body: .emptyObject
        )
        let plan = StepPlan(.close(run: run), of: state.whole.info, in: key, by: nil, head: head)
        hub.log.transact(plan.transaction, loop: live.loop) { [self] _ in closing.remove(run) }
    }

    // MARK: Refusing

    /// Refuses, unless the key has made something before: then that stands, whatever the rules say by now.
    private func refuse(_ refusal: Refusal, _ change: Change) async {
        do {
            let channel = self.channel(change.request.method.channel)
            let rows = try await live.pool.query(
                ClassQueries.made,
                [
                    .int(key.institution.rawValue), .text(channel.name), .int(change.member.id),
                    .text(change.request.method.rawValue), .uuid(change.request.key),
                ], tenant: key.institution)
            guard let row = rows.first else { return finish(change, refused(refusal)) }
            guard try row.int(2) == change.request.digest else {
                return finish(change, refused(Refusal(.keyReused)))
            }
            let offset = UInt64(try row.int(0))
            let run = Room.run(in: try RawJSON(validating: Array(try row.text(3).utf8)))
            finish(change, CallResult.duplicate(offset: offset, at: try row.int(1), run: run))
        } catch {
            finish(change, refused(.unavailable))
        }
    }
}

extension ClassMethod {
    /// The channel whose log holds what the method makes.
    var channel: ClassChannel {
        switch self {
        case .send, .edit, .delete, .pin, .history: .chat
        case .apply: .board
        case .open, .answer, .close, .reveal: .quiz
        case .start, .end, .lock, .announce, .allow, .show, .raise, .lower, .react, .mute, .remove, .me,
            .members:
            .class
        }
    }
}
