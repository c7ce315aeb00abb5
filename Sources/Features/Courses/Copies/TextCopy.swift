import Postgres

/// Fills in what pages and discussions say, and the syllabus, with links that lead to the copies.
struct TextCopy: CopyPart {
    /// Texts are long: few of them make a batch.
    private static let size = 10

    enum Place: Sendable { case pages, topics, syllabus }

    let place: Place
    var title: String {
        switch place {
        case .pages: "texts of pages"
        case .topics: "texts of discussions"
        case .syllabus: "syllabus"
        }
    }

    func copy(after: Int64, in batch: CopyBatch) async throws -> Int64? {
        let (kind, statement): (CopyKind, Statement) =
            switch place {
            case .pages: (.page, Self.pages)
            case .topics: (.topic, Self.topics)
            case .syllabus: (.settings, Self.syllabus)
            }
        if place == .syllabus, !batch.selection.isWhole { return nil }
        let rows = try await batch.transaction.query(
            statement,
            [
                batch.tenant, .int(batch.source), .int(batch.target), .int(after), batch.selected(kind),
                .int(Int64(Self.size)),
            ])
        let texts = try rows.map { (source: try $0.int(0), copy: try $0.int(1), html: try $0.text(2)) }
        let rewriter = LinkRewriter(source: batch.source, target: batch.target, origins: batch.origins)
        let links = texts.reduce(into: Set<CourseLink>()) { $0.formUnion(rewriter.links(in: $1.html)) }
        let names = try await names(links, in: batch)
        for (source, copy, html) in texts {
            let (changed, unknown) = rewriter.rewrite(html) { names[$0] }
            if unknown > 0 {
                try await batch.complain(
                    kind, source, "Links in it lead to what was not copied: \(unknown) of them.")
            }
            try await batch.transaction.query(fill(source, copy, changed, batch))
        }
        return rows.count < Self.size ? nil : try rows.last?.int(0)
    }

    private func fill(
        _ source: Int64, _ copy: Int64, _ text: String, _ batch: CopyBatch
    ) -> [(Statement, [PostgresValue])] {
        let ids: [PostgresValue] = [batch.tenant, .int(batch.target), .int(copy), .int(source), .text(text)]
        switch place {
        case .pages:
            return [
                (Self.clearFront, [batch.tenant, .int(batch.target), .int(copy), .int(source)]),
                (Self.fillPage, ids + [.int(batch.user)]),
                (Self.keepRevision, [batch.tenant, .int(copy)]),
                (
                    PageQueries.forgetRevisions,
                    [batch.tenant, .int(copy), .int(Int64(PageRevision.mostPerPage))]
                ),
            ]
        case .topics: return [(Self.fillTopic, ids + [batch.dates])]
        case .syllabus: return [(Self.fillSyllabus, [batch.tenant, .int(batch.target), .text(text)])]
        }
    }

    /// What things are called in the target.
    private func names(_ links: Set<CourseLink>, in batch: CopyBatch) async throws -> [CourseLink: String] {
        var names: [CourseLink: String] = [:]
        for (kind, some) in Dictionary(grouping: links, by: \.kind) {
            if kind == .page {
                let rows = try await batch.transaction.query(
                    Self.addresses,
                    [
                        batch.tenant, .int(batch.source), .int(batch.target),
                        .textArray(some.map { $0.name.lowercased() }),
                    ])
                var found: [String: String] = [:]
                for row in rows { found[try row.text(0)] = try row.text(1) }
                for link in some { names[link] = found[link.name.lowercased()] }
            } else {
                let copies = try await batch.copies(kind, of: some.compactMap { Int64($0.name) })
                for link in some {
                    names[link] = Int64(link.name).flatMap { copies[$0] }.map { String($0) }
                }
            }
        }
        return names
    }

    // MARK: Where the texts are: $1 institution, $2 source, $3 target, $4 after, $5 things or null, $6 count

    private static let pages: Statement = """
        SELECT s.id, t.id, s.body FROM pages s
        JOIN content_copies m
            ON m.institution_id = $1 AND m.course_id = $3 AND m.kind = 'page' AND m.source_id = s.id
        JOIN pages t
            ON t.institution_id = $1 AND t.course_id = $3 AND t.id = m.copy_id AND t.workflow_state <> 'deleted'
        WHERE s.institution_id = $1 AND s.course_id = $2 AND s.id > $4 AND s.workflow_state <> 'deleted'
            AND ($5::bigint[] IS NULL OR s.id = ANY ($5))
        ORDER BY s.id LIMIT $6
        """

