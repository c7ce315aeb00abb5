import Assessment
import EventLoop
import JSON
import LiveHub
import Postgres

/// What was told last, and when: so that others are told of changes only, and seldom enough.
struct Told {
    var here = 0
    /// Whether somebody came whose snapshot may hold an older count.
    var isCountAsked = false
    var counts = EverySecond()
    /// How often the live layer had become degraded or whole again when that was told last.
    var degradations = 0
    /// Whether somebody came whose snapshot may be older than the last change.
    var isDegradedAsked = false
    var people = EverySecond()
    /// Limits ephemeral events of the board by what they cost: so many deliveries a second in the whole class.
    ///
    /// What instructors draw may go on when students have taken their part.
    static let deliveries = Rate(50_000, burst: 100_000)
    var deliveriesPaidUntil: Int64 = 0
    var typing = Pace(perSecond: 5, burst: 5, now: 0)
}

/// What is done at most once in a second, counted in ticks.
///
/// Ticks are never exactly as far apart as they should be; one that comes a little early must not cost a whole further one.
struct EverySecond: Sendable {
    private var doneAt: Int64 = 0

    /// Whether it may be done at a tick, `now` in milliseconds; when it may, it counts as done.
    mutating func take(at now: Int64) -> Bool {
        guard doneAt + 1000 - Room.period / 2 <= now else { return false }
        doneAt = now
        return true
    }
}

/// Presence, and everything that is told twice a second at most.
extension Room {
    /// Milliseconds between two ticks.
    static let period: Int64 = 500

    /// Called twice a second.
    func tick(at now: Int64) {
        if let run = state.quiz.overdue(at: now, grace: QuizRuns.grace) { closeOverdue(run.id, at: now) }
        tell(presence.tick(at: now))
        tellReactions()
        tellDegraded()
        tellCount(at: now)
        tellPeople(at: now)
        tellTally(at: now)
    }

    private func publish(_ data: RawJSON, to channel: ClassChannel) {
        hub.publishEphemeral(data, to: self.channel(channel))
    }

    /// Publishes what every node finds out for itself, and so tells its own members only.
    private func publishHere(_ data: RawJSON, to channel: ClassChannel) {
        hub.publishHere(data, to: self.channel(channel))
    }

    private func tellReactions() {
        let counts = reactions.take()
        guard !counts.isEmpty else { return }
        publish(
            EventBody.ephemeral("class.reactions") { json in
                json.object("counts") { json in
                    for (emoji, count) in counts { json.member(emoji, count) }
                }
            }, to: .class)
    }

    private func tellCount(at now: Int64) {
        guard presence.here != told.here || told.isCountAsked, told.counts.take(at: now) else { return }
        told.isCountAsked = false
        told.here = presence.here
        publishHere(EventBody.ephemeral("class.count") { $0.member("here", presence.here) }, to: .class)
    }

    /// Tells this node's members whether events may come late: others have a node of their own.
    private func tellDegraded() {
        let (isDegraded, changes) = hub.degraded
        guard changes != told.degradations || told.isDegradedAsked else { return }
        told.degradations = changes
        told.isDegradedAsked = false
        hub.publishHere(
            EventBody.ephemeral("class.degraded") { $0.member("degraded", isDegraded) },
            to: channel(.class))
    }

    private func tellPeople(at now: Int64) {
        guard told.people.take(at: now) else { return }
        let change = presence.change(at: now)
        for user in change.left { paces[user.id] = nil }
        guard !change.isEmpty, staffConnections > 0 else { return }
        publishHere(
            EventBody.ephemeral("people.changed") { json in
                json.array("joined", of: change.joined) { $0.person($1.id, $1.name) }
                json.array("left", of: change.left) { $0.person($1.id, $1.name) }
            }, to: .staff)
    }

    // MARK: Presence

    func didJoin(_ user: Int64, name: String, channel: ClassChannel, isReturning: Bool) {
        touch()
        switch channel {
        case .class:
            presence.join(user, name: name, isReturning: isReturning, at: WallTime.milliseconds())
            meter.joined(at: Room.second)
            told.isCountAsked = true
            told.isDegradedAsked = told.degradations > 0
        case .staff:
            staffConnections += 1
            // Whoever comes gets the present tally, even if their snapshot was made before.
            isTallyDue = true
            isTallyAsked = true
        default: break
        }
    }

