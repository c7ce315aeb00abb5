import Postgres
import Tenancy

/// The SQL of pages; `$1` is the institution and `$2` the course throughout, but for revisions.
enum PageQueries {
    private static let columns = """
        p.id, p.url, p.title, p.workflow_state = 'active', p.is_front_page, p.editing_roles, p.revision,
            p.edited_by, u.name, p.created_at, p.updated_at
        """
    private static let tables = """
        FROM pages p JOIN users u ON u.institution_id = $1 AND u.id = p.edited_by
        WHERE p.institution_id = $1 AND p.course_id = $2 AND p.workflow_state <> 'deleted'
        """

    /// The ways to sort a list.
    enum Sort: String, Hashable, Sendable, CaseIterable {
        case title
        case createdAt = "created_at"
        case updatedAt = "updated_at"
    }

    /// The order of a list.
    static func order(_ sort: Sort, _ direction: SortDirection) -> ListOrder {
        let isDescending = direction == .descending
        return switch sort {
        case .title: ListOrder("lower(p.title)", .text, isDescending: isDescending)
        case .createdAt:
            ListOrder(ListOrder.microseconds("p.created_at"), .bigint, isDescending: isDescending)
        case .updatedAt:
            ListOrder(ListOrder.microseconds("p.updated_at"), .bigint, isDescending: isDescending)
        }
    }

    /// $3 and $4 the bookmark, $5 count, $6 left out, $7 text that the title holds or null, $8 published or null,
    /// $9 whether bodies are wanted.
    static func list(_ order: ListOrder) -> Statement {
        let (condition, sorting) = order.clauses(id: "p.id", value: 3)
        return Statement(
            """
            SELECT \(columns), CASE WHEN $9 THEN p.body END, \(order.written)
            \(tables) AND \(condition)
                AND ($7::text IS NULL OR strpos(lower(p.title), lower($7)) > 0)
                AND ($8::boolean IS NULL OR $8 = (p.workflow_state = 'active'))
            ORDER BY \(sorting) LIMIT $5 OFFSET $6
            """)
    }

    /// $3 address or null, $4 id or null.
    static let find = Statement(
        """
        SELECT \(columns), p.body
        \(tables) AND p.id = coalesce((
            SELECT l.page_id FROM page_urls l
            WHERE l.institution_id = $1 AND l.course_id = $2 AND l.url = $3::text), $4::bigint)
        """)

    static let front = Statement("SELECT \(columns), p.body \(tables) AND p.is_front_page")

    /// The first address that is free for a page: $3 the address without a number, $4 the page's id or null, $5 numbers
    /// to try.
    static let freeAddress: Statement = """
        SELECT free.url
        FROM generate_series(1, $5::bigint) AS n (number)
        CROSS JOIN LATERAL (
            SELECT CASE n.number WHEN 1 THEN $3::text ELSE $3::text || '-' || n.number END AS url) AS free
        WHERE NOT EXISTS (
            SELECT 1 FROM page_urls l
            WHERE l.institution_id = $1 AND l.course_id = $2 AND l.url = free.url
                AND l.page_id IS DISTINCT FROM $4::bigint)
        ORDER BY n.number LIMIT 1
        """

    /// $3 address, $4 title, $5 body, $6 state, $7 editing roles, $8 whether it is the front page, $9 editor.
    static let create: Statement = """
        INSERT INTO pages (
            institution_id, course_id, url, title, body, workflow_state, editing_roles, is_front_page, edited_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id
        """

    /// $3 address, $4 page.
    static let claim: Statement = """
        INSERT INTO page_urls (institution_id, course_id, url, page_id) VALUES ($1, $2, $3, $4)
        ON CONFLICT (institution_id, course_id, url) DO UPDATE SET created_at = clock_timestamp()
        """

