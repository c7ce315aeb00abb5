import Tenancy
package import WebServer

/// Every way into this feature over HTTP.
package enum CoursesRoutes {
    /// The routes.
    ///
    /// - Parameter additions: What features above add to each course, as `live_classes`.
    /// - Returns: The table.
    package static func all(additions: [any CourseAddition] = []) -> [Route] {
        let courses = CourseRoutes(additions: additions)
        return [
            .call("GET /api/v1/courses") { try await courses.list($0) },
            .course("GET /api/v1/courses/:id", at: "id") { try await courses.show($0) },
            .course("GET /api/v1/courses/:course_id/users", CourseUserRoutes.list),
        ]
    }
}
