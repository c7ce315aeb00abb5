import Courses
import Postgres

/// Copies the questions of quizzes, a few quizzes at a time; new ones behind those that are there.
struct QuestionCopy: CopyPart {
    private static let quizzes = 5
    let title = "questions"

    func copy(after: Int64, in batch: CopyBatch) async throws -> Int64? {
        let quizzes = try await batch.pairs(
            QuizCopy.list, [.int(after), batch.selected(.quiz), .int(Int64(Self.quizzes))])
        for quiz in quizzes {
            guard let copy = quiz.copy else { continue }
            let held = try await batch.transaction.query(
                QuizQueries.lock, [batch.tenant, .int(batch.target), .int(copy)])
            guard let assignment = try held.first?.int(0) else { continue }
            let questions = try await batch.transaction.query(
                Self.list, [batch.tenant, .int(batch.target), .int(quiz.source), .int(copy)]
            ).map { CopyBatch.Pair(source: try $0.int(0), copy: try $0.intOrNil(1)) }
            try await batch.write(
                .question, questions,
                insert: { (Self.insert, [batch.tenant, .int(copy), .int($0)]) },
                update: { (Self.update, [batch.tenant, .int($1), .int($0)]) },
                refusal: "The question is not there any more.")
            try await batch.transaction.query(
                QuizQueries.sumPoints, [batch.tenant, .int(copy), .int(assignment)])
        }
        return quizzes.count < Self.quizzes ? nil : quizzes.last?.source
    }

    /// $1 institution, $2 target, $3 quiz, $4 its copy.
    private static let list: Statement = """
        SELECT s.id, t.id FROM quiz_questions s
        LEFT JOIN content_copies m
            ON m.institution_id = $1 AND m.course_id = $2 AND m.kind = 'question' AND m.source_id = s.id
        LEFT JOIN quiz_questions t ON t.institution_id = $1 AND t.quiz_id = $4 AND t.id = m.copy_id
        WHERE s.institution_id = $1 AND s.quiz_id = $3 ORDER BY s.position
        """

    /// $1 institution, $2 the quiz's copy, $3 question.
    private static let insert: Statement = """
        INSERT INTO quiz_questions (
            institution_id, quiz_id, position, question_type, question_text, points_possible, answers)
        SELECT $1, $2, 1 + coalesce((
                SELECT max(n.position) FROM quiz_questions n WHERE n.institution_id = $1 AND n.quiz_id = $2), 0),
            s.question_type, s.question_text, s.points_possible, s.answers
        FROM quiz_questions s WHERE s.institution_id = $1 AND s.id = $3 RETURNING id
        """

    /// $1 institution, $2 copy, $3 question.
    private static let update: Statement = """
        UPDATE quiz_questions t SET question_type = s.question_type, question_text = s.question_text,
            points_possible = s.points_possible, answers = s.answers, updated_at = now()
        FROM quiz_questions s WHERE t.institution_id = $1 AND t.id = $2 AND s.institution_id = $1 AND s.id = $3
        """
}
