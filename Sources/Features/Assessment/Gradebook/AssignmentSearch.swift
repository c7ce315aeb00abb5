import Courses
import Postgres
package import Search

/// Assignments, as a course's search finds them.
package enum AssignmentSearch {
    /// $2 course, $3 ids, $4 whether what is not published counts.
    private static let visible: Statement = """
        SELECT a.id, a.name, '/courses/' || a.course_id || '/assignments/' || a.id FROM assignments a
        WHERE a.institution_id = $1 AND a.course_id = $2 AND a.id = ANY ($3) AND ($4 OR a.published)
        """

    /// By their names.
    package static let source = SearchSource(
        kind: "assignment", writing: .plain,
        content: SearchSource.Content(filter: "assignments", type: "Assignment") { call, ids in
            try await call.query(visible, [call.courseValue, .intArray(ids), .bool(call.isStaff)])
                .map { try SeenContent($0) }
        },
        columns: "a.id, a.course_id, NULL::bigint, a.published, true, a.name, '', a.created_at",
        tables: "FROM assignments a WHERE a.institution_id = $1", id: "a.id", course: "a.course_id")
}
