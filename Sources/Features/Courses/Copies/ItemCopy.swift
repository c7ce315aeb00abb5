import Postgres

/// Copies modules' items: each leads to the copy of what it led to.
struct ItemCopy: CopyPart {
    let title = "items of modules"

    /// What kinds of items lead to, as the database has them.
    static let kinds: [String: CopyKind] = [
        "File": .file, "Page": .page, "Discussion": .topic, "Assignment": .assignment, "Quiz": .quiz,
    ]

    func copy(after: Int64, in batch: CopyBatch) async throws -> Int64? {
        let rows = try await batch.transaction.query(
            Self.list,
            [
                batch.tenant, .int(batch.source), .int(batch.target), .int(after), batch.selected(.item),
                .int(Int64(CopyBatch.size)),
            ])
        let counted = try await batch.transaction.query(Self.count, [batch.tenant, .int(batch.target)])
        var room = ModuleItem.mostPerCourse - Int(try counted.first?.int(0) ?? 0)
        var pairs: [CopyBatch.Pair] = []
        for row in rows {
            let pair = CopyBatch.Pair(source: try row.int(0), copy: try row.intOrNil(1))
            guard try row.bool(2) else {
                try await batch.complain(
                    .item, pair.source, "What the item \"\(try row.text(3))\" leads to was not copied.")
                continue
            }
            if pair.copy == nil {
                guard room > 0 else {
                    try await batch.complain(
                        .item, pair.source,
                        "Modules of a course have \(ModuleItem.mostPerCourse) items at most.",
                        isError: true)
                    continue
                }
                room -= 1
            }
            pairs.append(pair)
        }
        try await batch.write(
            .item, pairs,
            insert: { (Self.insert, [batch.tenant, .int(batch.target), .int($0)]) },
            update: { (Self.update, [batch.tenant, .int($1), .int($0)]) },
            refusal: "The item's module was not copied.")
        return rows.count < CopyBatch.size ? nil : try rows.last?.int(0)
    }

    /// What an item leads to, in the target: `k`, of the item `i`.
    private static func content(_ course: String) -> String {
        """
        LEFT JOIN content_copies k ON k.institution_id = $1 AND k.course_id = \(course) AND k.source_id = i.content_id
            AND k.kind = CASE i.type WHEN 'File' THEN 'file' WHEN 'Page' THEN 'page' WHEN 'Discussion' THEN 'topic'
                WHEN 'Assignment' THEN 'assignment' WHEN 'Quiz' THEN 'quiz' END
        """
    }

    /// Items, the copies that are there and lead where they should, whether what they lead to was copied, and a title.
    ///
    /// $1 institution, $2 source, $3 target, $4 after, $5 items or null, $6 count.
    private static let list = Statement(
        """
        SELECT i.id, t.id,
            i.type NOT IN ('File', 'Page', 'Discussion', 'Assignment', 'Quiz') OR k.copy_id IS NOT NULL,
            coalesce(i.title, i.type)
        FROM module_items i
        \(content("$3"))
        LEFT JOIN content_copies m
            ON m.institution_id = $1 AND m.course_id = $3 AND m.kind = 'item' AND m.source_id = i.id
        LEFT JOIN module_items t ON t.institution_id = $1 AND t.course_id = $3 AND t.id = m.copy_id
            AND (k.copy_id IS NULL OR t.content_id = k.copy_id)
        WHERE i.institution_id = $1 AND i.course_id = $2 AND i.id > $4
            AND ($5::bigint[] IS NULL OR i.id = ANY ($5))
        ORDER BY i.id LIMIT $6
        """)

    /// $1 institution, $2 course.
    private static let count: Statement =
        "SELECT count(*) FROM module_items WHERE institution_id = $1 AND course_id = $2"

    /// $1 institution, $2 target, $3 item.
    private static let insert = Statement(
        """
        INSERT INTO module_items (
            institution_id, course_id, module_id, position, indent, type, title, content_id, external_url, new_tab,
            is_published, requirement, min_score)
        SELECT $1, $2, o.copy_id, i.position, i.indent, i.type, i.title, coalesce(k.copy_id, i.content_id),
            i.external_url, i.new_tab, i.is_published, i.requirement, i.min_score
        FROM module_items i
        JOIN content_copies o ON o.institution_id = $1 AND o.course_id = $2 AND o.kind = 'module'
            AND o.source_id = i.module_id
        JOIN modules n ON n.institution_id = $1 AND n.course_id = $2 AND n.id = o.copy_id
        \(content("$2"))
        WHERE i.institution_id = $1 AND i.id = $3 RETURNING id
        """)

    /// $1 institution, $2 copy, $3 item.
    private static let update: Statement = """
        UPDATE module_items t SET indent = i.indent, title = i.title, external_url = i.external_url,
            new_tab = i.new_tab, is_published = i.is_published, requirement = i.requirement, min_score = i.min_score
        FROM module_items i
        WHERE t.institution_id = $1 AND t.id = $2 AND i.institution_id = $1 AND i.id = $3
        """
}
