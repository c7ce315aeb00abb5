import Postgres

/// The SQL of folders.
enum FolderQueries {
    struct Found {
        let folder: Folder
        /// What it and all folders above add up to.
        let above: Availability
    }

    private static let columns = """
        f.id, f.course_id, f.user_id, f.parent_folder_id, f.name, f.full_name, f.depth::bigint, f.position::bigint,
        f.hidden, f.locked, f.unlock_at, f.lock_at, f.created_at, f.updated_at,
        (SELECT count(*) FROM files x
            WHERE x.institution_id = $1 AND x.folder_id = f.id AND x.workflow_state = 'available'),
        (SELECT count(*) FROM folders x
            WHERE x.institution_id = $1 AND x.parent_folder_id = f.id AND x.workflow_state <> 'deleted')
        """

    private static func above(at now: String) -> String {
        """
        CROSS JOIN LATERAL (
            WITH RECURSIVE up AS (
                SELECT f.parent_folder_id, f.hidden, \(FileQueries.isLocked("f", at: now)) AS locked
                UNION ALL
                SELECT p.parent_folder_id, p.hidden, \(FileQueries.isLocked("p", at: now))
                FROM folders p JOIN up ON p.institution_id = $1 AND p.id = up.parent_folder_id)
            SELECT bool_or(up.hidden) AS hidden, bool_or(up.locked) AS locked FROM up) a
        """
    }

    /// $1 institution, $2 folder, $3 now.
    static let show = Statement(
        """
        SELECT \(columns), a.hidden, a.locked FROM folders f \(above(at: "$3"))
        WHERE f.institution_id = $1 AND f.id = $2 AND f.workflow_state <> 'deleted'
        """)

    /// The folders of a path, the root first: $1 institution, $2 course, $3 user, $4 names, $5 now.
    static let path = Statement(
        """
        WITH RECURSIVE way AS (
            SELECT r.id, 1 AS place FROM folders r
            WHERE r.institution_id = $1 AND r.parent_folder_id IS NULL
                AND (r.course_id = $2::bigint OR r.user_id = $3::bigint)
            UNION ALL
            SELECT c.id, way.place + 1 FROM folders c
            JOIN way ON c.institution_id = $1 AND c.parent_folder_id = way.id AND c.name = ($4::text[])[way.place]
            WHERE c.workflow_state <> 'deleted')
        SELECT \(columns), a.hidden, a.locked
        FROM way JOIN folders f ON f.institution_id = $1 AND f.id = way.id \(above(at: "$5"))
        ORDER BY way.place
        """)

    /// $1 institution, $2 the context's or the parent's id, $3 after, $4 limit, $5 skip, $6 now, $7 whether everything is shown.
    static func list(_ place: FileQueries.Place) -> Statement {
        switch place {
        case .course: listOfCourse
        case .user: listOfUser
        case .folder: listOfFolder
        }
    }

    private static let listOfCourse = Statement(list("f.course_id = $2"))
    private static let listOfUser = Statement(list("f.user_id = $2"))
    private static let listOfFolder = Statement(list("f.parent_folder_id = $2"))

    private static func list(_ place: String) -> String {
        """
        SELECT \(columns), a.hidden, a.locked FROM folders f \(above(at: "$6"))
        WHERE f.institution_id = $1 AND \(place) AND f.workflow_state <> 'deleted' AND f.id > $3
            AND ($7 OR NOT a.hidden)
        ORDER BY f.id LIMIT $4 OFFSET $5
        """
    }

    /// $1 institution, $2 course, $3 user, $4 name: makes the root where it is missing.
    static let openRoot: Statement = """
        INSERT INTO folders (institution_id, course_id, user_id, name, full_name, depth)
        VALUES ($1, $2, $3, $4, $4, 0) ON CONFLICT DO NOTHING
        """

    /// $1 institution, $2 course, $3 user.
    static let root: Statement = """
        SELECT id, full_name, depth::bigint FROM folders
        WHERE institution_id = $1 AND parent_folder_id IS NULL
            AND (course_id = $2::bigint OR user_id = $3::bigint)
        """

    /// $1 institution, $2 parent, $3 name.
    static let child: Statement = """
        SELECT id, full_name, depth::bigint FROM folders
        WHERE institution_id = $1 AND parent_folder_id = $2 AND name = $3 AND workflow_state <> 'deleted'
        """

