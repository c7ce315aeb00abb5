import JSON

/// The questions of one class: what was asked, and how each stands.
///
/// Solutions only once they are revealed.
struct QuizState: Sendable {
    enum Phase: String, Hashable, Sendable { case open, closed, revealed }

    /// One question that was asked.
    struct Run: Hashable, Sendable {
        let id: Int64
        let deadline: Int64?
        /// The members of `quiz.opened`.
        let opened: JSONObject
        var phase: Phase
        var closedAt: Int64?
        /// The members of `quiz.revealed`.
        var revealed: JSONObject?
    }

    /// The last event that is folded in.
    private(set) var offset: UInt64 = 0
    /// Oldest first.
    private(set) var runs: [Run] = []

    /// The question that takes answers now.
    var open: Run? { runs.last { $0.phase == .open } }

    func run(_ id: Int64) -> Run? { runs.first { $0.id == id } }

    /// Folds the next event in.
    mutating func fold(_ entry: LogEntry) {
        offset = entry.offset
        guard let id = entry.int("run") else { return }
        let place = runs.firstIndex { $0.id == id }
        switch entry.type {
        case "quiz.opened":
            guard place == nil else { return }
            runs.append(
                Run(
                    id: id, deadline: entry.int("deadline_at"), opened: QuizState.members(of: entry),
                    phase: .open))
        case "quiz.closed":
            guard let place else { return }
            if runs[place].phase == .open { runs[place].phase = .closed }
            runs[place].closedAt = entry.int("closed_at") ?? entry.at
        case "quiz.revealed":
            guard let place else { return }
            runs[place].phase = .revealed
            runs[place].closedAt = runs[place].closedAt ?? entry.at
            var revealed = JSONObject()
            for member in QuizState.members(of: entry).members where member.name != "run" {
                revealed.set(member.name, member.value)
            }
            runs[place].revealed = revealed
        default: break
        }
    }

    /// What an event carries besides what every event has.
    private static func members(of entry: LogEntry) -> JSONObject {
        var members = JSONObject()
        for member in entry.object.members where !["type", "id", "at", "by"].contains(member.name) {
            members.set(member.name, member.value)
        }
        return members
    }

    /// All questions, the newest last.
    func snapshot(at now: Int64) -> RawJSON {
        RawJSON { json in
            json.object { json in
                json.array("runs", of: runs) { json, run in
                    json.object { json in
                        for member in run.opened.members { json.member(member.name, member.value) }
                        json.member("state", run.phase.rawValue)
                        json.member("closed_at", run.closedAt)
                        json.member("revealed", run.revealed.map(JSONValue.object))
                    }
                }
                json.member("time", now)
            }
        }
    }

    /// The question that should be closed by the clock.
    ///
    /// The grace is the milliseconds after its deadline in which answers are still taken.
    func overdue(at now: Int64, grace: Int64) -> Run? {
        guard let run = open, let deadline = run.deadline, deadline + grace <= now else { return nil }
        return run
    }

    // MARK: Deciding

    func refusalToOpen() -> RefusalReason? { open == nil ? nil : .alreadyOpen }

    func refusalToClose(_ id: Int64) -> RefusalReason? {
        guard let run = run(id) else { return .notFound }
        return run.phase == .open ? nil : .alreadyClosed
    }

    func refusalToReveal(_ id: Int64) -> RefusalReason? {
        guard let run = run(id) else { return .notFound }
        return run.phase == .revealed ? .alreadyRevealed : nil
    }
}
