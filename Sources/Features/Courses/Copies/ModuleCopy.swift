import Postgres

/// Copies modules, and then what they ask for; new ones behind those that are there.
struct ModuleCopy: CopyPart {
    let title = "modules"

    /// Modules bring their items along, and items what they lead to and the module that they are in.
    func widen(_ selection: inout CopySelection, in batch: CopyBatch) async throws {
        let rows = try await batch.transaction.query(
            Self.contents,
            [batch.tenant, .int(batch.source), batch.selected(.module), batch.selected(.item)])
        for row in rows {
            selection.add(.item, [try row.int(0)])
            selection.add(.module, [try row.int(1)])
            guard let content = try row.intOrNil(3),
                let kind = ItemCopy.kinds[try row.text(2)]
            else { continue }
            selection.add(kind, [content])
        }
    }

    /// All at once: a course has ``Module/mostPerCourse`` at most.
    func copy(after: Int64, in batch: CopyBatch) async throws -> Int64? {
        let pairs = try await batch.pairs(Self.list, [batch.selected(.module)])
        let rows = try await batch.transaction.query(Self.count, [batch.tenant, .int(batch.target)])
        var room = Module.mostPerCourse - Int(try rows.first?.int(0) ?? 0)
        var fitting: [CopyBatch.Pair] = []
        for pair in pairs {
            if pair.copy == nil {
                guard room > 0 else {
                    try await batch.complain(
                        .module, pair.source, "A course has \(Module.mostPerCourse) modules at most.",
                        isError: true)
                    continue
                }
                room -= 1
            }
            fitting.append(pair)
        }
        try await batch.write(
            .module, fitting,
            insert: { source in
                (Self.insert, [batch.tenant, .int(batch.target), .int(source), batch.dates])
            },
            update: { source, copy in
                (Self.update, [batch.tenant, .int(copy), .int(source), batch.dates])
            }, refusal: "The module is not there any more.")
        try await batch.transaction.query(
            Self.setPrerequisites,
            [batch.tenant, .int(batch.target), .intArray(fitting.map(\.source)), .int(batch.migration)])
        return nil
    }

    /// $1 institution, $2 source, $3 target, $4 modules or null.
    private static let list: Statement = """
        SELECT s.id, t.id FROM modules s
        LEFT JOIN content_copies m
            ON m.institution_id = $1 AND m.course_id = $3 AND m.kind = 'module' AND m.source_id = s.id
        LEFT JOIN modules t ON t.institution_id = $1 AND t.course_id = $3 AND t.id = m.copy_id
        WHERE s.institution_id = $1 AND s.course_id = $2 AND ($4::bigint[] IS NULL OR s.id = ANY ($4))
        ORDER BY s.position, s.id
        """

    /// $1 institution, $2 course.
    private static let count: Statement =
        "SELECT count(*) FROM modules WHERE institution_id = $1 AND course_id = $2"

    /// $1 institution, $2 target, $3 module, $4 dates.
    private static let insert: Statement = """
        INSERT INTO modules (
            institution_id, course_id, name, position, is_published, unlock_at, require_sequential_progress)
        SELECT $1, $2, s.name, (1::bigint << 40) + coalesce((
                SELECT max(o.position) FROM modules o WHERE o.institution_id = $1 AND o.course_id = $2), 0),
            s.is_published, copied_date(s.unlock_at, $4), s.require_sequential_progress
        FROM modules s WHERE s.institution_id = $1 AND s.id = $3 RETURNING id
        """

    /// $1 institution, $2 copy, $3 module, $4 dates.
    private static let update: Statement = """
        UPDATE modules t SET name = s.name, is_published = s.is_published, unlock_at = copied_date(s.unlock_at, $4),
            require_sequential_progress = s.require_sequential_progress
        FROM modules s WHERE t.institution_id = $1 AND t.id = $2 AND s.institution_id = $1 AND s.id = $3
        """

    /// What a module asks for, of what was copied and comes before it, so that nothing waits for itself.
    ///
    /// $1 institution, $2 target, $3 modules, $4 migration.
    private static let setPrerequisites: Statement = """
        UPDATE modules t SET prerequisite_ids = ARRAY(
            SELECT o.id FROM unnest(s.prerequisite_ids) WITH ORDINALITY AS p (id, place)
            JOIN content_copies k
                ON k.institution_id = $1 AND k.course_id = $2 AND k.kind = 'module' AND k.source_id = p.id
            JOIN modules o ON o.institution_id = $1 AND o.course_id = $2 AND o.id = k.copy_id
                AND o.position < t.position
            ORDER BY p.place)
        FROM content_copies m JOIN modules s ON s.institution_id = $1 AND s.id = m.source_id
        WHERE m.institution_id = $1 AND m.course_id = $2 AND m.kind = 'module' AND m.source_id = ANY ($3)
            AND m.migration_id = $4 AND t.institution_id = $1 AND t.course_id = $2 AND t.id = m.copy_id
        """

    /// $1 institution, $2 source, $3 modules, $4 items.
    private static let contents: Statement = """
        SELECT i.id, i.module_id, i.type, i.content_id FROM module_items i
        WHERE i.institution_id = $1 AND i.course_id = $2
            AND (i.module_id = ANY ($3::bigint[]) OR i.id = ANY ($4::bigint[]))
        """
}
