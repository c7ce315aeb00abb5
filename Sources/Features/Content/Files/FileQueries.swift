import Courses
import Postgres

/// The SQL of files.
enum FileQueries {
    /// A file and what surrounds it.
    struct Found {
        let file: StoredFile
        /// What its folder and all folders above add up to.
        let folder: Availability
        let requiresScan: Bool
    }

    private static let columns = """
        f.id, f.uuid, f.folder_id, f.course_id, f.user_id, f.owner_id, f.display_name, f.filename, f.content_type,
        f.size, f.sha256, f.scan_state, f.hidden, f.locked, f.unlock_at, f.lock_at, f.created_at, f.updated_at
        """

    /// Whether the folders from one upwards hide or lock, at the time $n.
    private static func above(at now: String) -> String {
        """
        CROSS JOIN LATERAL (
            WITH RECURSIVE up AS (
                SELECT d.parent_folder_id, d.hidden, \(isLocked("d", at: now)) AS locked
                FROM folders d WHERE d.institution_id = $1 AND d.id = f.folder_id
                UNION ALL
                SELECT p.parent_folder_id, p.hidden, \(isLocked("p", at: now))
                FROM folders p JOIN up ON p.institution_id = $1 AND p.id = up.parent_folder_id)
            SELECT coalesce(bool_or(up.hidden), false) AS hidden, coalesce(bool_or(up.locked), false) AS locked
            FROM up) a
        """
    }

    static func isLocked(_ table: String, at now: String) -> String {
        "(\(table).locked OR coalesce(\(table).unlock_at > \(now), false) OR coalesce(\(table).lock_at <= \(now), false))"
    }

    private static let requiresScan =
        "coalesce((SELECT p.requires_scan FROM content_policies p WHERE p.institution_id = $1), true)"

    /// $1 institution, $2 file, $3 now.
    static let show = Statement(
        """
        SELECT \(columns), a.hidden, a.locked, \(requiresScan)
        FROM files f \(above(at: "$3"))
        WHERE f.institution_id = $1 AND f.id = $2 AND f.workflow_state = 'available'
        """)

    /// Of a course: $1 institution, $2 course, $3 files, $4 now.
    static let some = Statement(
        """
        SELECT \(columns), a.hidden, a.locked, \(requiresScan)
        FROM files f \(above(at: "$4"))
        WHERE f.institution_id = $1 AND f.course_id = $2 AND f.id = ANY ($3) AND f.workflow_state = 'available'
        """)

    /// What a list shows of a context or of one folder.
    ///
    /// $1 institution, $2 the context's or the folder's id, $3 and $4 the bookmark, $5 limit, $6 skip, $7 now, $8 whether
    /// everything is shown, $9 the caller, $10 whether unscanned files are withheld, $11 text in the name or null, $12 types or
    /// null, $13 types that are left out or null.
    static func list(_ place: Place, by order: ListOrder) -> Statement {
        let (condition, sorting) = order.clauses(id: "f.id", value: 3)
        return Statement(
            """
            SELECT \(columns), a.hidden, a.locked, \(requiresScan), \(order.written),
                (SELECT o.name FROM users o WHERE o.institution_id = $1 AND o.id = f.owner_id)
            FROM files f \(above(at: "$7"))
            WHERE f.institution_id = $1 AND f.\(place.rawValue) = $2 AND f.workflow_state = 'available' AND \(condition)
                AND ($8 OR f.owner_id = $9 OR (NOT f.hidden AND NOT a.hidden
                    AND (f.scan_state = 'clean' OR (f.scan_state = 'unscanned' AND NOT ($10 AND \(requiresScan))))))
                AND ($11::text IS NULL OR position(lower($11::text) IN lower(f.display_name)) > 0)
                AND ($12::text[] IS NULL OR \(isOf("$12")))
                AND ($13::text[] IS NULL OR NOT \(isOf("$13")))
            ORDER BY \(sorting) LIMIT $5 OFFSET $6
            """)
    }

