import Courses
import Postgres

/// Copies assignments, those of quizzes too; not what was handed in.
struct AssignmentCopy: CopyPart {
    let title = "assignments"

    func copy(after: Int64, in batch: CopyBatch) async throws -> Int64? {
        let pairs = try await batch.pairs(
            Self.list, [.int(after), batch.selected(.assignment), .int(Int64(CopyBatch.size))])
        try await batch.write(
            .assignment, pairs,
            insert: { (Self.insert, [batch.tenant, .int(batch.target), .int($0), batch.dates]) },
            update: { (Self.update, [batch.tenant, .int($1), .int($0), batch.dates]) },
            refusal: "The assignment is not there any more.")
        return pairs.count < CopyBatch.size ? nil : pairs.last?.source
    }

    /// $1 institution, $2 source, $3 target, $4 after, $5 assignments or null, $6 count.
    private static let list: Statement = """
        SELECT s.id, t.id FROM assignments s
        LEFT JOIN content_copies m
            ON m.institution_id = $1 AND m.course_id = $3 AND m.kind = 'assignment' AND m.source_id = s.id
        LEFT JOIN assignments t ON t.institution_id = $1 AND t.course_id = $3 AND t.id = m.copy_id
        WHERE s.institution_id = $1 AND s.course_id = $2 AND s.id > $4
            AND ($5::bigint[] IS NULL OR s.id = ANY ($5))
        ORDER BY s.id LIMIT $6
        """

    /// $1 institution, $2 target, $3 assignment, $4 what becomes of dates.
    private static let insert: Statement = """
        INSERT INTO assignments (institution_id, course_id, name, points_possible, published, due_at)
        SELECT $1, $2, s.name, s.points_possible, s.published, copied_date(s.due_at, $4) FROM assignments s
        WHERE s.institution_id = $1 AND s.id = $3 RETURNING id
        """

    /// $1 institution, $2 copy, $3 assignment, $4 what becomes of dates.
    private static let update: Statement = """
        UPDATE assignments t SET name = s.name, points_possible = s.points_possible, published = s.published,
            due_at = copied_date(s.due_at, $4)
        FROM assignments s WHERE t.institution_id = $1 AND t.id = $2 AND s.institution_id = $1 AND s.id = $3
        """
}