    /// $1 institution, $2 parent, $3 name, $4 hidden, $5 locked, $6 unlock at, $7 lock at, $8 position; no row for a name that is
    /// taken, or a parent that is gone.
    static let insert: Statement = """
        INSERT INTO folders (institution_id, course_id, user_id, parent_folder_id, name, full_name, depth, hidden, locked,
            unlock_at, lock_at, position)
        SELECT $1, p.course_id, p.user_id, p.id, $3, p.full_name || '/' || $3, p.depth + 1, $4, $5, $6, $7, $8::int4
        FROM folders p WHERE p.institution_id = $1 AND p.id = $2 AND p.workflow_state <> 'deleted'
        ON CONFLICT DO NOTHING RETURNING id, full_name, depth::bigint
        """

    /// $1 institution, $2 folder: it and all below, at most as deep as folders may be.
    static let subtree: Statement = """
        WITH RECURSIVE down AS (
            SELECT id, depth FROM folders WHERE institution_id = $1 AND id = $2
            UNION ALL
            SELECT c.id, c.depth FROM folders c JOIN down ON c.institution_id = $1 AND c.parent_folder_id = down.id
            WHERE c.workflow_state <> 'deleted')
        SELECT id, depth::bigint FROM down
        """

    /// $1 institution, $2 folder, $3 parent, $4 name, $5 full name, $6 depth, $7 hidden, $8 locked, $9 unlock at, $10 lock at,
    /// $11 position.
    static let update: Statement = """
        UPDATE folders SET parent_folder_id = $3, name = $4, full_name = $5, depth = $6::int2, hidden = $7, locked = $8,
            unlock_at = $9, lock_at = $10, position = $11::int4, updated_at = now()
        WHERE institution_id = $1 AND id = $2 AND workflow_state <> 'deleted' RETURNING id
        """

    /// $1 institution, $2 folder: gives everything below the name and depth that follow from it.
    static let rename: Statement = """
        WITH RECURSIVE down AS (
            SELECT id, full_name, depth FROM folders WHERE institution_id = $1 AND id = $2
            UNION ALL
            SELECT c.id, down.full_name || '/' || c.name, (down.depth + 1)::int2
            FROM folders c JOIN down ON c.institution_id = $1 AND c.parent_folder_id = down.id
            WHERE c.workflow_state <> 'deleted')
        UPDATE folders f SET full_name = down.full_name, depth = down.depth
        FROM down WHERE f.institution_id = $1 AND f.id = down.id AND f.id <> $2
        """

    /// $1 institution, $2 folders.
    static let delete: Statement = """
        UPDATE folders SET workflow_state = 'deleted', updated_at = now()
        WHERE institution_id = $1 AND id = ANY ($2)
        """

    /// $1 institution, $2 folders: how many bytes went with their files.
    static let deleteFiles: Statement = """
        WITH gone AS (
            UPDATE files SET workflow_state = 'deleted', updated_at = now()
            WHERE institution_id = $1 AND folder_id = ANY ($2) AND workflow_state <> 'deleted' RETURNING size)
        SELECT coalesce(sum(size), 0)::bigint FROM gone
        """

    static func found(_ row: Row) throws(PostgresError) -> Found {
        let context: FileContext =
            if let course = try row.intOrNil(1) { .course(course) } else { .user(try row.int(2)) }
        let folder = Folder(
            id: try row.int(0), context: context, parent: try row.intOrNil(3), name: try row.text(4),
            fullName: try row.text(5), depth: Int(try row.int(6)),
            position: try row.intOrNil(7).map { Int($0) },
            availability: Availability(
                isHidden: try row.bool(8), isLocked: try row.bool(9),
                unlockAt: try row.timestampMillisecondsOrNil(10),
                lockAt: try row.timestampMillisecondsOrNil(11)),
            filesCount: try row.int(14), foldersCount: try row.int(15),
            createdAt: try row.timestampMilliseconds(12),
            updatedAt: try row.timestampMilliseconds(13))
        return Found(
            folder: folder, above: Availability(isHidden: try row.bool(16), isLocked: try row.bool(17)))
    }
}
