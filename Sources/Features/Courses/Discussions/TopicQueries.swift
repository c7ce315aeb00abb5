import Postgres
import Tenancy

/// The SQL of discussions and announcements; `$1` is the institution and `$2` the user who asks throughout.
enum TopicQueries {
    private static let columns = """
        t.id, t.course_id, t.title, t.message, t.author_id, u.name, t.is_announcement, t.discussion_type,
            t.workflow_state = 'active', t.pinned, t.locked, t.lock_at, t.delayed_post_at, t.require_initial_post,
            t.posted_at, t.created_at, t.last_reply_at, t.entries, coalesce(r.is_read, t.author_id = $2::bigint),
            said.living, said.unread,
            EXISTS (
                SELECT 1 FROM discussion_entries o
                WHERE o.institution_id = $1 AND o.topic_id = t.id AND o.deleted_at IS NULL
                    AND (o.author_id = $2 OR o.author_id IN (
                        SELECT l.child_id FROM observer_links l WHERE l.institution_id = $1 AND l.parent_id = $2))),
            t.allow_rating, t.only_graders_can_rate, t.sort_by_rating, t.live_class_id,
            coalesce(r.subscribed, t.author_id = $2 OR EXISTS (
                SELECT 1 FROM discussion_entries o
                WHERE o.institution_id = $1 AND o.topic_id = t.id AND o.author_id = $2 AND o.deleted_at IS NULL))
        """
    /// How many columns ``topic(_:)`` reads; in lists what they are sorted by follows.
    static let columnCount = 27
    private static let tables = """
        FROM discussion_topics t
        JOIN users u ON u.institution_id = $1 AND u.id = t.author_id
        LEFT JOIN discussion_reads r ON r.institution_id = $1 AND r.topic_id = t.id AND r.user_id = $2
        CROSS JOIN LATERAL (
            SELECT count(*) AS living, count(*) FILTER (
                WHERE NOT coalesce(m.is_read, e.author_id = $2 OR e.id <= coalesce(r.read_through, 0))) AS unread
            FROM discussion_entries e
            LEFT JOIN discussion_entry_marks m
                ON m.institution_id = $1 AND m.topic_id = t.id AND m.user_id = $2 AND m.entry_id = e.id
            WHERE e.institution_id = $1 AND e.topic_id = t.id AND e.deleted_at IS NULL) AS said
        WHERE t.institution_id = $1 AND t.workflow_state <> 'deleted'
        """

    /// The ways to sort a list of discussions.
    enum Sort: String, Hashable, Sendable, CaseIterable {
        /// Pinned ones first, then as they were made.
        case position
        /// Where something was said last comes first.
        case recentActivity = "recent_activity"
        case title
    }

    /// The order of a list of discussions.
    static func order(_ sort: Sort) -> ListOrder {
        switch sort {
        case .position: ListOrder("(CASE WHEN t.pinned THEN 0 ELSE 1 END)::bigint", .bigint)
        case .recentActivity:
            ListOrder(
                ListOrder.microseconds("coalesce(t.last_reply_at, t.posted_at, t.created_at)"), .bigint,
                isDescending: true)
        case .title: ListOrder("lower(t.title)", .text)
        }
    }

    /// Announcements: the newest first.
    static let newest = ListOrder(ListOrder.microseconds(shown), .bigint, isDescending: true)
    private static let shown = "coalesce(t.delayed_post_at, t.posted_at, t.created_at)"

    /// $3 and $4 the bookmark, $5 count, $6 left out, $7 course, $8 whether announcements are wanted, $9 now,
    /// $10 whether drafts are wanted, $11 text that the title holds or null, $12 locked or null, $13 pinned or null,
    /// $14 whether only what is not read is wanted.
    static func list(_ order: ListOrder) -> Statement {
        let (condition, sorting) = order.clauses(id: "t.id", value: 3)
        return Statement(
            """
            SELECT \(columns), \(order.written)
            \(tables) AND t.course_id = $7 AND \(condition) AND t.is_announcement = $8
                AND ($10 OR (t.workflow_state = 'active' AND coalesce(t.delayed_post_at <= $9::timestamptz, true)))
                AND ($11::text IS NULL OR strpos(lower(t.title), lower($11)) > 0)
                AND ($12::boolean IS NULL OR $12 = (t.locked OR coalesce(t.lock_at <= $9, false)))
                AND ($13::boolean IS NULL OR $13 = t.pinned)
                AND (NOT $14 OR said.unread > 0 OR NOT coalesce(r.is_read, t.author_id = $2))
            ORDER BY \(sorting) LIMIT $5 OFFSET $6
            """)
    }

    /// Announcements of several courses: $3 and $4 the bookmark, $5 count, $6 left out, $7 courses, $8 those of them
    /// whose drafts are wanted, $9 now, $10 from, $11 until.
    static let announcements: Statement = {
        let (condition, sorting) = newest.clauses(id: "t.id", value: 3)
        return Statement(
            """
            SELECT \(columns), \(newest.written)
            \(tables) AND t.course_id = ANY ($7::bigint[]) AND \(condition) AND t.is_announcement
                AND (t.course_id = ANY ($8::bigint[])
                    OR (t.workflow_state = 'active' AND coalesce(t.delayed_post_at <= $9::timestamptz, true)))
                AND \(shown) BETWEEN $10::timestamptz AND $11::timestamptz
            ORDER BY \(sorting) LIMIT $5 OFFSET $6
            """)
    }()

    /// $3 course, $4 topic.
    static let find = Statement("SELECT \(columns) \(tables) AND t.course_id = $3 AND t.id = $4")

