import Courses
import JSON
import Postgres
import Tenancy
import WebServer

/// A course's assignments, for its members.
enum AssignmentRoutes {
    /// `GET /api/v1/courses/:course_id/assignments`.
    static func list(_ call: CourseCall) async throws -> WebResponse {
        let paging = try Paging(call.request)
        let rows = try await call.query(
            GradebookQueries.assignments, [call.courseValue, paging.start, paging.limit, paging.skip])
        return .page(try rows.map(Assignment.init), paging, for: call.request, id: \.id) { json, assignment in
            json.object { json in
                json.member("id", assignment.id)
                json.member("course_id", call.course)
                json.member("name", assignment.name)
                json.member("points_possible", assignment.points)
                json.member("grading_type", "points")
                json.array("submission_types", of: ["online_quiz"]) { $0.string($1) }
                json.member("quiz_id", assignment.quiz)
                json.member("published", assignment.isPublished)
            }
        }
    }
}

/// What a gradebook's column stands for.
struct Assignment {
    let id: Int64
    let name: String
    let points: Double
    let isPublished: Bool
    let quiz: Int64?

    init(_ row: Row) throws(PostgresError) {
        id = try row.int(0)
        name = try row.text(1)
        points = try row.double(2)
        isPublished = try row.bool(3)
        quiz = try row.intOrNil(4)
    }
}
