import Postgres

/// The SQL of what is said in discussions; `$1` is the institution, `$2` the user who asks and `$3` the topic throughout.
enum EntryQueries {
    private static let columns = """
        e.id, e.parent_id, e.root_id, e.depth, e.author_id, u.name, e.message, e.created_at, e.updated_at,
            e.deleted_at, e.editor_id,
            coalesce(m.is_read, e.author_id = $2::bigint OR e.id <= coalesce(r.read_through, 0)),
            coalesce(m.forced, false), rated.count, rated.sum, rated.own
        """
    private static let tables = """
        FROM discussion_entries e
        JOIN users u ON u.institution_id = $1 AND u.id = e.author_id
        LEFT JOIN discussion_reads r ON r.institution_id = $1 AND r.topic_id = $3 AND r.user_id = $2
        LEFT JOIN discussion_entry_marks m
            ON m.institution_id = $1 AND m.topic_id = $3 AND m.user_id = $2 AND m.entry_id = e.id
        CROSS JOIN LATERAL (
            SELECT count(*) AS count, coalesce(sum(g.rating), 0)::bigint AS sum,
                max(g.rating) FILTER (WHERE g.user_id = $2)::bigint AS own
            FROM discussion_ratings g
            WHERE g.institution_id = $1 AND g.topic_id = $3 AND g.entry_id = e.id) rated
        WHERE e.institution_id = $1 AND e.topic_id = $3
        """

    /// Entries at the top, the newest first: $4 the id before which to begin or null, $5 count, $6 left out.
    static let tops = Statement(
        """
        SELECT \(columns) \(tables) AND e.parent_id IS NULL AND ($4::bigint IS NULL OR e.id < $4)
        ORDER BY e.id DESC LIMIT $5 OFFSET $6
        """)

    /// What stands under an entry, in whatever depth, the newest first: $4 and $5, $6 as above, $7 the entry, $8 whether
    /// it is one at the top.
    static let replies = Statement(
        """
        SELECT \(columns) \(tables) AND ($4::bigint IS NULL OR e.id < $4)
            AND CASE WHEN $8 THEN e.root_id = $7::bigint ELSE e.parent_id = $7 END
        ORDER BY e.id DESC LIMIT $5 OFFSET $6
        """)

    /// The newest replies of each of several entries at the top: $4 the entries, $5 how many of each.
    static let recentReplies = Statement(
        """
        SELECT \(columns) \(tables) AND e.id IN (
            SELECT newest.id FROM unnest($4::bigint[]) AS w (root_id) CROSS JOIN LATERAL (
                SELECT n.id FROM discussion_entries n
                WHERE n.institution_id = $1 AND n.root_id = w.root_id ORDER BY n.id DESC LIMIT $5) AS newest)
        ORDER BY e.root_id, e.id DESC
        """)

    /// By id: $4 the ids, $5 the id after which to begin, $6 count, $7 left out.
    static let list = Statement(
        """
        SELECT \(columns) \(tables) AND e.id = ANY ($4::bigint[]) AND e.id > $5 ORDER BY e.id LIMIT $6 OFFSET $7
        """)

    /// The newest: $4 count.
    static let newest = Statement("SELECT \(columns) \(tables) ORDER BY e.id DESC LIMIT $4")

    /// $4 entry.
    static let find = Statement("SELECT \(columns) \(tables) AND e.id = $4")

    /// $2 author, $3 topic, $4 parent, $5 root, $6 depth, $7 message.
    static let create: Statement = """
        INSERT INTO discussion_entries (institution_id, author_id, topic_id, parent_id, root_id, depth, message)
        VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id
        """

    /// $2 topic.
    static let count: Statement = """
        UPDATE discussion_topics SET entries = entries + 1, last_reply_at = now() WHERE institution_id = $1 AND id = $2
        """

    /// $2 editor, $3 topic, $4 entry, $5 message.
    static let update: Statement = """
        UPDATE discussion_entries SET message = $5, updated_at = now(),
            editor_id = CASE WHEN author_id = $2 THEN editor_id ELSE $2 END
        WHERE institution_id = $1 AND topic_id = $3 AND id = $4 AND deleted_at IS NULL
        """

    /// The text goes, the place stays: $2 editor, $3 topic, $4 entry.
    static let delete: Statement = """
        UPDATE discussion_entries SET message = '', updated_at = now(), deleted_at = now(), editor_id = $2
        WHERE institution_id = $1 AND topic_id = $3 AND id = $4 AND deleted_at IS NULL
        """

    /// $2 user, $3 topic, $4 entry, $5 rating.
    static let rate: Statement = """
        INSERT INTO discussion_ratings (institution_id, user_id, topic_id, entry_id, rating)
        VALUES ($1, $2, $3, $4, $5::bigint)
        ON CONFLICT (institution_id, topic_id, entry_id, user_id) DO UPDATE SET rating = EXCLUDED.rating
        """

    /// Reads an entry.
    static func entry(_ row: Row) throws(PostgresError) -> DiscussionEntry {
        DiscussionEntry(
            id: try row.int(0), parent: try row.intOrNil(1), root: try row.intOrNil(2), depth: try row.int(3),
            author: Author(id: try row.int(4), name: try row.text(5)), message: try row.text(6),
            createdAt: try row.timestampMilliseconds(7), updatedAt: try row.timestampMilliseconds(8),
            deletedAt: try row.timestampMillisecondsOrNil(9), editor: try row.intOrNil(10),
            isRead: try row.bool(11), isForced: try row.bool(12), ratings: try row.int(13),
            ratingSum: try row.int(14), ownRating: try row.intOrNil(15))
    }
}