    /// Lets one change of a topic wait for another: $2 course, $3 topic.
    static let lock: Statement = """
        SELECT id FROM discussion_topics
        WHERE institution_id = $1 AND course_id = $2 AND id = $3 AND workflow_state <> 'deleted' FOR NO KEY UPDATE
        """

    /// $2 author, $3 course, $4 title, $5 message, $6 whether it is an announcement, $7 type, $8 state, $9 pinned,
    /// $10 locked, $11 end, $12 beginning, $13 whether a first entry is wanted, $14 when it was posted, $15 whether entries are
    /// rated, $16 by graders only, $17 and sorted so, $18 class.
    static let create: Statement = """
        INSERT INTO discussion_topics (
            institution_id, author_id, course_id, title, message, is_announcement, discussion_type, workflow_state,
            pinned, locked, lock_at, delayed_post_at, require_initial_post, posted_at, allow_rating,
            only_graders_can_rate, sort_by_rating, live_class_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) RETURNING id
        """

    /// $2 course, $3 topic, $4 title, $5 message, $6 type, $7 state, $8 pinned, $9 locked, $10 end, $11 beginning,
    /// $12 whether a first entry is wanted, $13 when it was posted, $14 whether entries are rated, $15 by graders only, $16 and
    /// sorted so, $17 class.
    static let update: Statement = """
        UPDATE discussion_topics SET title = $4, message = $5, discussion_type = $6, workflow_state = $7, pinned = $8,
            locked = $9, lock_at = $10, delayed_post_at = $11, require_initial_post = $12, posted_at = $13,
            allow_rating = $14, only_graders_can_rate = $15, sort_by_rating = $16, live_class_id = $17
        WHERE institution_id = $1 AND course_id = $2 AND id = $3
        """

    /// $2 course, $3 topic.
    static let delete: Statement = """
        UPDATE discussion_topics SET workflow_state = 'deleted' WHERE institution_id = $1 AND course_id = $2 AND id = $3
        """

    // MARK: What was read

    /// $2 user, $3 topic, $4 whether its text is read.
    static let markTopic: Statement = """
        INSERT INTO discussion_reads (institution_id, user_id, topic_id, is_read) VALUES ($1, $2, $3, $4)
        ON CONFLICT (institution_id, topic_id, user_id) DO UPDATE SET is_read = EXCLUDED.is_read
        """

    /// $2 user, $3 topic, $4 whether the user follows it.
    static let follow: Statement = """
        INSERT INTO discussion_reads (institution_id, user_id, topic_id, is_read, subscribed)
        SELECT $1, $2, t.id, t.author_id = $2, $4 FROM discussion_topics t WHERE t.institution_id = $1 AND t.id = $3
        ON CONFLICT (institution_id, topic_id, user_id) DO UPDATE SET subscribed = EXCLUDED.subscribed
        """

    /// $2 user, $3 topic, $4 whether everything in it is read.
    static let markAll: Statement = """
        INSERT INTO discussion_reads (institution_id, user_id, topic_id, is_read, read_through)
        SELECT $1, $2, $3, $4, CASE WHEN $4 THEN coalesce(max(e.id), 0) ELSE 0 END
        FROM discussion_entries e WHERE e.institution_id = $1 AND e.topic_id = $3
        ON CONFLICT (institution_id, topic_id, user_id) DO UPDATE
            SET is_read = EXCLUDED.is_read, read_through = EXCLUDED.read_through
        """

    /// $2 user, $3 topic.
    static let forgetMarks: Statement = """
        DELETE FROM discussion_entry_marks WHERE institution_id = $1 AND user_id = $2 AND topic_id = $3
        """

    /// $2 user, $3 topic, $4 entry, $5 whether it is read, $6 whether that is to stay so.
    static let markEntry: Statement = """
        INSERT INTO discussion_entry_marks (institution_id, user_id, topic_id, entry_id, is_read, forced)
        VALUES ($1, $2, $3, $4, $5, coalesce($6::boolean, false))
        ON CONFLICT (institution_id, topic_id, user_id, entry_id) DO UPDATE
            SET is_read = EXCLUDED.is_read, forced = coalesce($6, discussion_entry_marks.forced)
        """

    /// Reads a topic from the first columns; `nil` for a type that is none.
    static func topic(_ row: Row) throws(PostgresError) -> DiscussionTopic? {
        guard let type = DiscussionType(rawValue: try row.text(7)) else { return nil }
        return DiscussionTopic(
            id: try row.int(0), course: try row.int(1), title: try row.text(2), message: try row.text(3),
            author: Author(id: try row.int(4), name: try row.text(5)), isAnnouncement: try row.bool(6),
            type: type,
            isPublished: try row.bool(8), isPinned: try row.bool(9), isLocked: try row.bool(10),
            lockAt: try row.timestampMillisecondsOrNil(11),
            delayedPostAt: try row.timestampMillisecondsOrNil(12), requiresInitialPost: try row.bool(13),
            allowsRating: try row.bool(22), isRatedByGraders: try row.bool(23),
            isSortedByRating: try row.bool(24), liveClass: try row.intOrNil(25),
            postedAt: try row.timestampMillisecondsOrNil(14), createdAt: try row.timestampMilliseconds(15),
            lastReplyAt: try row.timestampMillisecondsOrNil(16), entries: try row.int(17),
            isRead: try row.bool(18), livingEntries: try row.int(19), unreadEntries: try row.int(20),
            hasPosted: try row.bool(21), isFollowed: try row.bool(26))
    }
}
