import Postgres

/// Makes discussions and announcements without their entries, empty and not published yet: see ``TextCopy``.
struct TopicCopy: CopyPart {
    let title = "discussions"

    func copy(after: Int64, in batch: CopyBatch) async throws -> Int64? {
        let pairs = try await batch.pairs(
            Self.list, [.int(after), batch.selected(.topic), .int(Int64(CopyBatch.size))])
        try await batch.write(
            .topic, pairs,
            insert: { source in
                (Self.insert, [batch.tenant, .int(batch.target), .int(source), .int(batch.user)])
            }, update: { _, _ in nil }, refusal: "The discussion is not there any more.")
        return pairs.count < CopyBatch.size ? nil : pairs.last?.source
    }

    /// $1 institution, $2 source, $3 target, $4 after, $5 topics or null, $6 count.
    private static let list: Statement = """
        SELECT d.id, t.id FROM discussion_topics d
        LEFT JOIN content_copies m
            ON m.institution_id = $1 AND m.course_id = $3 AND m.kind = 'topic' AND m.source_id = d.id
        LEFT JOIN discussion_topics t
            ON t.institution_id = $1 AND t.course_id = $3 AND t.id = m.copy_id AND t.workflow_state <> 'deleted'
        WHERE d.institution_id = $1 AND d.course_id = $2 AND d.id > $4 AND d.workflow_state <> 'deleted'
            AND ($5::bigint[] IS NULL OR d.id = ANY ($5))
        ORDER BY d.id LIMIT $6
        """

    /// $1 institution, $2 target, $3 topic, $4 author.
    private static let insert: Statement = """
        INSERT INTO discussion_topics (institution_id, course_id, author_id, title, is_announcement, workflow_state)
        SELECT $1, $2, $4, d.title, d.is_announcement, 'unpublished' FROM discussion_topics d
        WHERE d.institution_id = $1 AND d.id = $3 RETURNING id
        """
}