    /// Forgets the oldest addresses: $3 page, $4 how many are kept, $5 the present one.
    static let forgetAddresses: Statement = """
        DELETE FROM page_urls WHERE institution_id = $1 AND course_id = $2 AND page_id = $3 AND url IN (
            SELECT l.url FROM page_urls l WHERE l.institution_id = $1 AND l.page_id = $3 AND l.url <> $5
            ORDER BY l.created_at DESC, l.url OFFSET $4 - 1)
        """

    /// $3 page, $4 address, $5 title, $6 body, $7 state, $8 editing roles, $9 whether it is the front page, $10 revision,
    /// $11 editor.
    static let update: Statement = """
        UPDATE pages SET url = $4, title = $5, body = $6, workflow_state = $7, editing_roles = $8, is_front_page = $9,
            revision = $10, edited_by = $11, updated_at = now()
        WHERE institution_id = $1 AND course_id = $2 AND id = $3
        """

    /// $3 the page that stays the front page.
    static let clearFront: Statement = """
        UPDATE pages SET is_front_page = false
        WHERE institution_id = $1 AND course_id = $2 AND is_front_page AND id IS DISTINCT FROM $3::bigint
        """

    /// $3 page.
    static let delete: Statement = """
        UPDATE pages SET workflow_state = 'deleted', updated_at = now()
        WHERE institution_id = $1 AND course_id = $2 AND id = $3
        """

    /// $3 page.
    static let deleteAddresses: Statement = """
        DELETE FROM page_urls WHERE institution_id = $1 AND course_id = $2 AND page_id = $3
        """

    /// Reads a page from the first columns; its body from the one after them.
    static func page(_ row: Row) throws(PostgresError) -> Page {
        Page(
            id: try row.int(0), url: try row.text(1), title: try row.text(2), body: try row.textOrNil(11),
            isPublished: try row.bool(3), isFrontPage: try row.bool(4),
            editors: PageEditors(stored: try row.text(5)), revision: try row.int(6),
            editor: Author(id: try row.int(7), name: try row.text(8)),
            createdAt: try row.timestampMilliseconds(9), updatedAt: try row.timestampMilliseconds(10))
    }

    // MARK: Revisions: $1 institution, $2 page

    private static let revisionColumns = """
        SELECT r.revision, r.url, r.title, r.body, r.edited_by, u.name, r.created_at, r.revision = p.revision
        FROM page_revisions r
        JOIN pages p ON p.institution_id = $1 AND p.id = r.page_id
        JOIN users u ON u.institution_id = $1 AND u.id = r.edited_by
        WHERE r.institution_id = $1 AND r.page_id = $2
        """

    /// Newest first: $3 the revision before which to begin or null, $4 count, $5 left out.
    static let revisions = Statement(
        """
        \(revisionColumns) AND ($3::bigint IS NULL OR r.revision < $3)
        ORDER BY r.revision DESC LIMIT $4 OFFSET $5
        """)

    /// $3 revision, or null for the newest.
    static let revision = Statement("\(revisionColumns) AND r.revision = coalesce($3::bigint, p.revision)")

    /// Writes down what the page says now.
    static let keep: Statement = """
        INSERT INTO page_revisions (institution_id, page_id, revision, url, title, body, edited_by)
        SELECT p.institution_id, p.id, p.revision, p.url, p.title, p.body, p.edited_by
        FROM pages p WHERE p.institution_id = $1 AND p.id = $2
        """

    /// $3 how many are kept.
    static let forgetRevisions: Statement = """
        DELETE FROM page_revisions r USING pages p
        WHERE r.institution_id = $1 AND r.page_id = $2 AND p.institution_id = $1 AND p.id = $2
            AND r.revision <= p.revision - $3
        """

    /// Reads a revision.
    static func revision(_ row: Row) throws(PostgresError) -> PageRevision {
        PageRevision(
            number: try row.int(0), url: try row.text(1), title: try row.text(2), body: try row.text(3),
            editor: Author(id: try row.int(4), name: try row.text(5)),
            createdAt: try row.timestampMilliseconds(6), isLatest: try row.bool(7))
    }
}
