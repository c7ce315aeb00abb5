import Postgres

/// Makes the pages, empty and not published yet: what they say follows when it is known what their links lead to
/// (``TextCopy``).
struct PageCopy: CopyPart {
    let title = "pages"

    func copy(after: Int64, in batch: CopyBatch) async throws -> Int64? {
        let rows = try await batch.transaction.query(
            Self.list,
            [
                batch.tenant, .int(batch.source), .int(batch.target), .int(after), batch.selected(.page),
                .int(Int64(CopyBatch.size)),
            ])
        for row in rows {
            let source = try row.int(0)
            if let copy = try row.intOrNil(1) {
                try await batch.note(.page, source, became: copy)
            } else {
                try await make(source, url: try row.text(2), title: try row.text(3), in: batch)
            }
        }
        return rows.count < CopyBatch.size ? nil : try rows.last?.int(0)
    }

    private func make(_ source: Int64, url: String, title: String, in batch: CopyBatch) async throws {
        let free = try await batch.transaction.query(
            PageQueries.freeAddress,
            [
                batch.tenant, .int(batch.target), .text(url), .int(nil), .int(Int64(PageAddress.numbers)),
            ])
        guard let address = try free.first?.text(0) else {
            return try await batch.complain(.page, source, "Too many pages have this title.")
        }
        let made = try await batch.transaction.query(
            PageQueries.create,
            [
                batch.tenant, .int(batch.target), .text(address), .text(title), .text(""),
                .text("unpublished"), .text("teachers"), .bool(false), .int(batch.user),
            ])
        guard let copy = try made.first?.int(0) else { return }
        try await batch.transaction.query(
            PageQueries.claim, [batch.tenant, .int(batch.target), .text(address), .int(copy)])
        try await batch.note(.page, source, became: copy)
    }

    /// $1 institution, $2 source, $3 target, $4 after, $5 pages or null, $6 count.
    private static let list: Statement = """
        SELECT p.id, t.id, p.url, p.title FROM pages p
        LEFT JOIN content_copies m
            ON m.institution_id = $1 AND m.course_id = $3 AND m.kind = 'page' AND m.source_id = p.id
        LEFT JOIN pages t
            ON t.institution_id = $1 AND t.course_id = $3 AND t.id = m.copy_id AND t.workflow_state <> 'deleted'
        WHERE p.institution_id = $1 AND p.course_id = $2 AND p.id > $4 AND p.workflow_state <> 'deleted'
            AND ($5::bigint[] IS NULL OR p.id = ANY ($5))
        ORDER BY p.id LIMIT $6
        """
}
