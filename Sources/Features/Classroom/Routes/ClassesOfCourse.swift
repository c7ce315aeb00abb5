package import Courses

/// Tells the feature below which classes a course has.
package struct ClassesOfCourse: CourseClasses {
    /// Asks the database.
    package init() {}

    /// Whether the call's course has a class of that id.
    package func isThere(_ id: Int64, for call: CourseCall) async throws -> Bool {
        try await LiveClassStore(pool: call.pool).find(id, in: call.institution)?.course == call.course
    }
}
