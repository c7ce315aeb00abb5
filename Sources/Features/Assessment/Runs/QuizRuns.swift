import JSON
package import Postgres
package import Tenancy

/// Opens, closes and reveals questions in class, within a transaction that the caller has and commits.
///
/// The caller has checked that the user is staff of the class's course. Nothing here publishes.
package enum QuizRuns {
    /// Why nothing was done; the raw value is a result's `reason`.
    package enum Refusal: String, Error, Hashable, Sendable {
        /// Another question of the class is open.
        case alreadyOpen = "already_open"
        case alreadyClosed = "already_closed"
        case alreadyRevealed = "already_revealed"
        /// The class has no such run, the course no such quiz, or the quiz no such question.
        case notFound = "not_found"
    }

    /// What became of a wish.
    package enum Decision<Value: Sendable>: Sendable {
        case done(Value)
        case refused(Refusal)
    }

    /// A question that is to be opened.
    package struct Opening: Sendable {
        package enum Source: Sendable {
            /// A question of a quiz of the course.
            case prepared(quiz: Int64, question: Int64)
            /// A question typed in during class; it joins the class's own quiz, which is made when there is none.
            case typed(Question)
        }

        package let liveClass: Int64
        package let classTitle: String
        package let course: Int64
        package let source: Source
        package let seconds: Int64?
        package let answerChange: AnswerChange
        /// Who opens it.
        package let user: Int64
        /// When the command was read, in milliseconds since 1970.
        package let at: Int64

        package init(
            liveClass: Int64, classTitle: String, course: Int64, source: Source, seconds: Int64?,
            answerChange: AnswerChange = .never, user: Int64, at: Int64
        ) {
            self.liveClass = liveClass
            self.classTitle = classTitle
            self.course = course
            self.source = source
            self.seconds = seconds
            self.answerChange = answerChange
            self.user = user
            self.at = at
        }
    }

    /// Milliseconds after the end in which an answer is still taken, as long as nothing was revealed.
    package static let grace: Int64 = 2000

    /// Opens a question; refused while another one of the class is open, even one whose deadline has passed.
    package static func open(
        _ opening: Opening, in institution: InstitutionID, _ transaction: PostgresTransaction
    ) async throws(PostgresError) -> Decision<QuizRun> {
        let tenant = PostgresValue.int(institution.rawValue)
        // A statement of its own: the next one sees what was committed while this one waited.
        try await transaction.query(RunQueries.lockClass, [tenant, .int(opening.liveClass)])
        let places = try await transaction.query(RunQueries.place, [tenant, .int(opening.liveClass)])
        guard let place = places.first else { throw QuizBank.noRow }
        guard try place.isNull(0) else { return .refused(.alreadyOpen) }
        guard let found = try await asked(opening, institution, transaction) else {
            return .refused(.notFound)
        }
        let deadline = opening.seconds.map { opening.at + $0 * 1000 }
        let rows = try await transaction.query(
            RunQueries.open,
            [
                tenant, .int(opening.liveClass), .int(opening.course), .int(found.quiz),
                .int(found.question.id),
                .int(try place.int(1)), .json(found.question.snapshot.bytes), .int(opening.seconds),
                .text(opening.answerChange.rawValue), .int(opening.at), .int(opening.user), .int(deadline),
            ])
        guard let id = try rows.first?.int(0) else { throw QuizBank.noRow }
        return .done(
            QuizRun(
                id: id, liveClass: opening.liveClass, course: opening.course, quiz: found.quiz,
                quizTitle: found.title, number: try place.int(1), question: found.question,
                seconds: opening.seconds,
                answerChange: opening.answerChange, openedAt: opening.at, deadlineAt: deadline, closedAt: nil,
                revealedAt: nil, results: nil))
    }

    /// Closes a run.
    package static func close(
        _ run: Int64, liveClass: Int64, at: Int64, in institution: InstitutionID,
        _ transaction: PostgresTransaction
    ) async throws(PostgresError) -> Decision<QuizRun> {
        guard let (present, _) = try await lock(run, liveClass, institution, transaction) else {
            return .refused(.notFound)
        }
        guard present.closedAt == nil else { return .refused(.alreadyClosed) }
        try await transaction.query(RunQueries.close, [.int(institution.rawValue), .int(run), .int(at)])
        return .done(present.ended(closedAt: at, revealedAt: nil))
    }

    /// Closes whatever is open in a class, as at its end.
    ///
    /// - Returns: The runs that were closed; one at most.
    package static func closeAll(
        liveClass: Int64, at: Int64, in institution: InstitutionID, _ transaction: PostgresTransaction
    ) async throws(PostgresError) -> [Int64] {
        let rows = try await transaction.query(
            RunQueries.closeAll, [.int(institution.rawValue), .int(liveClass), .int(at)])
        var closed: [Int64] = []
        for row in rows { closed.append(try row.int(0)) }
        return closed
    }

    /// Reveals a run's results, closing it if it is open, and posts the scores.
    ///
    /// Answers that are being recorded are waited for; none is taken afterwards. A student's cell is the sum over the
    /// quiz's questions; of each the newest revealed run that the student answered counts.
    package static func reveal(
        _ run: Int64, liveClass: Int64, at: Int64, in institution: InstitutionID,
        _ transaction: PostgresTransaction
    ) async throws(PostgresError) -> Decision<RevealSummary> {
        let tenant = PostgresValue.int(institution.rawValue)
        guard let (present, assignment) = try await lock(run, liveClass, institution, transaction) else {
            return .refused(.notFound)
        }
        guard present.revealedAt == nil else { return .refused(.alreadyRevealed) }
        // The quiz's lock keeps two reveals of one quiz apart: each sums what the other has revealed.
        let results = try await transaction.query([
            (AnswerStatements.planForGrowth, []),
            (QuizQueries.lock, [tenant, .int(present.course), .int(present.quiz)]),
            (RunQueries.reveal, [tenant, .int(run), .int(at)]),
            (RunQueries.postScores, [tenant, .int(present.quiz), .int(run), .int(assignment), .int(at)]),
            (RunQueries.tally, [tenant, .int(run)]),
            (RunQueries.points, [tenant, .int(assignment)]),
        ])
        var cells: [RevealSummary.Cell] = []
        for row in results[3] {
            cells.append(RevealSummary.Cell(user: try row.int(0), score: try row.double(1)))
        }
        guard let tally = try RunTally(results[4], run: run, question: present.question.question),
            let points = try results[5].first?.double(0)
        else { throw QuizBank.noRow }
        let ended = present.ended(closedAt: present.closedAt ?? at, revealedAt: at)
        let summary = RevealSummary(
            run: ended, solution: Solution(of: present.question.question), distribution: tally.distribution,
            answered: tally.answered, expected: tally.expected, right: tally.right, assignment: assignment,
            pointsPossible: points, cells: cells.sorted { $0.user < $1.user })
        let written = RawJSON { $0.object { summary.write(&$0) } }
        try await transaction.query(RunQueries.keepResults, [tenant, .int(run), .json(written.bytes)])
        return .done(summary)
    }

    // MARK: Parts

    /// The question that is to be asked, with its quiz; `nil` when the course has no such one.
    private static func asked(
        _ opening: Opening, _ institution: InstitutionID, _ transaction: PostgresTransaction
    ) async throws(PostgresError) -> (quiz: Int64, title: String, question: AskedQuestion)? {
        let tenant = PostgresValue.int(institution.rawValue)
        switch opening.source {
        case .prepared(let quiz, let question):
            let results = try await transaction.query([
                (QuizQueries.show, [tenant, .int(opening.course), .int(quiz)]),
                (QuizQueries.question, [tenant, .int(quiz), .int(question)]),
            ])
            guard let first = results[0].first, let second = results[1].first else { return nil }
            let known = try QuizQueries.quiz(first)
            let asked = try QuizQueries.question(second)
            return (quiz, known.title, AskedQuestion(id: question, question: asked.question))
        case .typed(let question):
            let title = "Live: \(opening.classTitle)".unicodeScalars.prefix(255)
            let name = String(String.UnicodeScalarView(title))
            let known = try await transaction.query(
                QuizQueries.ofClass, [tenant, .int(opening.liveClass), .int(opening.course)])
            let quiz: Int64
            var shown = name
            if let row = known.first {
                (quiz, shown) = (try row.int(0), try row.text(1))
            } else {
                quiz = try await QuizBank.make(
                    title: name, liveClass: opening.liveClass, course: opening.course, in: institution,
                    transaction
                ).quiz
            }
            let locked = try await transaction.query(
                QuizQueries.lock, [tenant, .int(opening.course), .int(quiz)])
            guard let assignment = try locked.first?.int(0) else { return nil }
            let added = try await QuizBank.add(
                [question], quiz: quiz, assignment: assignment, in: institution, transaction)
            guard let id = added.first?.id else { throw QuizBank.noRow }
            return (quiz, shown, AskedQuestion(id: id, question: question))
        }
    }

    /// Locks a run and gives it with its quiz's assignment.
    private static func lock(
        _ run: Int64, _ liveClass: Int64, _ institution: InstitutionID, _ transaction: PostgresTransaction
    ) async throws(PostgresError) -> (QuizRun, assignment: Int64)? {
        let rows = try await transaction.query(
            RunQueries.lock, [.int(institution.rawValue), .int(liveClass), .int(run)])
        guard let row = rows.first else { return nil }
        return (try QuizRun(row), try row.int(14))
    }
}

extension QuizRun {
    func ended(closedAt: Int64?, revealedAt: Int64?) -> QuizRun {
        QuizRun(
            id: id, liveClass: liveClass, course: course, quiz: quiz, quizTitle: quizTitle, number: number,
            question: question, seconds: seconds, answerChange: answerChange, openedAt: openedAt,
            deadlineAt: deadlineAt, closedAt: closedAt, revealedAt: revealedAt, results: results)
    }
}
