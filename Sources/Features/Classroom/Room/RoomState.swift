import JSON

/// Everything that a class's rules look at, folded from its logs.
///
/// Pure: events and times in, decisions out.
struct RoomState: Sendable {
    var whole: ClassState
    var chat = ChatState()
    var board = BoardState()
    var quiz = QuizState()

    init(_ info: LiveClass) { whole = ClassState(info) }

    // MARK: Folding

    func offset(_ channel: ClassChannel) -> UInt64 {
        switch channel {
        case .class: whole.offset
        case .chat: chat.offset
        case .board: board.offset
        case .quiz: quiz.offset
        case .staff, .personal: 0
        }
    }

    /// Folds the next event of a channel in.
    mutating func fold(_ entry: LogEntry, in channel: ClassChannel) {
        switch channel {
        case .class: whole.fold(entry)
        case .chat: chat.fold(entry)
        case .board: board.fold(entry)
        case .quiz: quiz.fold(entry)
        case .staff, .personal: break
        }
    }

    // MARK: Deciding

    /// Decides on a member's command.
    ///
    /// Reads are not for here. `now` is when the command was read, in milliseconds since 1970.
    mutating func decide(_ command: ClassCommand, by member: ClassMember, at now: Int64, _ facts: Facts)
        -> Decision
    {
        if let refusal = refusal(of: command) { return .refuse(refusal) }
        switch command {
        case .start: return whole.phase == .live ? .refuse(.alreadyStarted) : .transact(.start)
        case .end: return .transact(.end)
        case .send, .edit, .delete, .pin: return decideChat(command, by: member, at: now, facts)
        case .apply(let requests): return decideBoard(requests, by: member, at: now)
        case .open(let opening): return quiz.refusalToOpen().map(Decision.refuse) ?? .transact(.open(opening))
        case .close(let run):
            return quiz.refusalToClose(run).map(Decision.refuse) ?? .transact(.close(run: run))
        case .reveal(let run):
            return quiz.refusalToReveal(run).map(Decision.refuse) ?? .transact(.reveal(run: run))
        case .react(let emoji):
            return whole.mutedUntil(member.id, at: now) == nil ? .react(emoji) : .refuse(.muted)
        case .raise, .lower, .mute, .remove, .readmit:
            return decideMember(command, by: member, at: now, facts)
        case .lock, .announce, .allow, .show: return .append(arrange(command, by: member, at: now))
        case .answer, .me, .members, .history: return .refuse(.notAllowed)
        }
    }

    /// What the class's phase forbids.
    ///
    /// An ended class is read and not changed, except that what was asked may still be revealed, so that
    /// nobody's answers stay without a score.
    private func refusal(of command: ClassCommand) -> RefusalReason? {
        switch (whole.phase, command) {
        case (.ended, .reveal): nil
        case (.ended, _): .classEnded
        case (.scheduled, .end), (.scheduled, .send), (.scheduled, .edit), (.scheduled, .apply),
            (.scheduled, .open),
            (.scheduled, .raise), (.scheduled, .react):
            .classNotLive
        default: nil
        }
    }

    // MARK: The class

    private func arrange(_ command: ClassCommand, by member: ClassMember, at now: Int64) -> Draft {
        let body: RawJSON
        switch command {
        case .lock(let change):
            var locks = whole.locks
            locks.chat = change.chat ?? locks.chat
            locks.board = change.board ?? locks.board
            locks.joining = change.joining ?? locks.joining
            body = EventBody.make("class.locked", at: now, by: member) { locks.write(&$0) }
        case .announce(let text):
            body = EventBody.make("class.announcement", at: now, by: member) { $0.member("text", text) }
        case .allow(let drawing):
            body = EventBody.make("board.allowed", at: now, by: member) {
                $0.name("draw")
                drawing.write(&$0)
            }
        case .show(let stage):
            body = EventBody.make("stage.shown", at: now, by: member) {
                $0.name("stage")
                stage.write(&$0)
            }
        default: preconditionFailure("not a command that arranges the class")
        }
        return Draft(channel: .class, body: body)
    }

    // MARK: Members

