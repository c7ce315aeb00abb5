import JSON
import Postgres
import Tenancy
import WebServer

/// Announcements of several courses at once.
enum AnnouncementRoutes {
    /// Courses that may be asked for at once.
    static let mostCourses = 50
    private static let day: Int64 = 86_400_000

    /// `GET /api/v1/announcements?context_codes[]=course_1`: those of the last 14 days, the newest first, unless
    /// `start_date` and `end_date` say otherwise.
    ///
    /// 404 when a course is not there for the institution, 403 when the caller has nothing to do with one.
    static func list(_ call: Call) async throws -> WebResponse {
        let request = call.request
        let paging = try Paging(request)
        let courses = try courses(request)
        let fields = try request.queryFields()
        let now = request.receivedAt
        let from = fields.has("start_date") ? try fields.time("start_date") : now - 14 * day
        let until = fields.has("end_date") ? try fields.time("end_date") : from + 28 * day
        let isActiveOnly = try request.flag("active_only") ?? false

        let pairs = courses.map { CourseAccess.Pair(course: $0, user: call.principal.user) }
        let roles = try await CourseAccess(pool: call.pool).roles(
            of: pairs, in: call.institution, toLook: true)
        guard roles.count == pairs.count else {
            let known = try await CourseRegistry(pool: call.pool).courses(courses, in: call.institution)
            throw known.count == courses.count ? WebError.forbidden : WebError.notFound
        }
        let drafts = isActiveOnly ? [] : pairs.filter { roles[$0] == .staff }.map(\.course)
        let rows = try await call.query(
            TopicQueries.announcements,
            [.int(call.principal.user)] + TopicQueries.newest.values(paging) + [
                paging.limit, paging.skip, .intArray(courses), .intArray(drafts),
                .timestamp(milliseconds: now), .timestamp(milliseconds: from),
                .timestamp(milliseconds: until),
            ])
        return try TopicRoutes.page(rows, paging, request) { topic in
            roles[CourseAccess.Pair(course: topic.course, user: call.principal.user)] ?? .observer
        }
    }

    private static func courses(_ request: WebRequest) throws(WebError) -> [Int64] {
        let codes = request.queryValues("context_codes[]") + request.queryValues("context_codes")
        guard (1...mostCourses).contains(codes.count) else {
            throw .badRequest(
                "context_codes[] must name 1 to \(mostCourses) courses, as course_1.",
                field: "context_codes[]")
        }
        var courses: Set<Int64> = []
        for code in codes {
            guard code.hasPrefix("course_"), let id = Int64(code.dropFirst("course_".count)),
                (1...JSONFields.largestID).contains(id)
            else {
                throw .badRequest("context_codes[] must name courses, as course_1.", field: "context_codes[]")
            }
            courses.insert(id)
        }
        return courses.sorted()
    }
}
