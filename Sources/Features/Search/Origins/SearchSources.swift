import Postgres

/// The sources of the features that this one stands on.
package enum SearchSources {
    /// People, by their names.
    package static let users = SearchSource(
        kind: "user", writing: .name,
        columns: "u.id, NULL::bigint, u.id, true, true, u.name, u.short_name, u.created_at",
        tables: "FROM users u WHERE u.institution_id = $1 AND u.workflow_state = 'registered'", id: "u.id")

    /// Courses, by name and code.
    package static let courses = SearchSource(
        kind: "course", writing: .plain,
        columns: """
            c.id, c.id, NULL::bigint, c.workflow_state = 'available', NOT (c.is_public OR c.self_enrollment), c.name,
            c.course_code, c.updated_at
            """,
        tables: "FROM courses c WHERE c.institution_id = $1 AND c.workflow_state <> 'deleted'", id: "c.id")

    /// All of them.
    package static let all = [users, courses]
}
