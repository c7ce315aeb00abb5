package import Courses
import Postgres

/// Tells modules which files their course has.
package struct StoredFiles: CourseFiles {
    package init() {}

    package func find(_ ids: Set<Int64>, for call: CourseCall) async throws -> Set<Int64> {
        let rows = try await call.query(FileQueries.there, [call.courseValue, .intArray(ids.sorted())])
        return Set(try rows.map { try $0.int(0) })
    }
}
