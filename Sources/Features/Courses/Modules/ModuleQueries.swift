import Postgres

/// The SQL of modules; `$1` is the institution and `$2` the course throughout.
enum ModuleQueries {
    /// All, by position.
    static let modules: Statement = """
        SELECT id, name, position, is_published, unlock_at, require_sequential_progress, prerequisite_ids
        FROM modules WHERE institution_id = $1 AND course_id = $2 ORDER BY position, id
        """

    /// $3 name, $4 rank, $5 published, $6 beginning, $7 sequential, $8 prerequisites.
    static let create: Statement = """
        INSERT INTO modules (
            institution_id, course_id, name, position, is_published, unlock_at, require_sequential_progress,
            prerequisite_ids)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id
        """

    /// $3 module, $4 name, $5 published, $6 beginning, $7 sequential, $8 prerequisites.
    static let update: Statement = """
        UPDATE modules SET name = $4, is_published = $5, unlock_at = $6, require_sequential_progress = $7,
            prerequisite_ids = $8
        WHERE institution_id = $1 AND course_id = $2 AND id = $3
        """

    /// $3 modules, $4 their ranks.
    static let rank: Statement = """
        UPDATE modules m SET position = o.rank
        FROM unnest($3::bigint[], $4::bigint[]) AS o (id, rank)
        WHERE m.institution_id = $1 AND m.course_id = $2 AND m.id = o.id
        """

    /// $3 module.
    static let delete: Statement =
        "DELETE FROM modules WHERE institution_id = $1 AND course_id = $2 AND id = $3"

    /// Nobody asks any more for what is gone: $3 module.
    static let forgetPrerequisite: Statement = """
        UPDATE modules SET prerequisite_ids = array_remove(prerequisite_ids, $3::bigint)
        WHERE institution_id = $1 AND course_id = $2 AND $3 = ANY (prerequisite_ids)
        """

    /// $3 modules.
    static let forgetProgressions: Statement = """
        DELETE FROM module_progressions p USING modules m
        WHERE p.institution_id = $1 AND p.module_id = m.id AND m.institution_id = $1 AND m.course_id = $2
            AND m.id = ANY ($3::bigint[])
        """

    // MARK: What a student has done: $3 the student

    static let begun: Statement = """
        SELECT p.module_id, p.completed_at
        FROM modules m JOIN module_progressions p ON p.institution_id = $1 AND p.module_id = m.id AND p.user_id = $3
        WHERE m.institution_id = $1 AND m.course_id = $2
        """

    static let itemProgress: Statement = """
        SELECT p.item_id, p.viewed_at IS NOT NULL, p.done_at IS NOT NULL
        FROM module_items i JOIN module_item_progress p ON p.institution_id = $1 AND p.item_id = i.id AND p.user_id = $3
        WHERE i.institution_id = $1 AND i.course_id = $2
        """

    static let contributions: Statement = """
        SELECT t.id FROM discussion_topics t
        WHERE t.institution_id = $1 AND t.course_id = $2 AND EXISTS (
            SELECT 1 FROM discussion_entries e
            WHERE e.institution_id = $1 AND e.topic_id = t.id AND e.author_id = $3 AND e.deleted_at IS NULL)
        """

    /// $3 user, $4 sections or null; no row for who is no student of the course there.
    static let isStudent: Statement = """
        SELECT 1::bigint FROM enrollments
        WHERE institution_id = $1 AND course_id = $2 AND user_id = $3 AND type = 'StudentEnrollment'
            AND workflow_state IN ('active', 'completed') AND ($4::bigint[] IS NULL OR section_id = ANY ($4)) LIMIT 1
        """

    /// $2 module, $3 student: holds the row until the transaction ends.
    static let begin: Statement = """
        INSERT INTO module_progressions (institution_id, module_id, user_id) VALUES ($1, $2, $3)
        ON CONFLICT (institution_id, module_id, user_id) DO UPDATE SET completed_at = module_progressions.completed_at
        """

    /// $2 module, $3 student.
    static let complete: Statement = """
        UPDATE module_progressions SET completed_at = now()
        WHERE institution_id = $1 AND module_id = $2 AND user_id = $3 AND completed_at IS NULL
        """

    /// Reads a module without its items; its position is to be counted.
    static func module(_ row: Row) throws(PostgresError) -> Module {
        Module(
            id: try row.int(0), name: try row.text(1), position: 0, rank: try row.int(2),
            isPublished: try row.bool(3),
            unlockAt: try row.timestampMillisecondsOrNil(4), isSequential: try row.bool(5),
            prerequisites: try row.intArray(6))
    }
}