    private static let topics: Statement = """
        SELECT s.id, t.id, s.message FROM discussion_topics s
        JOIN content_copies m
            ON m.institution_id = $1 AND m.course_id = $3 AND m.kind = 'topic' AND m.source_id = s.id
        JOIN discussion_topics t
            ON t.institution_id = $1 AND t.course_id = $3 AND t.id = m.copy_id AND t.workflow_state <> 'deleted'
        WHERE s.institution_id = $1 AND s.course_id = $2 AND s.id > $4 AND s.workflow_state <> 'deleted'
            AND ($5::bigint[] IS NULL OR s.id = ANY ($5))
        ORDER BY s.id LIMIT $6
        """

    /// Nothing where the source has none: what the target says then stays.
    private static let syllabus: Statement = """
        SELECT s.id, $3::bigint, s.syllabus_body FROM courses s
        WHERE s.institution_id = $1 AND s.id = $2 AND s.id > $4 AND $5::bigint[] IS NULL
            AND s.syllabus_body IS NOT NULL LIMIT $6
        """

    /// $1 institution, $2 source, $3 target, $4 addresses: each with that of the page's copy.
    private static let addresses: Statement = """
        SELECT l.url, t.url FROM page_urls l
        JOIN content_copies m
            ON m.institution_id = $1 AND m.course_id = $3 AND m.kind = 'page' AND m.source_id = l.page_id
        JOIN pages t
            ON t.institution_id = $1 AND t.course_id = $3 AND t.id = m.copy_id AND t.workflow_state <> 'deleted'
        WHERE l.institution_id = $1 AND l.course_id = $2 AND l.url = ANY ($4)
        """

    // MARK: What they become: $1 institution, $2 target, $3 copy, $4 source, $5 text

    /// Another front page gives way to the copy of one.
    private static let clearFront: Statement = """
        UPDATE pages SET is_front_page = false
        WHERE institution_id = $1 AND course_id = $2 AND is_front_page AND id <> $3 AND EXISTS (
            SELECT 1 FROM pages s WHERE s.institution_id = $1 AND s.id = $4 AND s.is_front_page)
        """

    /// A new title or text is a new revision, but for a page that has none yet.
    ///
    /// $6 who does it.
    private static let fillPage: Statement = """
        UPDATE pages t SET title = s.title, body = $5, workflow_state = s.workflow_state,
            editing_roles = s.editing_roles, is_front_page = s.is_front_page OR (t.is_front_page AND s.workflow_state = 'active'),
            edited_by = $6, updated_at = now(),
            revision = t.revision + CASE WHEN (t.title, t.body) IS DISTINCT FROM (s.title, $5::text) AND EXISTS (
                SELECT 1 FROM page_revisions r WHERE r.institution_id = $1 AND r.page_id = $3) THEN 1 ELSE 0 END
        FROM pages s
        WHERE t.institution_id = $1 AND t.course_id = $2 AND t.id = $3 AND s.institution_id = $1 AND s.id = $4
        """

    /// $1 institution, $2 page.
    private static let keepRevision: Statement = """
        INSERT INTO page_revisions (institution_id, page_id, revision, url, title, body, edited_by)
        SELECT p.institution_id, p.id, p.revision, p.url, p.title, p.body, p.edited_by
        FROM pages p WHERE p.institution_id = $1 AND p.id = $2
        ON CONFLICT (institution_id, page_id, revision) DO NOTHING
        """

    /// $6 dates.
    private static let fillTopic: Statement = """
        UPDATE discussion_topics t SET title = s.title, message = $5, discussion_type = s.discussion_type,
            workflow_state = s.workflow_state, pinned = s.pinned, locked = s.locked,
            lock_at = copied_date(s.lock_at, $6), delayed_post_at = copied_date(s.delayed_post_at, $6),
            require_initial_post = s.require_initial_post, allow_rating = s.allow_rating,
            only_graders_can_rate = s.only_graders_can_rate, sort_by_rating = s.sort_by_rating,
            posted_at = CASE WHEN s.workflow_state = 'active' THEN coalesce(t.posted_at, now()) END
        FROM discussion_topics s
        WHERE t.institution_id = $1 AND t.course_id = $2 AND t.id = $3 AND s.institution_id = $1 AND s.id = $4
        """

    /// $1 institution, $2 target, $3 text.
    private static let fillSyllabus: Statement = """
        UPDATE courses SET syllabus_body = $3, updated_at = now() WHERE institution_id = $1 AND id = $2
        """
}