    func didLeave(_ user: Int64, channel: ClassChannel) {
        touch()
        switch channel {
        case .class: presence.leave(user, at: WallTime.milliseconds())
        case .staff: staffConnections = max(0, staffConnections - 1)
        default: break
        }
    }

    // MARK: Tallies

    /// While a question is open its tally is made anew this often, whoever recorded the answers.
    private static let tallyAge: Int64 = 2_000

    func didRecord(_ count: Int) {
        meter.answered(count, at: Room.second)
        isTallyDue = true
    }

    private func tellTally(at now: Int64) {
        let isOld = state.quiz.open != nil && talliedAt + Room.tallyAge <= now
        guard isTallyDue || isOld, !isTallying, staffConnections > 0, let run = state.quiz.runs.last else {
            return
        }
        isTallyDue = false
        isTallying = true
        talliedAt = now
        live.loop.run { await self.tally(run.id) }
    }

    private func tally(_ id: Int64) async {
        defer { isTallying = false }
        do {
            let reader = RunReader(pool: live.pool)
            if quizRuns[id] == nil {
                for run in try await reader.runs(ofClass: key.id, in: key.institution) {
                    quizRuns[run.id] = run
                }
            }
            guard let run = quizRuns[id], let tally = try await reader.tally(of: run, in: key.institution)
            else { return }
            let data = RawJSON { json in json.object { tally.write(&$0) } }
            guard tallies[id] != data || isTallyAsked else { return }
            isTallyAsked = false
            tallies[id] = data
            let now = WallTime.milliseconds()
            publishHere(EventBody.ephemeral("quiz.tally", at: now) { tally.write(&$0) }, to: .staff)
        } catch {
            isTallyDue = true
        }
    }

    // MARK: After a step

    /// Tells those of their grades whom a reveal concerns.
    ///
    /// The grades themselves are in the gradebook already.
    func follow(_ made: StepPlan.Made?, by member: ClassMember, at now: Int64) {
        guard case .revealed(let summary) = made else { return }
        tellGrades(summary, summary.cells[...], by: member, at: now)
    }

    /// Grades that are on their way to the log at once.
    private static let gradesAtOnce = 500

    private func tellGrades(
        _ summary: RevealSummary, _ cells: ArraySlice<RevealSummary.Cell>, by member: ClassMember,
        at now: Int64
    ) {
        let some = cells.prefix(Room.gradesAtOnce)
        var left = some.count
        for cell in some {
            let body = EventBody.make("grade.posted", at: now, by: member) { json in
                json.member("course", summary.run.course)
                json.member("assignment", summary.assignment)
                json.member("score", cell.score)
                json.member("points_possible", summary.pointsPossible)
            }
            let event = LogAppend(
                channel: ClassChannel.personal.key(cell.user, in: key.institution), author: 0,
                method: "grade.post",
                key: PostgresUUID(
                    high: UInt64(bitPattern: summary.run.id), low: UInt64(bitPattern: cell.user)),
                digest: summary.run.id, at: now, body: body)
            hub.log.append(event, loop: live.loop) { [self] _ in
                left -= 1
                if left == 0 { tellGrades(summary, cells.dropFirst(Room.gradesAtOnce), by: member, at: now) }
            }
        }
    }

    // MARK: Signals

    /// Takes an ephemeral signal; what may not be is dropped without a word.
    func take(_ signal: SignalRequest, user: Int64, name: String, at now: Int64) {
        guard presence.isHere(user), !state.whole.removed.contains(user),
            let role = roles[user].flatMap(ClassMember.Role.init)
        else { return }
        let member = ClassMember(id: user, name: name, role: role)
        guard paces[user, default: MemberPaces(now: now)].signals.take(at: now) == nil else {
            return hub.limits.note(ClassLimitNames.signals)
        }
        switch signal.content {
        case .typing:
            guard state.whole.phase == .live, state.whole.mutedUntil(user, at: now) == nil,
                !state.whole.locks.chat || member.isStaff
            else { return }
            guard told.typing.take(at: now) == nil else { return hub.limits.note(ClassLimitNames.typing) }
            publish(signal.event(by: member), to: .chat)
        case .cursor, .stroke:
            let readers = max(presence.connections, presence.here)
            guard state.whole.mayDraw(member) else { return }
            let wait = Told.deliveries.take(
                readers, from: &told.deliveriesPaidUntil, now: now * 1_000_000, keepsReserve: !member.isStaff)
            guard wait == nil else { return hub.limits.note(ClassLimitNames.cursors) }
            publish(signal.event(by: member), to: .board)
        }
    }
}
