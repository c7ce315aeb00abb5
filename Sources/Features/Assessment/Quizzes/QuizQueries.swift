import JSON
import Postgres

/// The SQL of quizzes and their questions.
///
/// `$1` is always the institution.
enum QuizQueries {
    private static let columns = """
        q.id, q.course_id, q.assignment_id, q.title, q.live_class_id, q.published, a.points_possible,
            (SELECT count(*) FROM quiz_questions n WHERE n.institution_id = $1 AND n.quiz_id = q.id), a.due_at
        """

    private static let joined = """
        FROM quizzes q JOIN assignments a ON a.institution_id = $1 AND a.id = q.assignment_id
        WHERE q.institution_id = $1
        """

    /// $2 course, $3 after, $4 count, $5 left out.
    static let list = Statement(
        "SELECT \(columns) \(joined) AND q.course_id = $2 AND q.id > $3 ORDER BY q.id LIMIT $4 OFFSET $5")

    /// $2 course, $3 quiz.
    static let show = Statement("SELECT \(columns) \(joined) AND q.course_id = $2 AND q.id = $3")

    /// Takes the quiz's row, so that its questions and its cells change one transaction after the other.
    ///
    /// $2 course, $3 quiz.
    static let lock: Statement = """
        SELECT q.assignment_id, q.title FROM quizzes q
        WHERE q.institution_id = $1 AND q.course_id = $2 AND q.id = $3 FOR UPDATE
        """

    /// $2 course, $3 name, $4 when it is due or null.
    static let createAssignment: Statement = """
        INSERT INTO assignments (institution_id, course_id, name, due_at) VALUES ($1, $2, $3, $4) RETURNING id
        """

    /// $2 course, $3 assignment, $4 title, $5 class or null.
    static let create: Statement = """
        INSERT INTO quizzes (institution_id, course_id, assignment_id, title, live_class_id)
        VALUES ($1, $2, $3, $4, $5) RETURNING id
        """

    /// $2 class, $3 course.
    static let ofClass: Statement = """
        SELECT q.id, q.title FROM quizzes q
        WHERE q.institution_id = $1 AND q.live_class_id = $2 AND q.course_id = $3
        """

    // MARK: Questions

    private static let questionColumns = """
        n.id, n.quiz_id, n.position, n.question_type, n.question_text, n.points_possible, n.answers
        """

    /// $2 quiz, $3 after (a question's id), $4 count, $5 left out.
    static let questions = Statement(
        """
        SELECT \(questionColumns) FROM quiz_questions n
        WHERE n.institution_id = $1 AND n.quiz_id = $2
            AND n.position > coalesce((
                SELECT p.position FROM quiz_questions p
                WHERE p.institution_id = $1 AND p.quiz_id = $2 AND p.id = $3), 0)
        ORDER BY n.position LIMIT $4 OFFSET $5
        """)

    /// $2 quiz, $3 question.
    static let question = Statement(
        """
        SELECT \(questionColumns) FROM quiz_questions n
        WHERE n.institution_id = $1 AND n.quiz_id = $2 AND n.id = $3
        """)

    /// Adds questions behind the others; the quiz is locked.
    ///
    /// $2 quiz, $3 types, $4 texts, $5 points, $6 answers.
    static let addQuestions: Statement = """
        INSERT INTO quiz_questions (
            institution_id, quiz_id, position, question_type, question_text, points_possible, answers)
        SELECT $1, $2, given.place + coalesce((
                SELECT max(n.position) FROM quiz_questions n WHERE n.institution_id = $1 AND n.quiz_id = $2), 0),
            given.type, given.text, given.points, given.answers
        FROM unnest($3::text[], $4::text[], $5::float8[], $6::jsonb[])
            WITH ORDINALITY AS given (type, text, points, answers, place)
        ORDER BY given.place
        RETURNING id, position
        """

    /// $2 quiz, $3 question, $4 type, $5 text, $6 points, $7 answers.
    static let updateQuestion: Statement = """
        UPDATE quiz_questions SET question_type = $4, question_text = $5, points_possible = $6, answers = $7,
            updated_at = now()
        WHERE institution_id = $1 AND quiz_id = $2 AND id = $3
        RETURNING position
        """

    /// $2 quiz, $3 question.
    static let deleteQuestion: Statement = """
        DELETE FROM quiz_questions WHERE institution_id = $1 AND quiz_id = $2 AND id = $3 RETURNING id
        """

    /// Writes the assignment's points anew; the quiz is locked.
    ///
    /// $2 quiz, $3 assignment.
    static let sumPoints: Statement = """
        UPDATE assignments SET points_possible = (
            SELECT coalesce(sum(n.points_possible), 0) FROM quiz_questions n
            WHERE n.institution_id = $1 AND n.quiz_id = $2)
        WHERE institution_id = $1 AND id = $3
        """

    // MARK: Rows

    static func quiz(_ row: Row) throws(PostgresError) -> Quiz {
        Quiz(
            id: try row.int(0), course: try row.int(1), assignment: try row.int(2), title: try row.text(3),
            liveClass: try row.intOrNil(4), isPublished: try row.bool(5), questionCount: Int(try row.int(7)),
            points: try row.double(6), dueAt: try row.timestampMillisecondsOrNil(8))
    }

    /// Reads a question as it was written; one that cannot be read any more is a mistake in the program.
    static func question(_ row: Row) throws(PostgresError) -> QuizQuestion {
        guard let answers = try? JSONReader.read(try row.bytes(6)),
            let question = try? Question(
                JSONFields([
                    "question_type": .string(try row.text(3)), "question_text": .string(try row.text(4)),
                    "points_possible": .double(try row.double(5)), "answers": answers,
                ]), naming: .canvas)
        else { throw .decoding(.init(column: "answers", expected: "a question", type: 0)) }
        return QuizQuestion(
            id: try row.int(0), quiz: try row.int(1), position: try row.int(2), question: question)
    }

    /// The parameters of ``addQuestions``.
    static func adding(_ questions: [Question], to quiz: Int64, in institution: TenantID) -> [PostgresValue] {
        [
            .int(institution.rawValue), .int(quiz), .textArray(questions.map(\.type.rawValue)),
            .textArray(questions.map(\.text)), .doubleArray(questions.map(\.points)),
            .jsonArray(questions.map(answers)),
        ]
    }

    /// A question's answers as they are stored.
    static func answers(of question: Question) -> [UInt8] {
        RawJSON { question.writeAnswersWithSolution(&$0) }.bytes
    }
}
