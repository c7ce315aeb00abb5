import Courses
import Postgres

/// Copies quizzes; one that collects the questions of a class is an ordinary one in the target.
struct QuizCopy: CopyPart {
    let title = "quizzes"

    /// Quizzes bring their assignments along, and assignments their quizzes.
    func widen(_ selection: inout CopySelection, in batch: CopyBatch) async throws {
        let rows = try await batch.transaction.query(
            Self.together,
            [batch.tenant, .int(batch.source), batch.selected(.quiz), batch.selected(.assignment)])
        for row in rows {
            selection.add(.quiz, [try row.int(0)])
            selection.add(.assignment, [try row.int(1)])
        }
    }

    func copy(after: Int64, in batch: CopyBatch) async throws -> Int64? {
        let pairs = try await batch.pairs(
            Self.list, [.int(after), batch.selected(.quiz), .int(Int64(CopyBatch.size))])
        try await batch.write(
            .quiz, pairs,
            insert: { (Self.insert, [batch.tenant, .int(batch.target), .int($0)]) },
            update: { (Self.update, [batch.tenant, .int($1), .int($0)]) },
            refusal: "The quiz's assignment was not copied.")
        return pairs.count < CopyBatch.size ? nil : pairs.last?.source
    }

    /// $1 institution, $2 source, $3 target, $4 after, $5 quizzes or null, $6 count.
    static let list: Statement = """
        SELECT s.id, t.id FROM quizzes s
        LEFT JOIN content_copies m
            ON m.institution_id = $1 AND m.course_id = $3 AND m.kind = 'quiz' AND m.source_id = s.id
        LEFT JOIN quizzes t ON t.institution_id = $1 AND t.course_id = $3 AND t.id = m.copy_id
        WHERE s.institution_id = $1 AND s.course_id = $2 AND s.id > $4
            AND ($5::bigint[] IS NULL OR s.id = ANY ($5))
        ORDER BY s.id LIMIT $6
        """

    /// $1 institution, $2 target, $3 quiz.
    private static let insert: Statement = """
        INSERT INTO quizzes (institution_id, course_id, assignment_id, title, published)
        SELECT $1, $2, k.copy_id, s.title, s.published
        FROM quizzes s JOIN content_copies k ON k.institution_id = $1 AND k.course_id = $2 AND k.kind = 'assignment'
            AND k.source_id = s.assignment_id
        WHERE s.institution_id = $1 AND s.id = $3 RETURNING id
        """

    /// $1 institution, $2 copy, $3 quiz.
    private static let update: Statement = """
        UPDATE quizzes t SET title = s.title, published = s.published
        FROM quizzes s WHERE t.institution_id = $1 AND t.id = $2 AND s.institution_id = $1 AND s.id = $3
        """

    /// Quizzes that are selected, or whose assignments are, with their assignments.
    ///
    /// $1 institution, $2 source, $3 quizzes, $4 assignments.
    private static let together: Statement = """
        SELECT q.id, q.assignment_id FROM quizzes q
        WHERE q.institution_id = $1 AND q.course_id = $2
            AND (q.id = ANY ($3::bigint[]) OR q.assignment_id = ANY ($4::bigint[]))
        """
}
