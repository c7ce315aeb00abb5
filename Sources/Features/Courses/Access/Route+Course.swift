import Postgres
package import Tenancy
package import WebServer

/// Routes about a course, each made from its row of the table of permissions.
extension Route {
    /// Answers a call about a course.
    package typealias CourseHandler = @Sendable (CourseCall) async throws -> WebResponse
    /// Finds the course that a request is about; `nil` when there is no such thing in the institution.
    package typealias CourseFinder = @Sendable (Call) async throws -> Int64?

    /// A route about the course that the path names, by an id or as `sis_course_id:…`.
    ///
    /// 404 for a course that is not there for the institution, 403 for callers whom the table does not let in.
    ///
    /// - Parameters:
    ///   - way: The way in, as the table has it.
    ///   - name: The segment that names the course.
    ///   - bodyLimit: The largest body.
    ///   - handler: Answers.
    /// - Returns: The route.
    package static func course(
        _ way: String, at name: String = "course_id", bodyLimit: Int = usualBodyLimit,
        _ handler: @escaping CourseHandler
    ) -> Route {
        course(way, of: { try await CourseAccess.named(name, in: $0) }, bodyLimit: bodyLimit, handler)
    }

    /// A route about something that belongs to a course.
    ///
    /// - Parameters:
    ///   - way: The way in, as the table has it.
    ///   - find: Finds the course.
    ///   - bodyLimit: The largest body.
    ///   - handler: Answers.
    /// - Returns: The route.
    package static func course(
        _ way: String, of find: @escaping CourseFinder, bodyLimit: Int = usualBodyLimit,
        _ handler: @escaping CourseHandler
    ) -> Route {
        guard case .course = Permissions.of(way).rule else {
            preconditionFailure("\(way) is not about a course")
        }
        return .call(way, bodyLimit: bodyLimit) { call in
            try await handler(CourseCall(call, to: find(call), by: way))
        }
    }
}

extension CourseCall {
    /// A call about a course by a way that the table lets the caller take.
    ///
    /// - Throws: 404 for a course that is not there for the institution, 403 for callers whom the table does not let in.
    init(_ call: Call, to course: Int64?, by way: String) async throws {
        guard let course else { throw WebError.notFound }
        self.init(
            call: call,
            membership: try await CourseAccess(pool: call.pool).membership(
                of: call.principal, in: course, for: way))
    }
}

extension CourseAccess {
    /// The id of the course that a path's segment names; `nil` when it names none.
    static func named(_ name: String, in call: Call) async throws -> Int64? {
        try await id(named: call.request.parameters[name] ?? "", in: call)
    }

    /// The id of the course that a text names; `nil` when it names none.
    static func id(named text: String, in call: Call) async throws -> Int64? {
        switch ObjectReference(text) {
        case .id(let id): return id
        case .foreign("sis_course_id", let value):
            return try await call.query(CourseQueries.bySIS, [.text(value)]).first?.int(0)
        // No tools are connected by LTI: a course's context is known by its `uuid` alone.
        case .foreign("lti_context_id", let value), .foreign("uuid", let value):
            guard let uuid = PostgresUUID(value) else { return nil }
            return try await call.query(CourseQueries.byUUID, [.uuid(uuid)]).first?.int(0)
        default: return nil
        }
    }
}
