package import WebServer

/// Who may use which route of this feature: the one table of it.
package enum CoursePermissions {
    /// A route, by method and pattern.
    package enum Action: String, CaseIterable, Sendable {
        case listCourses = "GET /api/v1/courses"
        case showCourse = "GET /api/v1/courses/:id"
        case listUsers = "GET /api/v1/courses/:id/users"
    }

    /// The standings in the course that may; `nil` where no course is named and the answer holds what is one's own.
    package static func roles(_ action: Action) -> Set<CourseRole>? {
        switch action {
        case .listCourses: nil
        case .showCourse: [.staff, .student, .observer]
        case .listUsers: [.staff]
        }
    }

    /// Lets pass whose standing may.
    ///
    /// - Throws: 403 for all others.
    package static func require(_ action: Action, _ role: CourseRole) throws(WebError) {
        guard let allowed = roles(action), !allowed.contains(role) else { return }
        throw .forbidden
    }
}
