import EventLoop
import JSON
import Postgres
import Tenancy

/// An answer that was read against its question and graded; what the database is asked with.
struct GradedAnswer {
    /// Where an outcome goes; several for an answer that was sent several times at once.
    typealias Reply = LoopBound<(AnswerOutcome) -> Void>

    let submission: AnswerSubmission
    /// The answer as it is kept; `nil` when it is no answer to the question.
    let answer: RawJSON?
    let tally: String
    let grade: Grader.Grade
    let digest: Int64
    var replies: [Reply]

    /// Reads and grades an answer; `question` is that of the run in this class, `nil` when there is none.
    init(_ submission: AnswerSubmission, question: AskedQuestion?, reply: Reply) {
        self.submission = submission
        replies = [reply]
        var read: Answer?
        if let question, question.id == submission.question {
            read = Answer(submission.answer, to: question.question)
        }
        answer = read?.json
        tally = read?.tally ?? ""
        if let read, let question {
            grade = Grader.grade(read, to: question.question)
        } else {
            grade = Grader.Grade(score: 0, isRight: nil)
        }
        var digest = AnswerDigest()
        digest.combine(submission.run)
        digest.combine(submission.question)
        digest.combine(submission.sequence)
        digest.combine((answer ?? RawJSON(submission.answer)).bytes)
        self.digest = digest.value
    }

    /// What makes two submissions the same one, sent twice.
    struct Identity: Hashable {
        let institution: InstitutionID
        let liveClass: Int64
        let user: Int64
        let key: PostgresUUID
        let digest: Int64
    }

    var identity: Identity {
        Identity(
            institution: submission.institution, liveClass: submission.liveClass, user: submission.user,
            key: submission.key, digest: digest)
    }

    /// The order in which every node writes: by institution, then by user.
    static func isBefore(_ left: GradedAnswer, _ right: GradedAnswer) -> Bool {
        let (l, r) = (left.submission, right.submission)
        if l.institution != r.institution { return l.institution.rawValue < r.institution.rawValue }
        if l.user != r.user { return l.user < r.user }
        if l.run != r.run { return l.run < r.run }
        if l.sequence != r.sequence { return l.sequence < r.sequence }
        return (l.key.high, l.key.low) < (r.key.high, r.key.low)
    }
}

/// The statements of one batch: for each institution its runs' lock, the insert and the verdicts.
struct AnswerBatch {
    /// Sorted.
    let answers: [GradedAnswer]
    let transaction: TransactionBatch
    /// For each institution, the range of its answers and the place of its verdicts among the results.
    private let segments: [(answers: Range<Int>, place: Int)]

    /// Makes the statements for answers that are sorted by ``GradedAnswer/isBefore(_:_:)``.
    init(_ answers: [GradedAnswer]) {
        self.answers = answers
        var transaction = TransactionBatch()
        var segments: [(answers: Range<Int>, place: Int)] = []
        transaction.append(AnswerStatements.planForGrowth, tenant: answers.first?.submission.institution)
        var start = 0
        while start < answers.count {
            let institution = answers[start].submission.institution
            let end =
                answers[start...].firstIndex { $0.submission.institution != institution } ?? answers.count
            let place = Self.append(answers[start..<end], of: institution, to: &transaction)
            segments.append((start..<end, place))
            start = end
        }
        self.transaction = transaction
        self.segments = segments
    }

    private static func append(
        _ answers: ArraySlice<GradedAnswer>, of institution: InstitutionID,
        to transaction: inout TransactionBatch
    ) -> Int {
        let tenant = PostgresValue.int(institution.rawValue)
        let runs = PostgresValue.intArray(answers.map(\.submission.run))
        let identities: [PostgresValue] = [
            tenant, runs, .intArray(answers.map(\.submission.user)),
            .intArray(answers.map(\.submission.sequence)),
            .intArray(answers.map(\.submission.liveClass)), .uuidArray(answers.map(\.submission.key)),
            .intArray(answers.map(\.digest)), .intArray(answers.map(\.submission.receivedAt)),
        ]
        let grace = PostgresValue.int(QuizRuns.grace)
        let locked = PostgresValue.intArray(Set(answers.map(\.submission.run)).sorted())
        transaction.append(AnswerStatements.lockRuns, [tenant, locked], tenant: institution)
        transaction.append(
            AnswerStatements.record,
            identities + [
                .jsonArray(answers.map(\.answer?.bytes)), .textArray(answers.map(\.tally)),
                .doubleArray(answers.map(\.grade.score)), .boolArray(answers.map(\.grade.isRight)), grace,
            ],
            tenant: institution)
        return transaction.append(
            AnswerStatements.verdicts, identities + [.boolArray(answers.map { $0.answer != nil }), grace],
            tenant: institution)
    }

    /// What became of each answer, in their order.
    ///
    /// - Parameters:
    ///   - results: The results of the statements.
    ///   - isRepeated: Whether these very answers may have been committed by an earlier try whose outcome is unknown.
    ///   - now: The server's clock, for refusals.
    /// - Returns: One verdict for each answer.
    /// - Throws: ``PostgresError/decoding(_:)`` for rows that the statement never gives.
    func verdicts(_ results: [Rows], isRepeated: Bool, now: Int64) throws(PostgresError) -> [AnswerVerdict] {
        var verdicts: [AnswerVerdict] = []
        verdicts.reserveCapacity(answers.count)
        for segment in segments {
            let rows = results[segment.place]
            guard rows.count == segment.answers.count else { throw QuizBank.noRow }
            for (row, place) in zip(rows, segment.answers) {
                verdicts.append(try AnswerVerdict(row, answers[place], isRepeated: isRepeated, now: now))
            }
        }
        return verdicts
    }
}
