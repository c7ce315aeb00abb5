import DequeModule
import EventLoop
import Logging
import Postgres
import Telemetry
import Tenancy

/// The intake's queue and its one batch in flight.
///
/// Confined to the intake's loop.
final class AnswerIntakeCore: RoundEndWork {
    typealias Reply = GradedAnswer.Reply

    /// Milliseconds after which a client that was turned away may come again.
    static let retryAfter = 1000

    /// Answers in one transaction; enough for tens of thousands a second, few enough to answer within milliseconds.
    private static let maxBatch = 1000

    private let loop: EventLoop
    private let pool: PostgresPool
    private let counters: IntakeCounters
    private let backlog: Int
    private let log = Log.logger("assessment")

    var observers: [AnswerIntake.Observer] = []
    private var waiting: Deque<(submission: AnswerSubmission, reply: Reply)> = []
    private var idleCalls: [() -> Void] = []
    private var isBusy = false
    private var isNoted = false
    private var runs = AskedRuns()

    init(loop: EventLoop, pool: PostgresPool, counters: IntakeCounters, backlog: Int) {
        self.loop = loop
        self.pool = pool
        self.counters = counters
        self.backlog = backlog
    }

    // MARK: Coming in

    func enqueue(_ submission: AnswerSubmission, _ reply: Reply) {
        guard waiting.count < backlog else {
            counters.unavailable.add(1)
            return tell(reply, .unavailable(retryAfter: Self.retryAfter))
        }
        waiting.append((submission, reply))
        note()
    }

    func whenIdle(_ call: @escaping () -> Void) {
        idleCalls.append(call)
        note()
    }

    private func note() {
        guard !isBusy, !isNoted else { return }
        isNoted = true
        loop.atRoundEnd(self)
    }

    func roundDidEnd() {
        isNoted = false
        startNext()
    }

    private func startNext() {
        guard !isBusy else { return }
        guard !waiting.isEmpty else {
            let calls = idleCalls
            idleCalls = []
            for call in calls { call() }
            return
        }
        isBusy = true
        let count = min(waiting.count, Self.maxBatch)
        let taken = Array(waiting.prefix(count))
        waiting.removeFirst(count)
        learnRuns(of: taken) { [self] isKnown in
            guard isKnown else {
                for (_, reply) in taken { tell(reply, .unavailable(retryAfter: Self.retryAfter)) }
                counters.unavailable.add(taken.count)
                return finish()
            }
            commit(AnswerBatch(graded(taken)), isRepeated: false) { self.finish() }
        }
    }

    private func finish() {
        isBusy = false
        startNext()
    }

    // MARK: Grading

    /// Fetches the questions of runs that are not known yet; `then` hears `false` when the database cannot be asked.
    private func learnRuns(
        of taken: [(submission: AnswerSubmission, reply: Reply)], then: @escaping (Bool) -> Void
    ) {
        var unknown: [InstitutionID: Set<Int64>] = [:]
        for (submission, _) in taken {
            let key = AskedRuns.Key(institution: submission.institution, run: submission.run)
            if !runs.knows(key) { unknown[submission.institution, default: []].insert(submission.run) }
        }
        guard !unknown.isEmpty else { return then(true) }
        var batch = TransactionBatch()
        let institutions = unknown.keys.sorted { $0.rawValue < $1.rawValue }
        for institution in institutions {
            batch.append(
                AnswerStatements.runs,
                [.int(institution.rawValue), .intArray(unknown[institution, default: []].sorted())],
                tenant: institution)
        }
        pool.batch(batch) { [self] result in
            do throws(PostgresError) {
                for (rows, institution) in zip(try result.get(), institutions) {
                    try runs.take(rows, of: institution)
                }
                then(true)
            } catch {
                log.error("cannot read quiz runs", metadata: ["cause": "\(error)"])
                then(false)
            }
        }
    }

