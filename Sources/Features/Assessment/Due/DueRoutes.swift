import Courses
import JSON
import Postgres
import Tenancy
import WebServer

/// What people have to hand in and to grade, and what they have missed.
enum DueRoutes {
    private static let week: Int64 = 7 * 86_400_000

    /// `GET /api/v1/users/self/todo`.
    static func todo(_ call: Call) async throws -> WebResponse { try await todo(call, course: nil) }

    /// `GET /api/v1/courses/:course_id/todo`.
    static func todo(ofCourse call: CourseCall) async throws -> WebResponse {
        try await todo(call.call, course: call.course)
    }

    /// As in Canvas: to be handed in is what was due at most four weeks ago or is within a week.
    private static func todo(_ call: Call, course: Int64?) async throws -> WebResponse {
        let paging = try Paging(call.request)
        let now = call.request.receivedAt
        let rows = try await call.query(
            DueQueries.todo,
            [.int(call.principal.user)] + (try bookmark(paging)) + [
                paging.limit, paging.skip, .timestamp(milliseconds: now - 4 * week),
                .timestamp(milliseconds: now + week), .int(course),
            ])
        let base = call.request.base
        return .page(try rows.map(TodoItem.init), paging, for: call.request, bookmark: \.place) {
            $1.write(&$0, base: base)
        }
    }

    /// `GET /api/v1/users/:user_id/missing_submissions`, with `course_ids[]`: what the student has not handed in and was due.
    static func missing(_ call: Call, _ user: Int64) async throws -> WebResponse {
        let paging = try Paging(call.request)
        let courses = try call.request.queryValues("course_ids[]").map { text in
            guard let id = Int64(text), (1...JSONFields.largestID).contains(id) else {
                throw WebError.badRequest("course_ids[] must be ids.", field: "course_ids[]")
            }
            return id
        }
        let rows = try await call.query(
            DueQueries.missing,
            [.int(user)] + (try bookmark(paging)) + [
                paging.limit, paging.skip, .timestamp(milliseconds: call.request.receivedAt),
                courses.isEmpty ? .null : .intArray(courses),
            ])
        let found = try rows.map {
            (assignment: try Assignment($0), due: try $0.int(Assignment.columnCount))
        }
        return .page(
            found, paging, for: call.request, bookmark: { ["\($0.due)", "\($0.assignment.id)"] }
        ) {
            $1.assignment.write(&$0)
        }
    }

    /// The two numbers that a list is sorted by.
    private static func bookmark(_ paging: Paging) throws -> [PostgresValue] {
        guard let first = paging.bookmark?.first else { return [.int(nil), .int(nil)] }
        guard let due = Int64(first) else {
            throw WebError.badRequest("page must be taken from a Link of an earlier answer.", field: "page")
        }
        return [.int(due), try paging.markID(1)]
    }
}
