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
        return .page(try rows.map(Assignment.init), paging, for: call.request, id: \.id) { $1.write(&$0) }
    }
}