    /// Reads and grades answers; one that was sent several times at once is one, with several replies.
    private func graded(_ taken: [(submission: AnswerSubmission, reply: Reply)]) -> [GradedAnswer] {
        var answers: [GradedAnswer] = []
        answers.reserveCapacity(taken.count)
        var places: [GradedAnswer.Identity: Int] = [:]
        for (submission, reply) in taken {
            let key = AskedRuns.Key(institution: submission.institution, run: submission.run)
            let question = runs.question(key, liveClass: submission.liveClass)
            let answer = GradedAnswer(submission, question: question, reply: reply)
            if let place = places[answer.identity] {
                answers[place].replies.append(reply)
            } else {
                places[answer.identity] = answers.count
                answers.append(answer)
            }
        }
        answers.sort(by: GradedAnswer.isBefore)
        return answers
    }

    // MARK: Batches

    private func commit(_ batch: AnswerBatch, isRepeated: Bool, then: @escaping () -> Void) {
        FaultPoint.pass(.beforeCommit)
        let start = loop.now
        pool.batch(batch.transaction) { [self] result in
            do throws(PostgresError) {
                let results = try result.get()
                FaultPoint.pass(.afterCommit)
                counters.batches.add(1)
                counters.commits.record(loop.now - start)
                let verdicts = try batch.verdicts(
                    results, isRepeated: isRepeated, now: WallTime.milliseconds())
                tell(batch.answers, verdicts)
                then()
            } catch {
                recover(batch, from: error, isRepeated: isRepeated, then: then)
            }
        }
    }

    /// Tries again what may succeed: apart when one answer may have failed the others, as a whole when the outcome is
    /// unknown; the keys make sure that nothing counts twice.
    private func recover(
        _ batch: AnswerBatch, from error: PostgresError, isRepeated: Bool, then: @escaping () -> Void
    ) {
        log.error(
            "a batch of answers failed", metadata: ["cause": "\(error)", "answers": "\(batch.answers.count)"])
        switch error {
        case .connectionLost where !isRepeated, .timeout(.silence) where !isRepeated:
            commit(batch, isRepeated: true, then: then)
        case _ where batch.answers.count > 1 && Self.mayBeOneAnswers(error):
            // Halves again and again, so that one bad answer among a thousand costs twenty batches, not a thousand.
            let half = batch.answers.count / 2
            commit(AnswerBatch(Array(batch.answers[..<half])), isRepeated: isRepeated) { [self] in
                commit(AnswerBatch(Array(batch.answers[half...])), isRepeated: isRepeated, then: then)
            }
        default:
            for answer in batch.answers {
                for reply in answer.replies { tell(reply, .unavailable(retryAfter: Self.retryAfter)) }
                counters.unavailable.add(answer.replies.count)
            }
            then()
        }
    }

    /// Whether the error may be about single rows (classes 22, 23) or about their locks (40).
    private static func mayBeOneAnswers(_ error: PostgresError) -> Bool {
        if case .encoding = error { return true }
        return error.state.map { ["22", "23", "40"].contains($0.errorClass) } ?? false
    }

    // MARK: Outcomes

    private func tell(_ answers: [GradedAnswer], _ verdicts: [AnswerVerdict]) {
        let recorded = verdicts.compactMap(\.recorded)
        if !recorded.isEmpty { for observer in observers { observer(recorded) } }
        FaultPoint.pass(.afterPublish)
        // One hop to each loop, not one for each reply.
        var told: [ObjectIdentifier: (loop: EventLoop, replies: [(Reply, AnswerOutcome)])] = [:]
        for (answer, verdict) in zip(answers, verdicts) {
            for (place, reply) in answer.replies.enumerated() {
                let outcome = place == 0 ? verdict.outcome : verdict.repeated
                count(outcome)
                told[ObjectIdentifier(reply.loop), default: (reply.loop, [])].replies.append((reply, outcome))
            }
        }
        for (loop, replies) in told.values {
            loop.execute { for (reply, outcome) in replies { reply.value(outcome) } }
        }
    }

    private func count(_ outcome: AnswerOutcome) {
        switch outcome {
        case .recorded: counters.recorded.add(1)
        case .duplicate: counters.duplicates.add(1)
        case .refused: counters.refused.add(1)
        case .unavailable: counters.unavailable.add(1)
        }
    }

    private func tell(_ reply: Reply, _ outcome: AnswerOutcome) {
        reply.loop.execute { reply.value(outcome) }
    }
}
