/// What modules must know of files, which belong to a feature above this one.
///
/// Asked before a transaction, never within one.
package protocol CourseFiles: Sendable {
    /// Those of these files that are the call's course's and there.
    func find(_ ids: Set<Int64>, for call: CourseCall) async throws -> Set<Int64>
}

/// No files: for servers and tests of courses alone.
package struct NoFiles: CourseFiles {
    /// Knows nothing.
    package init() {}

    /// Nothing is there.
    package func find(_ ids: Set<Int64>, for call: CourseCall) async throws -> Set<Int64> { [] }
}
