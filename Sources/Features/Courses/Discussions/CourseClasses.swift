/// What discussions must know of live classes, which belong to a feature above this one.
package protocol CourseClasses: Sendable {
    /// Whether the call's course has a class of that id.
    func isThere(_ id: Int64, for call: CourseCall) async throws -> Bool
}

/// No classes: for servers and tests of courses alone.
package struct NoClasses: CourseClasses {
    /// Knows nothing.
    package init() {}

    /// None is there.
    package func isThere(_ id: Int64, for call: CourseCall) async throws -> Bool { false }
}
