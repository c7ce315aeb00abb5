package import Postgres
package import Tenancy

/// Assignments by when they are due, for features above this one.
package enum DueAssignments {
    /// Published assignments of some courses that are due within a time, the first ones first; times are milliseconds since
    /// 1970.
    package static func find(
        of courses: [Int64], from: Int64, until: Int64, count: Int, for call: Call
    ) async throws(PostgresError) -> [Assignment] {
        let rows = try await call.query(
            DueQueries.between,
            [
                .intArray(courses), .timestamp(milliseconds: from), .timestamp(milliseconds: until),
                .int(Int64(count)),
            ])
        var found: [Assignment] = []
        for row in rows { found.append(try Assignment(row)) }
        return found
    }
}
