import JSON
import Postgres
import Tenancy
import WebServer

/// Courses as their members see them.
struct CourseRoutes: Sendable {
    let additions: [any CourseAddition]

    /// `GET /api/v1/courses`: one's own courses; for an admin all of the institution.
    func list(_ call: Call) async throws -> WebResponse {
        let (request, context, principal) = (call.request, call.context, call.principal)
        let paging = try Paging(request)
        let institution = principal.institution
        let rows =
            principal.has(role: Role.admin.rawValue)
            ? try await context.pool.query(
                CourseQueries.allCourses,
                [.int(institution.rawValue), paging.start, paging.limit, paging.skip], tenant: institution)
            : try await context.pool.query(
                CourseQueries.ownCourses,
                [
                    .int(institution.rawValue), .int(principal.user), paging.start, paging.limit,
                    paging.skip,
                ],
                tenant: institution)
        var courses: [Course] = []
        for row in rows.prefix(paging.size) {
            if let course = try CourseQueries.course(row) { courses.append(course) }
        }
        let written = try await write(courses, principal, context)
        var response = WebResponse.json { json in
            json.array(of: written) { $0.raw($1) }
        }
        let next = rows.count > paging.size ? courses.last?.id : nil
        response.setLink(paging.link(for: request, next: next))
        return response
    }

    /// `GET /api/v1/courses/:id`.
    func show(_ call: CourseCall) async throws -> WebResponse {
        let written = try await write([call.membership.course], call.principal, call.context).first
        guard let written else {
            throw WebError.notFound
        }
        return .json(written)
    }

    private func write(
        _ courses: [Course], _ principal: Principal, _ context: WebContext
    ) async throws -> [RawJSON] {
        guard !courses.isEmpty else { return [] }
        let ids = courses.map(\.id)
        let rows = try await context.pool.query(
            CourseQueries.ownEnrollments,
            [.int(principal.institution.rawValue), .int(principal.user), .intArray(ids)],
            tenant: principal.institution)
        var enrollments: [Int64: [(type: EnrollmentType, state: String)]] = [:]
        for row in rows {
            guard let type = EnrollmentType(rawValue: try row.text(1)) else { continue }
            enrollments[try row.int(0), default: []].append((type, try row.text(2)))
        }
        var added: [(name: String, values: [Int64: RawJSON], fallback: RawJSON)] = []
        for addition in additions {
            let values = try await addition.values(for: ids, principal: principal, context: context)
            added.append((addition.name, values, addition.fallback))
        }
        return courses.map { course in
            RawJSON { json in
                json.object { json in
                    json.member("id", course.id)
                    json.member("name", course.name)
                    json.member("course_code", course.code)
                    json.member("workflow_state", course.state.rawValue)
                    json.array("enrollments", of: enrollments[course.id] ?? []) { json, enrollment in
                        json.object { json in
                            json.member("type", enrollment.type.shortName)
                            json.member("role", enrollment.type.rawValue)
                            json.member("enrollment_state", enrollment.state)
                            json.member("user_id", principal.user)
                        }
                    }
                    for (name, values, fallback) in added { json.member(name, values[course.id] ?? fallback) }
                }
            }
        }
    }
}
