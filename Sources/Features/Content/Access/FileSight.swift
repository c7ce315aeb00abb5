package import Courses
import Postgres

/// Which of some files of a course a caller is shown in lists at this moment.
package enum FileSight {
    /// Of some files.
    package static func files(_ ids: [Int64], for call: CourseCall) async throws -> [SeenContent] {
        let access = ContentAccess(call.call)
        let rows = try await call.query(
            FileQueries.some,
            [call.courseValue, .intArray(ids), .timestamp(milliseconds: access.now)])
        return try rows.map { try FileQueries.found($0) }
            .filter { access.decide($0, FileAccess.Standing(call.membership)).isListed }
            .map { found in
                SeenContent(
                    id: found.file.id, title: found.file.displayName,
                    path: "/courses/\(call.course)/files/\(found.file.id)")
            }
    }
}
