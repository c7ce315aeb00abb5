import Assessment
import Courses
import JSON
import Postgres
import Tenancy
import WebServer

/// What comes next in somebody's courses: classes, and what is due.
enum UpcomingRoutes {
    /// Events of an answer at most, as in Canvas.
    private static let most = 20
    /// How far ahead it looks, as Canvas does.
    private static let ahead: Int64 = 7 * 86_400_000

    /// `GET /api/v1/users/self/upcoming_events`: the first of the classes that go on now or are planned within a week, and of
    /// the assignments that are due within a week, in the courses that the caller takes part in.
    static func list(_ call: Call) async throws -> WebResponse {
        let now = call.request.receivedAt
        var courses: [Int64: String] = [:]
        for row in try await call.query(UpcomingQueries.courses, [.int(call.principal.user)]) {
            courses[try row.int(0)] = try row.text(1)
        }
        let ids = courses.keys.sorted()
        let rows = try await call.query(
            UpcomingQueries.classes,
            [.intArray(ids), .int(now), .int(now + ahead), .int(Int64(most))])
        var events: [UpcomingEvent] = []
        for row in rows {
            if let found = try ClassQueries.liveClass(row) { events.append(.liveClass(found)) }
        }
        events += try await DueAssignments.find(
            of: ids, from: now, until: now + ahead, count: most, for: call
        ).map(UpcomingEvent.assignment)
        let base = call.request.base
        return .json { json in
            json.array(of: events.sorted { $0.startsAt < $1.startsAt }.prefix(most)) { json, event in
                event.write(&json, base: base, courseName: courses[event.course])
            }
        }
    }
}

/// Something that comes next.
enum UpcomingEvent: Hashable, Sendable {
    case liveClass(LiveClass)
    case assignment(Assignment)

    /// When it begins, or is due, in milliseconds since 1970.
    var startsAt: Int64 {
        switch self {
        case .liveClass(let found): found.startedAt ?? found.scheduledAt ?? found.createdAt
        case .assignment(let found): found.dueAt ?? 0
        }
    }

    /// The course that it is in.
    var course: Int64 {
        switch self {
        case .liveClass(let found): found.course
        case .assignment(let found): found.course
        }
    }

    /// Writes it as Canvas has events of calendars.
    func write(_ json: inout JSONWriter, base: String, courseName: String?) {
        json.object { json in
            switch self {
            case .liveClass(let found):
                json.member("id", "live_class_\(found.id)")
                json.member("type", "event")
                json.member("title", found.title)
                json.member("workflow_state", "active")
                json.member("html_url", "\(base)/courses/\(found.course)/classes/\(found.id)")
                json.name("live_class")
                found.write(&json)
            case .assignment(let found):
                json.member("id", "assignment_\(found.id)")
                json.member("type", "assignment")
                json.member("title", found.name)
                json.member("workflow_state", "published")
                json.member("html_url", base + found.path)
                json.name("assignment")
                found.write(&json)
            }
            json.member("start_at", ISO8601.text(milliseconds: startsAt))
            // A class ends when its teacher ends it.
            json.nullable("end_at", endsAt)
            json.member("all_day", false)
            json.member("context_code", "course_\(course)")
            json.nullable("context_name", courseName)
        }
    }

    private var endsAt: String? {
        switch self {
        case .liveClass: nil
        case .assignment(let found): found.dueAt.map { ISO8601.text(milliseconds: $0) }
        }
    }
}

/// The SQL of what comes next; `$1` is the institution.
enum UpcomingQueries {
    /// Courses that a user takes part in now, and may see: $2 user.
    static let courses = Statement(
        """
        SELECT DISTINCT c.id, c.name FROM enrollments e \(EnrollmentDates.joins)
        JOIN courses c ON c.institution_id = $1 AND c.id = e.course_id
        WHERE e.institution_id = $1 AND e.user_id = $2 AND e.workflow_state = 'active'
            AND (\(EnrollmentDates.phase)) = 'current'
            AND (c.workflow_state = 'available' OR (c.workflow_state = 'unpublished'
                AND e.type IN ('TeacherEnrollment', 'TaEnrollment', 'DesignerEnrollment')))
        """)

    /// Classes that are live, and those planned from $3 until $4: $2 courses, $5 count.
    static let classes = Statement(
        """
        SELECT \(ClassQueries.columns) \(ClassQueries.from) AND c.course_id = ANY ($2)
            AND (c.workflow_state = 'live' OR (c.workflow_state = 'scheduled' AND c.scheduled_at BETWEEN $3 AND $4))
        ORDER BY coalesce(c.started_at, c.scheduled_at), c.id LIMIT $5
        """)
}
