package import JSON
package import Postgres
package import Tenancy

/// Reads runs and answers, for snapshots, tallies and routes.
///
/// Confined to the loop of its pool.
package struct RunReader {
    /// The answer of one user that counts in a run.
    package struct OwnAnswer: Hashable, Sendable {
        package let run: Int64
        package let sequence: Int64
        /// When it was read, in milliseconds since 1970.
        package let at: Int64
        package let answer: RawJSON
        /// `nil` until the results are revealed.
        package let score: Double?
        /// `nil` until the results are revealed, and for a question without a right answer.
        package let isRight: Bool?

        /// Writes the object `{"run","answer","at","sequence","score"?,"correct"?}`.
        package func write(_ json: inout JSONWriter) {
            json.object { json in
                json.member("run", run)
                json.member("answer", answer)
                json.member("at", at)
                json.member("sequence", sequence)
                json.member("score", score)
                json.member("correct", isRight)
            }
        }
    }

    private let pool: PostgresPool

    package init(pool: PostgresPool) { self.pool = pool }

    /// All runs of a class, oldest first.
    package func runs(ofClass id: Int64, in institution: InstitutionID) async throws(PostgresError)
        -> [QuizRun]
    {
        let rows = try await pool.query(
            RunQueries.ofClass, [.int(institution.rawValue), .int(id)], tenant: institution)
        var runs: [QuizRun] = []
        for row in rows { runs.append(try QuizRun(row)) }
        return runs
    }

    /// Counts a run's answers; one statement, cheap enough for a tick while 10,000 answer.
    ///
    /// - Returns: `nil` when there is no such run.
    package func tally(of run: QuizRun, in institution: InstitutionID) async throws(PostgresError)
        -> RunTally?
    {
        var batch = TransactionBatch()
        batch.append(AnswerStatements.planForGrowth, tenant: institution)
        let place = batch.append(
            RunQueries.tally, [.int(institution.rawValue), .int(run.id)], tenant: institution)
        return try RunTally(try await pool.run(batch)[place], run: run.id, question: run.question.question)
    }

    /// A user's answers in a class, by the runs' order.
    package func answers(
        of user: Int64, inClass id: Int64, in institution: InstitutionID
    ) async throws(PostgresError) -> [OwnAnswer] {
        let rows = try await pool.query(
            RunQueries.answersOfUser, [.int(institution.rawValue), .int(id), .int(user)], tenant: institution)
        var answers: [OwnAnswer] = []
        for row in rows {
            guard let answer = try? RawJSON(validating: try row.bytes(3)) else { continue }
            answers.append(
                OwnAnswer(
                    run: try row.int(0), sequence: try row.int(1), at: try row.int(2), answer: answer,
                    score: try row.doubleOrNil(4), isRight: try row.boolOrNil(5)))
        }
        return answers
    }

    /// How many answered each of a class's runs, and how many students the course has.
    package func counts(
        of runs: [QuizRun], course: Int64, in institution: InstitutionID
    ) async throws(PostgresError) -> (answered: [Int64: Int], expected: Int) {
        var batch = TransactionBatch()
        let tenant = PostgresValue.int(institution.rawValue)
        batch.append(RunQueries.answered, [tenant, .intArray(runs.map(\.id))], tenant: institution)
        batch.append(RunQueries.expected, [tenant, .int(course)], tenant: institution)
        let results = try await pool.run(batch)
        var answered: [Int64: Int] = [:]
        for row in results[0] { answered[try row.int(0)] = Int(try row.int(1)) }
        return (answered, Int(try results[1].first?.int(0) ?? 0))
    }
}
