import Content
import Courses
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

    /// Pages, by title and text.
    package static let pages = SearchSource(
        kind: "page", writing: .html,
        content: SearchSource.Content(filter: "pages", type: "WikiPage") { call, ids in
            try await ContentSight.pages(ids, for: call)
        },
        columns: """
            p.id, p.course_id, NULL::bigint, p.workflow_state = 'active', true, p.title, p.body, p.updated_at
            """,
        tables: "FROM pages p WHERE p.institution_id = $1 AND p.workflow_state <> 'deleted'", id: "p.id",
        course: "p.course_id")

    /// Announcements, by title and text; one whose time has not come is kept back by the primary.
    package static let announcements = topics("announcement", filter: "announcements", type: "Announcement")
    /// Discussions, likewise; what is said in them is not found.
    package static let discussions = topics("discussion", filter: "discussions", type: "DiscussionTopic")

    private static func topics(_ kind: String, filter: String, type: String) -> SearchSource {
        SearchSource(
            kind: kind, writing: .html,
            content: SearchSource.Content(filter: filter, type: type) { call, ids in
                try await ContentSight.topics(ids, for: call)
            },
            columns: """
                t.id, t.course_id, t.author_id, t.workflow_state = 'active', true, t.title, t.message,
                coalesce(t.posted_at, t.created_at)
                """,
            tables: """
                FROM discussion_topics t
                WHERE t.institution_id = $1 AND t.workflow_state <> 'deleted'
                    AND t.is_announcement = \(kind == "announcement")
                """,
            id: "t.id", course: "t.course_id")
    }

    /// Files of courses, by their names, whose parts are words of their own.
    package static let files = SearchSource(
        kind: "file", writing: .plain,
        content: SearchSource.Content(filter: "files", type: "Attachment") { call, ids in
            try await FileSight.files(ids, for: call)
        },
        columns: """
            f.id, f.course_id, f.owner_id, NOT f.hidden, true, f.display_name,
            translate(f.display_name, '._-', '   '), f.updated_at
            """,
        tables: """
            FROM files f
            WHERE f.institution_id = $1 AND f.course_id IS NOT NULL AND f.workflow_state = 'available'
            """,
        id: "f.id", course: "f.course_id")

    /// All of them.
    package static let all = [users, courses, pages, announcements, discussions, files]
}
