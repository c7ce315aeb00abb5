import JSON
import Postgres
import Tenancy
import WebServer

/// A course's assignments, for its members.
enum AssignmentRoutes {
    /// `GET /api/v1/courses/:id/assignments`.
    static func list(_ request: WebRequest, _ context: WebContext) async throws -> WebResponse {
        let (principal, course) = try await QuizRoutes.member(request, context, .listAssignments)
        let paging = try Paging(request)
        let rows = try await context.pool.query(
            GradebookQueries.assignments,
            [
                .int(principal.institution.rawValue), .int(course), .int(paging.after ?? 0),
                .int(Int64(paging.size + 1)),
            ],
            tenant: principal.institution)
        let assignments = try rows.prefix(paging.size).map(Assignment.init)
        var response = WebResponse.json { json in
            json.array(of: assignments) { json, assignment in
                json.object { json in
                    json.member("id", assignment.id)
                    json.member("course_id", course)
                    json.member("name", assignment.name)
                    json.member("points_possible", assignment.points)
                    json.member("grading_type", "points")
                    json.array("submission_types", of: ["online_quiz"]) { $0.string($1) }
                    json.member("quiz_id", assignment.quiz)
                    json.member("published", assignment.isPublished)
                }
            }
        }
        response.setLink(
            paging.link(for: request, next: rows.count > paging.size ? assignments.last?.id : nil))
        return response
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
