import Postgres

/// The SQL of modules' items; `$1` is the institution and `$2` the course throughout.
enum ItemQueries {
    /// All of the course, by position.
    static let items: Statement = """
        SELECT i.id, i.module_id, i.position, i.indent, i.type, i.title, coalesce(i.title, p.title, t.title, ''),
            i.content_id, p.url, i.external_url, i.new_tab,
            CASE i.type WHEN 'Page' THEN coalesce(p.workflow_state = 'active', false)
                WHEN 'Discussion' THEN coalesce(t.workflow_state = 'active', false) ELSE i.is_published END,
            i.requirement, i.min_score
        FROM module_items i
        LEFT JOIN pages p ON i.type = 'Page' AND p.institution_id = $1 AND p.course_id = $2 AND p.id = i.content_id
        LEFT JOIN discussion_topics t
            ON i.type = 'Discussion' AND t.institution_id = $1 AND t.course_id = $2 AND t.id = i.content_id
        WHERE i.institution_id = $1 AND i.course_id = $2
        ORDER BY i.module_id, i.position, i.id
        """

    /// $3 kind, $4 contents: a row when some item leads to one of them.
    static let leadTo: Statement = """
        SELECT id FROM module_items
        WHERE institution_id = $1 AND course_id = $2 AND type = $3 AND content_id = ANY ($4::bigint[]) LIMIT 1
        """

    /// $3 module, $4 rank, $5 indent, $6 kind, $7 title, $8 content, $9 address, $10 new tab, $11 published,
    /// $12 requirement, $13 score.
    static let create: Statement = """
        INSERT INTO module_items (
            institution_id, course_id, module_id, position, indent, type, title, content_id, external_url, new_tab,
            is_published, requirement, min_score)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) RETURNING id
        """

    /// $3 item, $4 module, $5 indent, $6 title, $7 address, $8 new tab, $9 published, $10 requirement, $11 score.
    static let update: Statement = """
        UPDATE module_items SET module_id = $4, indent = $5, title = $6, external_url = $7, new_tab = $8,
            is_published = $9, requirement = $10, min_score = $11
        WHERE institution_id = $1 AND course_id = $2 AND id = $3
        """

    /// $3 items, $4 their ranks.
    static let rank: Statement = """
        UPDATE module_items i SET position = o.rank
        FROM unnest($3::bigint[], $4::bigint[]) AS o (id, rank)
        WHERE i.institution_id = $1 AND i.course_id = $2 AND i.id = o.id
        """

    /// $3 item.
    static let delete: Statement = """
        DELETE FROM module_items WHERE institution_id = $1 AND course_id = $2 AND id = $3
        """

    /// $3 kind, $4 content.
    static let deleteLeadingTo: Statement = """
        DELETE FROM module_items WHERE institution_id = $1 AND course_id = $2 AND type = $3 AND content_id = $4
        """

    /// A discussion that an item may lead to: $3 topic.
    static let discussion: Statement = """
        SELECT id FROM discussion_topics
        WHERE institution_id = $1 AND course_id = $2 AND id = $3 AND workflow_state <> 'deleted' AND NOT is_announcement
        """

    /// $3 topic, $4 whether it is to be published.
    static let publishDiscussion: Statement = """
        UPDATE discussion_topics SET workflow_state = CASE WHEN $4::boolean THEN 'active' ELSE 'unpublished' END,
            posted_at = CASE WHEN $4 THEN coalesce(posted_at, now()) END
        WHERE institution_id = $1 AND course_id = $2 AND id = $3 AND workflow_state <> 'deleted'
        """

    /// $2 student, $3 item.
    static let view: Statement = """
        INSERT INTO module_item_progress (institution_id, user_id, item_id, viewed_at) VALUES ($1, $2, $3, now())
        ON CONFLICT (institution_id, item_id, user_id) DO UPDATE
            SET viewed_at = coalesce(module_item_progress.viewed_at, now())
        """

    /// $2 student, $3 item, $4 whether it is done.
    static let markDone: Statement = """
        INSERT INTO module_item_progress (institution_id, user_id, item_id, done_at)
        VALUES ($1, $2, $3, CASE WHEN $4::boolean THEN now() END)
        ON CONFLICT (institution_id, item_id, user_id) DO UPDATE SET done_at = EXCLUDED.done_at
        """

    /// $2 student, $3 item.
    static let reopen: Statement = """
        UPDATE module_progressions p SET completed_at = NULL
        FROM module_items i
        WHERE p.institution_id = $1 AND p.user_id = $2 AND i.institution_id = $1 AND i.id = $3
            AND p.module_id = i.module_id
        """

    /// Reads an item, whose position is to be counted; `nil` for a kind that is none.
    static func item(_ row: Row) throws(PostgresError) -> ModuleItem? {
        guard let kind = ModuleItem.Kind(rawValue: try row.text(4)) else { return nil }
        let score = try row.doubleOrNil(13)
        return ModuleItem(
            id: try row.int(0), module: try row.int(1), position: 0, rank: try row.int(2),
            indent: try row.int(3),
            kind: kind, ownTitle: try row.textOrNil(5), title: try row.text(6), content: try row.intOrNil(7),
            pageURL: try row.textOrNil(8), externalURL: try row.textOrNil(9), opensNewTab: try row.bool(10),
            isPublished: try row.bool(11),
            requirement: try row.textOrNil(12).flatMap(CompletionRequirement.Kind.init(rawValue:))
                .map { CompletionRequirement(kind: $0, minScore: score) })
    }
}
