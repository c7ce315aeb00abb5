package import Postgres
import WebServer

/// Something in a course, as those who find it are shown it.
package struct SeenContent: Hashable, Sendable {
    /// Unique among its kind.
    package let id: Int64
    package let title: String
    /// The path of its page.
    package let path: String

    /// Describes it.
    package init(id: Int64, title: String, path: String) {
        self.id = id
        self.title = title
        self.path = path
    }

    /// Reads it from a row of id, title and path.
    package init(_ row: Row) throws(PostgresError) {
        self.init(id: try row.int(0), title: try row.text(1), path: try row.text(2))
    }
}

/// Which of some contents of a course a caller may see at this moment: what is published and no module keeps from them.
///
/// For features that know ids from elsewhere, as a search does.
package enum ContentSight {
    /// $2 course, $3 ids, $4 whether drafts count.
    private static let pages: Statement = """
        SELECT p.id, p.title, '/courses/' || p.course_id || '/pages/' || p.url FROM pages p
        WHERE p.institution_id = $1 AND p.course_id = $2 AND p.id = ANY ($3)
            AND (p.workflow_state = 'active' OR ($4 AND p.workflow_state = 'unpublished'))
        """

    /// $2 course, $3 ids, $4 whether drafts count, $5 now.
    private static let topics: Statement = """
        SELECT t.id, t.title, '/courses/' || t.course_id || '/discussion_topics/' || t.id FROM discussion_topics t
        WHERE t.institution_id = $1 AND t.course_id = $2 AND t.id = ANY ($3) AND t.workflow_state <> 'deleted'
            AND ($4 OR (t.workflow_state = 'active' AND coalesce(t.delayed_post_at <= $5, true)))
        """

    /// Of some pages.
    package static func pages(_ ids: [Int64], for call: CourseCall) async throws -> [SeenContent] {
        let rows = try await call.query(
            pages, [call.courseValue, .intArray(ids), .bool(call.isStaff)])
        return try await unlocked(try rows.map { try SeenContent($0) }, .page, call)
    }

    /// Of some discussions and announcements.
    package static func topics(_ ids: [Int64], for call: CourseCall) async throws -> [SeenContent] {
        let rows = try await call.query(
            topics,
            [
                call.courseValue, .intArray(ids), .bool(call.isStaff),
                .timestamp(milliseconds: call.context.nowMilliseconds),
            ])
        return try await unlocked(try rows.map { try SeenContent($0) }, .discussion, call)
    }

    private static func unlocked(
        _ contents: [SeenContent], _ kind: ModuleItem.Kind, _ call: CourseCall
    ) async throws -> [SeenContent] {
        let locked = try await ContentLocks.locked(kind, among: contents.map(\.id), for: call)
        return contents.filter { !locked.contains($0.id) }
    }
}
