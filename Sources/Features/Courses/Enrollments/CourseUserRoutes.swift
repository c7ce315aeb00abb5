import JSON
import Postgres
import Tenancy
import WebServer

/// The people of a course, for its staff.
enum CourseUserRoutes {
    /// `GET /api/v1/courses/:course_id/users`, with `enrollment_type[]` as a filter.
    static func list(_ call: CourseCall) async throws -> WebResponse {
        let paging = try Paging(call.request)
        let types = try types(call.request)
        let rows = try await call.query(
            EnrollmentQueries.page,
            [
                call.courseValue, .textArray(types.map(\.rawValue)), call.visibleSections,
                paging.mark(0), try paging.markID(1), paging.limit, paging.skip,
            ])
        var users: [(id: Int64, name: String, sortable: String, short: String)] = []
        for row in rows {
            users.append((try row.int(0), try row.text(1), try row.text(2), try row.text(3)))
        }
        return .page(users, paging, for: call.request, bookmark: { [$0.sortable, String($0.id)] }) {
            json, user in
            json.object { json in
                json.member("id", user.id)
                json.member("name", user.name)
                json.member("sortable_name", user.sortable)
                json.member("short_name", user.short)
            }
        }
    }

    /// The types asked for; all without a filter.
    private static func types(_ request: WebRequest) throws(WebError) -> [EnrollmentType] {
        let names = request.queryValues("enrollment_type[]") + request.queryValues("enrollment_type")
        guard !names.isEmpty else { return EnrollmentType.allCases }
        var types: [EnrollmentType] = []
        for name in names {
            guard let type = EnrollmentType(shortName: name) else {
                throw .badRequest(
                    "enrollment_type[] must be student, teacher, ta, designer or observer.",
                    field: "enrollment_type[]")
            }
            if !types.contains(type) { types.append(type) }
        }
        return types
    }
}