    /// Whether a file is of one of some types, or of a kind of them, as `image`.
    private static func isOf(_ types: String) -> String {
        """
        (split_part(f.content_type, ';', 1) = ANY (\(types)::text[]) OR split_part(f.content_type, '/', 1) = ANY (\(types)::text[]))
        """
    }

    /// Where files are listed; the raw value is the column that says so.
    enum Place: String {
        case course = "course_id"
        case user = "user_id"
        case folder = "folder_id"
    }

    /// $1 institution, $2 course, $3 files.
    static let there: Statement = """
        SELECT id FROM files
        WHERE institution_id = $1 AND course_id = $2 AND id = ANY ($3) AND workflow_state = 'available'
        """

    /// $1 institution, $2 uuid: a file that was there already, whatever became of it.
    static let byUUID: Statement = "SELECT id FROM files WHERE institution_id = $1 AND uuid = $2"

    /// $1 institution, $2 folder: holds the folder, so that names within it are given one after the other.
    static let holdFolder: Statement = """
        SELECT id FROM folders WHERE institution_id = $1 AND id = $2 AND workflow_state <> 'deleted' FOR UPDATE
        """

    /// $1 institution, $2 folder, $3 names: those that are taken.
    static let taken: Statement = """
        SELECT id, display_name, size FROM files
        WHERE institution_id = $1 AND folder_id = $2 AND display_name = ANY ($3) AND workflow_state <> 'deleted'
        """

    /// $1 institution, $2 uuid, $3 folder, $4 course, $5 user, $6 owner, $7 display name, $8 filename, $9 type, $10 size,
    /// $11 sha256.
    static let insert: Statement = """
        INSERT INTO files (institution_id, uuid, folder_id, course_id, user_id, owner_id, display_name, filename,
            content_type, size, sha256)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id
        """

    /// $1 institution, $2 file, $3 what took its place or null; its size.
    static let delete: Statement = """
        UPDATE files SET workflow_state = 'deleted', replaced_by = $3, updated_at = now()
        WHERE institution_id = $1 AND id = $2 AND workflow_state <> 'deleted' RETURNING size
        """

    /// $1 institution, $2 file, $3 name, $4 folder, $5 hidden, $6 locked, $7 unlock at, $8 lock at.
    static let update: Statement = """
        UPDATE files SET display_name = $3, folder_id = $4, hidden = $5, locked = $6, unlock_at = $7, lock_at = $8,
            updated_at = now()
        WHERE institution_id = $1 AND id = $2 AND workflow_state = 'available' RETURNING id
        """

    /// $1 institution, $2 old, $3 new.
    static let replaced: Statement = "UPDATE files SET replaced_by = $3 WHERE institution_id = $1 AND id = $2"

    /// $1 institution, $2 file, $3 state: what a scan has found.
    static let setScan: Statement = """
        UPDATE files SET scan_state = $3, updated_at = now() WHERE institution_id = $1 AND id = $2 RETURNING id
        """

    /// Reads a file from the first eighteen columns.
    static func file(_ row: Row) throws(PostgresError) -> StoredFile {
        let context: FileContext =
            if let course = try row.intOrNil(3) { .course(course) } else { .user(try row.int(4)) }
        return StoredFile(
            id: try row.int(0), uuid: try row.uuid(1), folder: try row.int(2), context: context,
            owner: try row.intOrNil(5), displayName: try row.text(6), filename: try row.text(7),
            contentType: try row.text(8), size: try row.int(9), sha256: try row.text(10),
            scanState: StoredFile.ScanState(rawValue: try row.text(11)) ?? .unscannable,
            availability: Availability(
                isHidden: try row.bool(12), isLocked: try row.bool(13),
                unlockAt: try row.timestampMillisecondsOrNil(14),
                lockAt: try row.timestampMillisecondsOrNil(15)),
            createdAt: try row.timestampMilliseconds(16), updatedAt: try row.timestampMilliseconds(17))
    }

    static func found(_ row: Row) throws(PostgresError) -> Found {
        Found(
            file: try file(row), folder: Availability(isHidden: try row.bool(18), isLocked: try row.bool(19)),
            requiresScan: try row.bool(20))
    }
}
