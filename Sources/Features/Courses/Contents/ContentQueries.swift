import Postgres
import Tenancy
import WebServer

/// The SQL that everything in a course shares.
enum ContentQueries {
    /// Lets one change of a course's contents wait for another until its transaction ends.
    ///
    /// So positions stay dense, addresses unique and prerequisites without cycles, whoever writes beside. Readers,
    /// enrolments and answers do not wait.
    ///
    /// $1 institution, $2 course.
    static let lockCourse: Statement = """
        SELECT id FROM courses WHERE institution_id = $1 AND id = $2 FOR NO KEY UPDATE
        """
}

extension CourseCall {
    /// Changes the course's contents as one transaction, alone of all that do.
    func changeContents(
        _ body: (PostgresTransaction) async throws -> WebResponse
    ) async throws -> WebResponse {
        try await commit { transaction in
            try await transaction.query(ContentQueries.lockCourse, [tenant, courseValue])
            return try await body(transaction)
        }
    }
}
