import HTTPTypes
package import WebServer

/// Every way into this feature over HTTP.
package enum CoursesRoutes {
    /// The routes.
    ///
    /// - Parameter additions: What features above add to each course, as `live_classes`.
    /// - Returns: The table.
    package static func all(additions: [any CourseAddition] = []) -> [Route] {
        let courses = CourseRoutes(additions: additions)
        return CoursePermissions.Action.allCases.map { action in
            let parts = action.rawValue.split(separator: " ")
            let method = HTTPRequest.Method(String(parts[0])) ?? .get
            return Route(method, String(parts[1]), access: .signedIn, handler(action, courses))
        }
    }

    private static func handler(_ action: CoursePermissions.Action, _ courses: CourseRoutes) -> Route.Handler
    {
        switch action {
        case .listCourses: { try await courses.list($0, $1) }
        case .showCourse: { try await courses.show($0, $1) }
        case .listUsers: CourseUserRoutes.list
        }
    }
}
