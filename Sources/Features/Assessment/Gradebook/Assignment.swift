package import JSON
import Postgres
import Tenancy

/// What a gradebook's column stands for; times are milliseconds since 1970.
package struct Assignment: Hashable, Sendable {
    /// Its id.
    package let id: Int64
    /// The course that it is of.
    package let course: Int64
    /// What people call it.
    package let name: String
    /// What it is worth.
    let points: Double
    let isPublished: Bool
    /// The quiz that it carries into the gradebook.
    let quiz: Int64?
    /// When it is due for everybody.
    package let dueAt: Int64?

    /// The columns that ``init(_:)`` reads, of ``tables``.
    static let columns = "a.id, a.course_id, a.name, a.points_possible, a.published, q.id, a.due_at"
    /// How many these are.
    static let columnCount = 7
    /// Where they are; `$1` is the institution.
    static let tables = """
        FROM assignments a LEFT JOIN quizzes q ON q.institution_id = $1 AND q.assignment_id = a.id
        """

    /// Reads a row that begins with ``columns``.
    init(_ row: Row) throws(PostgresError) {
        id = try row.int(0)
        course = try row.int(1)
        name = try row.text(2)
        points = try row.double(3)
        isPublished = try row.bool(4)
        quiz = try row.intOrNil(5)
        dueAt = try row.timestampMillisecondsOrNil(6)
    }

    /// Where a person finds it, below the server's address.
    package var path: String { "/courses/\(course)/assignments/\(id)" }

    /// Writes it as Canvas has it.
    package func write(_ json: inout JSONWriter) {
        json.object { json in
            json.member("id", id)
            json.member("course_id", course)
            json.member("name", name)
            json.member("points_possible", points)
            json.member("grading_type", "points")
            json.array("submission_types", of: ["online_quiz"]) { $0.string($1) }
            json.member("quiz_id", quiz)
            json.member("published", isPublished)
            json.time("due_at", dueAt)
        }
    }
}
