package import Postgres
package import Tenancy

/// Makes quizzes and their questions: for routes that have asked who may, for commands and for seeding.
///
/// Confined to the loop of its pool.
package struct QuizBank {
    /// A quiz that was just made.
    package struct Created: Hashable, Sendable {
        package let quiz: Int64
        package let assignment: Int64
        /// The questions' ids, in the order given.
        package let questions: [Int64]
    }

    /// Why something was not done.
    package enum Failure: Error, Equatable, Sendable {
        /// A value that cannot be stored: the field, and a sentence that says what it must be.
        case invalid(field: String, String)
        /// The institution has no such course, quiz or question.
        case unknown
        /// The question was asked in a class; its answers refer to it.
        case inUse
        /// The database's part.
        case database(PostgresError)
    }

    private let pool: PostgresPool

    package init(pool: PostgresPool) { self.pool = pool }

    /// Makes a quiz with its questions, and the assignment that carries its points; all or nothing.
    package func create(
        title: String, questions: [Question] = [], course: Int64, in institution: InstitutionID
    ) async throws(Failure) -> Created {
        do {
            return try await pool.transaction(tenant: institution) { transaction in
                try await Self.create(
                    title: title, questions: questions, course: course, in: institution, transaction)
            }
        } catch { throw Self.known(error) }
    }

    /// Adds a question at a quiz's end.
    package func add(
        _ question: Question, quiz: Int64, course: Int64, in institution: InstitutionID
    ) async throws(Failure) -> QuizQuestion {
        do {
            return try await pool.transaction(tenant: institution) { transaction in
                try await Self.add(question, quiz: quiz, course: course, in: institution, transaction)
            }
        } catch { throw Self.known(error) }
    }

    /// Replaces a question; runs that were opened before keep the question as it was asked.
    ///
    /// - Parameters:
    ///   - question: The question's id.
    ///   - quiz: The quiz that it belongs to.
    ///   - course: The quiz's course.
    ///   - institution: The course's institution.
    ///   - change: Makes the new question from the present one.
    /// - Returns: The question as it is now.
    /// - Throws: ``Failure``, and what `change` throws.
    package func update(
        _ question: Int64, quiz: Int64, course: Int64, in institution: InstitutionID,
        change: (QuizQuestion) throws -> Question
    ) async throws -> QuizQuestion {
        do {
            return try await pool.transaction(tenant: institution) { transaction in
                let assignment = try await Self.lock(quiz, course, institution, transaction)
                let rows = try await transaction.query(
                    QuizQueries.question, [.int(institution.rawValue), .int(quiz), .int(question)])
                guard let present = try rows.first.map(QuizQueries.question) else { throw Failure.unknown }
                let new = try change(present)
                let values: [PostgresValue] = [
                    .int(institution.rawValue), .int(quiz), .int(question), .text(new.type.rawValue),
                    .text(new.text), .double(new.points), .json(QuizQueries.answers(of: new)),
                ]
                try await transaction.query([
                    (QuizQueries.updateQuestion, values),
                    (QuizQueries.sumPoints, [.int(institution.rawValue), .int(quiz), .int(assignment)]),
                ])
                return QuizQuestion(id: question, quiz: quiz, position: present.position, question: new)
            }
        } catch let error as PostgresError {
            throw Self.known(error)
        }
    }

    /// Removes a question that was never asked.
    package func delete(
        _ question: Int64, quiz: Int64, course: Int64, in institution: InstitutionID
    ) async throws(Failure) {
        do {
            try await pool.transaction(tenant: institution) { transaction in
                let assignment = try await Self.lock(quiz, course, institution, transaction)
                let rows = try await transaction.query(
                    QuizQueries.deleteQuestion, [.int(institution.rawValue), .int(quiz), .int(question)])
                guard !rows.isEmpty else { throw Failure.unknown }
                try await transaction.query(
                    QuizQueries.sumPoints, [.int(institution.rawValue), .int(quiz), .int(assignment)])
            }
        } catch { throw Self.known(error) }
    }

    // MARK: Within a transaction

    /// Makes a quiz with its questions, and the assignment that carries its points.
    ///
    /// - Throws: ``Failure``, or what the database throws.
    static func create(
        title: String, dueAt: Int64? = nil, questions: [Question] = [], course: Int64,
        in institution: InstitutionID, _ transaction: PostgresTransaction
    ) async throws -> Created {
        guard NewUser.isName(title) else {
            throw Failure.invalid(
                field: "title", "The title must have 1 to 255 characters, none of them a control character.")
        }
        let made = try await make(
            title: title, dueAt: dueAt, liveClass: nil, course: course, in: institution, transaction)
        let ids = try await add(
            questions, quiz: made.quiz, assignment: made.assignment, in: institution, transaction)
        return Created(quiz: made.quiz, assignment: made.assignment, questions: ids.map(\.id))
    }

    /// Adds a question at a quiz's end.
    ///
    /// - Throws: ``Failure``, or what the database throws.
    static func add(
        _ question: Question, quiz: Int64, course: Int64, in institution: InstitutionID,
        _ transaction: PostgresTransaction
    ) async throws -> QuizQuestion {
        let assignment = try await lock(quiz, course, institution, transaction)
        let added = try await add(
            [question], quiz: quiz, assignment: assignment, in: institution, transaction)
        guard let first = added.first else { throw Failure.unknown }
        return QuizQuestion(id: first.id, quiz: quiz, position: first.position, question: question)
    }

    /// Makes an empty quiz and its assignment.
    static func make(
        title: String, dueAt: Int64? = nil, liveClass: Int64?, course: Int64, in institution: InstitutionID,
        _ transaction: PostgresTransaction
    ) async throws(PostgresError) -> (quiz: Int64, assignment: Int64) {
        let assignments = try await transaction.query(
            QuizQueries.createAssignment,
            [
                .int(institution.rawValue), .int(course), .text(title),
                .timestamp(milliseconds: dueAt),
            ])
        guard let assignment = try assignments.first?.int(0) else { throw noRow }
        let quizzes = try await transaction.query(
            QuizQueries.create,
            [.int(institution.rawValue), .int(course), .int(assignment), .text(title), .int(liveClass)])
        guard let quiz = try quizzes.first?.int(0) else { throw noRow }
        return (quiz, assignment)
    }

    /// Adds questions to a quiz that this transaction has locked or made.
    static func add(
        _ questions: [Question], quiz: Int64, assignment: Int64, in institution: InstitutionID,
        _ transaction: PostgresTransaction
    ) async throws(PostgresError) -> [(id: Int64, position: Int64)] {
        guard !questions.isEmpty else { return [] }
        let results = try await transaction.query([
            (QuizQueries.addQuestions, QuizQueries.adding(questions, to: quiz, in: institution)),
            (QuizQueries.sumPoints, [.int(institution.rawValue), .int(quiz), .int(assignment)]),
        ])
        var added: [(id: Int64, position: Int64)] = []
        for row in results[0] { added.append((try row.int(0), try row.int(1))) }
        return added
    }

    /// Locks a quiz and gives its assignment.
    private static func lock(
        _ quiz: Int64, _ course: Int64, _ institution: InstitutionID, _ transaction: PostgresTransaction
    ) async throws -> Int64 {
        let rows = try await transaction.query(
            QuizQueries.lock, [.int(institution.rawValue), .int(course), .int(quiz)])
        guard let row = rows.first else { throw Failure.unknown }
        return try row.int(0)
    }

    static let noRow = PostgresError.decoding(
        .init(column: "id", expected: "a row that was just made", type: 0))

    private static func known(_ error: any Error) -> Failure {
        if let error = error as? Failure { return error }
        guard let error = error as? PostgresError else { return .database(.unavailable("\(error)")) }
        guard error.state == .foreignKeyViolation else { return .database(error) }
        if case .server(let server) = error, server.table == "quiz_runs" { return .inUse }
        return .unknown
    }
}