    private func decideMember(
        _ command: ClassCommand, by member: ClassMember, at now: Int64, _ facts: Facts
    ) -> Decision {
        switch command {
        case .raise:
            if whole.mutedUntil(member.id, at: now) != nil { return .refuse(.muted) }
            return append("hand.raised", by: member, at: now) { json in
                json.name("user")
                json.person(member.id, member.name)
            }
        case .lower(let user):
            let user = user ?? member.id
            guard user == member.id || member.isStaff else { return .refuse(.notAllowed) }
            guard whole.hand(of: user) != nil else { return .refuse(.notFound) }
            return append("hand.lowered", by: member, at: now) { json in
                json.name("user")
                json.person(user, nil)
            }
        case .mute(_, let seconds, _):
            guard let target = facts.target else { return .refuse(.notFound) }
            guard !target.isStaff else { return .refuse(.notAllowed) }
            let until = seconds == 0 ? nil : now + seconds * 1000
            let body = EventBody.make("member.muted", at: now, by: member) { json in
                json.name("user")
                json.person(target.id, target.name)
                json.nullable("until", until)
            }
            let notice = EventBody.make("class.muted", at: now, by: member) { json in
                json.member("class", whole.info.id)
                json.nullable("until", until)
            }
            return .append(Draft(channel: .class, body: body, notice: .init(user: target.id, body: notice)))
        case .remove(_, let reason):
            guard let target = facts.target else { return .refuse(.notFound) }
            guard !target.isStaff else { return .refuse(.notAllowed) }
            let body = EventBody.make("member.removed", at: now, by: member) { json in
                json.name("user")
                json.person(target.id, target.name)
            }
            let notice = EventBody.make("class.removed", at: now, by: member) { json in
                json.member("class", whole.info.id)
                json.member("reason", reason)
            }
            return .append(Draft(channel: .class, body: body, notice: .init(user: target.id, body: notice)))
        case .readmit(let user):
            guard let target = facts.target, whole.removed.contains(user) else { return .refuse(.notFound) }
            let body = EventBody.make("member.readmitted", at: now, by: member) { json in
                json.name("user")
                json.person(target.id, target.name)
            }
            let notice = EventBody.make("class.readmitted", at: now, by: member) { json in
                json.member("class", whole.info.id)
            }
            return .append(Draft(channel: .class, body: body, notice: .init(user: target.id, body: notice)))
        default: return .refuse(.notAllowed)
        }
    }

    private func append(
        _ type: String, by member: ClassMember, at now: Int64, _ rest: (inout JSONWriter) -> Void
    ) -> Decision {
        .append(Draft(channel: .class, body: EventBody.make(type, at: now, by: member, rest)))
    }

    // MARK: Chat

    private func decideChat(
        _ command: ClassCommand, by member: ClassMember, at now: Int64, _ facts: Facts
    ) -> Decision {
        switch command {
        case .send(let text, let replyTo):
            if let reason = refusalToWrite(text, member, now) { return .refuse(reason) }
            return chatEvent("chat.message", by: member, at: now) { json in
                json.member("text", text)
                json.member("reply_to", replyTo)
            }
        case .edit(let id, let text):
            if let reason = refusalToWrite(text, member, now) { return .refuse(reason) }
            return about(id, facts) { message in
                guard message.author.id == member.id else { return .refuse(.notAllowed) }
                return chatEvent("chat.edited", by: member, at: now) { json in
                    json.member("message", id)
                    json.member("text", text)
                }
            }
        case .delete(let id):
            return about(id, facts) { message in
                guard message.author.id == member.id || member.isStaff else { return .refuse(.notAllowed) }
                return chatEvent("chat.deleted", by: member, at: now, hides: chat.traces(of: id)) {
                    $0.member("message", id)
                }
            }
        case .pin(let id, let pinned):
            return about(id, facts) { _ in
                let others = chat.pinned.count { $0 != id }
                guard !pinned || others < ChatState.pinnable else { return .refuse(.tooManyPinned) }
                return chatEvent("chat.pinned", by: member, at: now) { json in
                    json.member("message", id)
                    json.member("pinned", pinned)
                }
            }
        default: return .refuse(.notAllowed)
        }
    }

    private func refusalToWrite(_ text: String, _ member: ClassMember, _ now: Int64) -> RefusalReason? {
        if whole.locks.chat && !member.isStaff { return .locked }
        if whole.mutedUntil(member.id, at: now) != nil { return .muted }
        return text.unicodeScalars.count > ChatState.textLength ? .tooLong : nil
    }

    private func about(_ id: UInt64, _ facts: Facts, _ decide: (ChatMessage) -> Decision) -> Decision {
        switch chat.subject(id, older: facts.older, wasAsked: facts.wasLogAsked) {
        case .message(let message): decide(message)
        case .older: .needsMessage(id)
        case .missing: .refuse(.notFound)
        }
    }

    private func chatEvent(
        _ type: String, by member: ClassMember, at now: Int64, hides: [UInt64] = [],
        _ rest: (inout JSONWriter) -> Void
    ) -> Decision {
        .append(Draft(channel: .chat, body: EventBody.make(type, at: now, by: member, rest), hides: hides))
    }

    // MARK: Board

    private mutating func decideBoard(_ requests: [BoardRequest], by member: ClassMember, at now: Int64)
        -> Decision
    {
        guard whole.mayDraw(member) else { return .refuse(whole.locks.board ? .locked : .notAllowed) }
        switch board.decide(requests, by: member) {
        case .success(let draft):
            return .append(Draft(channel: .board, body: draft.event(at: now, by: member)))
        case .failure(let refusal): return .refuse(refusal.reason)
        }
    }
}
