import Assessment
import JSON
import LiveHub
import Postgres
import Synchronization

/// A change that reaches beyond the log, ready to be carried out in one transaction with its event.
struct StepPlan: Sendable {
    /// What the transaction has made, once it is committed.
    enum Made: Sendable {
        case opened(QuizRun)
        case revealed(RevealSummary)

        var openedRun: Int64? {
            if case .opened(let run) = self { run.id } else { nil }
        }
    }

    /// Carries what was made from the log's loop to the room's.
    final class Result: Sendable {
        private let made = Mutex<Made?>(nil)

        var value: Made? { made.withLock { $0 } }

        func set(_ value: Made) { made.withLock { $0 = value } }
    }

    let step: Step
    let result = Result()
    private let info: LiveClass
    private let key: RoomKey
    private let member: ClassMember?
    private let head: LogAppend

    init(_ step: Step, of info: LiveClass, in key: RoomKey, by member: ClassMember?, head: LogAppend) {
        self.step = step
        self.info = info
        self.key = key
        self.member = member
        self.head = head
    }

    /// The transaction; it may run again after a failure, from its start.
    var transaction: LogTransaction {
        LogTransaction(head: head) { try await self.run($0) }
    }

    private func run(_ transaction: PostgresTransaction) async throws -> LogTransaction.Decision {
        switch step {
        case .start: return try await start(transaction)
        case .end: return try await end(transaction)
        case .open(let opening): return try await open(opening, transaction)
        case .close(let run):
            switch try await QuizRuns.close(
                run, liveClass: key.id, at: head.at, in: key.institution, transaction)
            {
            case .refused(let reason): return .refuse(reason.rawValue)
            case .done: return .append(closed(run))
            }
        case .reveal(let run):
            switch try await QuizRuns.reveal(
                run, liveClass: key.id, at: head.at, in: key.institution, transaction)
            {
            case .refused(let reason): return .refuse(reason.rawValue)
            case .done(let summary):
                result.set(.revealed(summary))
                return .append(
                    EventBody.make("quiz.revealed", at: head.at, by: member) { summary.write(&$0) })
            }
        }
    }

    private func start(_ transaction: PostgresTransaction) async throws -> LogTransaction.Decision {
        switch try await phase(transaction) {
        case .scheduled:
            try await transaction.query(ClassQueries.start, place + [.int(head.at)])
            return .append(EventBody.make("class.started", at: head.at, by: member))
        case .live: return .refuse(RefusalReason.alreadyStarted.rawValue)
        case .ended: return .refuse(RefusalReason.classEnded.rawValue)
        case nil: return .refuse(RefusalReason.notFound.rawValue)
        }
    }

    private func end(_ transaction: PostgresTransaction) async throws -> LogTransaction.Decision {
        switch try await phase(transaction) {
        case .live:
            try await transaction.query(ClassQueries.end, place + [.int(head.at)])
            let closed = try await QuizRuns.closeAll(
                liveClass: key.id, at: head.at, in: key.institution, transaction)
            let further = closed.map { run in
                LogAppend(
                    channel: ClassChannel.quiz.key(key.id, in: key.institution), author: head.author,
                    method: head.method, key: head.key, digest: head.digest, at: head.at,
                    body: self.closed(run))
            }
            return .append(EventBody.make("class.ended", at: head.at, by: member), further: further)
        case .scheduled: return .refuse(RefusalReason.classNotLive.rawValue)
        case .ended: return .refuse(RefusalReason.classEnded.rawValue)
        case nil: return .refuse(RefusalReason.notFound.rawValue)
        }
    }

    private func open(
        _ opening: QuizOpening, _ transaction: PostgresTransaction
    ) async throws -> LogTransaction.Decision {
        guard let member, try await phase(transaction) == .live else {
            return .refuse(RefusalReason.classNotLive.rawValue)
        }
        let wish = QuizRuns.Opening(
            liveClass: key.id, classTitle: info.title, course: info.course, source: opening.source,
            seconds: opening.seconds, answerChange: opening.answerChange, user: member.id, at: head.at)
        switch try await QuizRuns.open(wish, in: key.institution, transaction) {
        case .refused(let reason): return .refuse(reason.rawValue)
        case .done(let run):
            result.set(.opened(run))
            return .append(EventBody.make("quiz.opened", at: head.at, by: member) { run.writeOpened(&$0) })
        }
    }

    private func closed(_ run: Int64) -> RawJSON {
        EventBody.make("quiz.closed", at: head.at, by: member) { json in
            json.member("run", run)
            json.member("closed_at", head.at)
        }
    }

    private var place: [PostgresValue] { [.int(key.institution.rawValue), .int(key.id)] }

    /// The class's phase, with its row locked; `nil` when it was deleted.
    private func phase(_ transaction: PostgresTransaction) async throws -> LiveClass.Phase? {
        let rows = try await transaction.query(ClassQueries.lock, place)
        return try rows.first.flatMap { LiveClass.Phase(rawValue: try $0.text(0)) }
    }
}
