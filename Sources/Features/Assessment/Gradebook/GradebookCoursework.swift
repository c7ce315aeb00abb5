package import Courses
import Postgres

/// Tells modules what assignments and quizzes are, and what a student reached in them.
package struct GradebookCoursework: Coursework {
    package init() {}

    package func find(
        _ references: Set<CourseworkReference>, for call: CourseCall
    ) async throws -> [CourseworkReference: CourseworkDetails] {
        let rows = try await call.query(
            CourseworkQueries.details,
            [call.courseValue, Self.ids(references, .assignment), Self.ids(references, .quiz)])
        var found: [CourseworkReference: CourseworkDetails] = [:]
        for row in rows {
            let reference = CourseworkReference(try row.bool(0) ? .quiz : .assignment, try row.int(1))
            found[reference] = CourseworkDetails(
                title: try row.text(2), points: try row.double(3),
                dueAt: try row.timestampMillisecondsOrNil(4))
        }
        return found
    }

    package func outcomes(
        _ references: Set<CourseworkReference>, of student: Int64, for call: CourseCall
    ) async throws -> [CourseworkReference: CourseworkOutcome] {
        let rows = try await call.query(
            CourseworkQueries.outcomes,
            [
                call.courseValue, Self.ids(references, .assignment), Self.ids(references, .quiz),
                .int(student),
            ])
        var reached: [CourseworkReference: CourseworkOutcome] = [:]
        for row in rows {
            let reference = CourseworkReference(try row.bool(0) ? .quiz : .assignment, try row.int(1))
            reached[reference] = CourseworkOutcome(isSubmitted: true, score: try row.doubleOrNil(2))
        }
        return reached
    }

    private static func ids(
        _ references: Set<CourseworkReference>, _ kind: CourseworkReference.Kind
    ) -> PostgresValue {
        .intArray(references.filter { $0.kind == kind }.map(\.id).sorted())
    }
}

/// The SQL behind it; `$1` is the institution, `$2` the course, `$3` assignments and `$4` quizzes throughout.
enum CourseworkQueries {
    /// Whether it is a quiz, its id, title, points and when it is due.
    static let details: Statement = """
        SELECT false, a.id, a.name, a.points_possible, a.due_at FROM assignments a
        WHERE a.institution_id = $1 AND a.course_id = $2 AND a.id = ANY ($3::bigint[])
        UNION ALL
        SELECT true, q.id, q.title, a.points_possible, a.due_at
        FROM quizzes q JOIN assignments a ON a.institution_id = $1 AND a.id = q.assignment_id
        WHERE q.institution_id = $1 AND q.course_id = $2 AND q.id = ANY ($4::bigint[])
        """

    /// Whether it is a quiz, its id, and the score that is posted: of those that something was handed in for.
    ///
    /// $5 student.
    static let outcomes: Statement = """
        SELECT asked.is_quiz, asked.id, c.score
        FROM (
            SELECT false AS is_quiz, a.id, a.id AS assignment_id FROM assignments a
            WHERE a.institution_id = $1 AND a.course_id = $2 AND a.id = ANY ($3::bigint[])
            UNION ALL
            SELECT true, q.id, q.assignment_id FROM quizzes q
            WHERE q.institution_id = $1 AND q.course_id = $2 AND q.id = ANY ($4::bigint[])) AS asked
        LEFT JOIN grade_cells c
            ON c.institution_id = $1 AND c.assignment_id = asked.assignment_id AND c.user_id = $5
        WHERE c.user_id IS NOT NULL OR EXISTS (
            SELECT 1 FROM quizzes q
            JOIN quiz_runs r ON r.institution_id = $1 AND r.quiz_id = q.id
            JOIN quiz_answers x ON x.institution_id = $1 AND x.run_id = r.id AND x.user_id = $5
            WHERE q.institution_id = $1 AND q.assignment_id = asked.assignment_id)
        """
}
