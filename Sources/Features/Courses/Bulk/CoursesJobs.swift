package import JobQueue

/// The kinds of jobs of this feature.
package enum CoursesJobs {
    /// All of them.
    package static let all: [any JobKind] = [BulkEnrollmentJob(), CourseBatchJob()]
}
