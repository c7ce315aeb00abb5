import JSON
import Postgres
import Tenancy
import WebServer

/// The people of a course, for its staff.
enum CourseUserRoutes {
    /// `GET /api/v1/courses/:id/users`, with `enrollment_type[]` as a filter.
    static func list(_ request: WebRequest, _ context: WebContext) async throws -> WebResponse {
        let principal = try request.signedIn()
        let paging = try Paging(request)
        let types = try types(request)
        let course = try request.id("id")
        let membership = try await CourseAccess(pool: context.pool).membership(of: principal, in: course)
        try CoursePermissions.require(.listUsers, membership.role)
        let sections: PostgresValue = membership.visibleSections.map { .intArray($0) } ?? .null
        let rows = try await context.pool.query(
            EnrollmentQueries.page,
            [
                .int(principal.institution.rawValue), .int(course), .textArray(types.map(\.rawValue)),
                sections,
                .int(paging.after), .int(Int64(paging.size + 1)),
            ],
            tenant: principal.institution)
        var users: [(id: Int64, name: String, sortable: String, short: String)] = []
        for row in rows.prefix(paging.size) {
            users.append((try row.int(0), try row.text(1), try row.text(2), try row.text(3)))
        }
        var response = WebResponse.json { json in
            json.array(of: users) { json, user in
                json.object { json in
                    json.member("id", user.id)
                    json.member("name", user.name)
                    json.member("sortable_name", user.sortable)
                    json.member("short_name", user.short)
                }
            }
        }
        let next = rows.count > paging.size ? users.last?.id : nil
        response.setLink(paging.link(for: request, next: next))
        return response
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
