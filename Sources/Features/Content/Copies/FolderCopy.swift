import Courses
import Postgres

/// Copies a course's folders, one depth after the other; a folder of the same name in the same place is taken as it is.
struct FolderCopy: CopyPart {
    let title = "folders"

    /// Folders bring along what is in them, and files and folders the folders that they are in.
    func widen(_ selection: inout CopySelection, in batch: CopyBatch) async throws {
        let below = try await batch.transaction.query(
            Self.below, [batch.tenant, .int(batch.source), batch.selected(.folder)])
        selection.add(.folder, try below.compactMap { try $0.intOrNil(0) })
        selection.add(.file, try below.compactMap { try $0.intOrNil(1) })
        let (folders, files) = (selection.ids(of: .folder) ?? [], selection.ids(of: .file) ?? [])
        let above = try await batch.transaction.query(
            Self.above, [batch.tenant, .int(batch.source), .intArray(folders), .intArray(files)])
        selection.add(.folder, try above.map { try $0.int(0) })
    }

    func copy(after: Int64, in batch: CopyBatch) async throws -> Int64? {
        let ids = Int64(1) << 53
        if after == 0 {
            let store = FolderStore(batch.transaction, batch.institution)
            let source = try await store.root(of: .course(batch.source))
            let target = try await store.root(of: .course(batch.target))
            try await batch.note(.folder, source, became: target)
        }
        // The depth, and the id within it.
        let rows = try await batch.transaction.query(
            Self.list,
            [
                batch.tenant, .int(batch.source), .int(batch.target), .int(after / ids), .int(after % ids),
                batch.selected(.folder), .int(Int64(CopyBatch.size)),
            ])
        for row in rows {
            let source = try row.int(0)
            if let copy = try row.intOrNil(2) {
                try await batch.transaction.query(
                    Self.update, [batch.tenant, .int(copy), .int(source), batch.dates])
                try await batch.note(.folder, source, became: copy)
                continue
            }
            guard let parent = try row.intOrNil(3) else {
                try await batch.complain(.folder, source, "The folder that it is in was not copied.")
                continue
            }
            let made = try await batch.transaction.query(
                Self.insert, [batch.tenant, .int(parent), .int(source), batch.dates])
            let found =
                if made.isEmpty {
                    try await batch.transaction.query(
                        FolderQueries.child, [batch.tenant, .int(parent), .text(try row.text(4))])
                } else { made }
            guard let copy = try found.first?.int(0) else {
                try await batch.complain(.folder, source, "The folder could not be made.")
                continue
            }
            try await batch.note(.folder, source, became: copy)
        }
        guard rows.count == CopyBatch.size, let last = rows.last else { return nil }
        return try last.int(1) * ids + last.int(0)
    }

    /// Folders below the root, their depth, the copy that is there, the parent's copy, and the name.
    ///
    /// $1 institution, $2 source, $3 target, $4 depth and $5 id after which to begin, $6 folders or null, $7 count.
    private static let list: Statement = """
        SELECT f.id, f.depth::bigint, t.id, p.id, f.name FROM folders f
        LEFT JOIN content_copies m
            ON m.institution_id = $1 AND m.course_id = $3 AND m.kind = 'folder' AND m.source_id = f.id
        LEFT JOIN folders t
            ON t.institution_id = $1 AND t.course_id = $3 AND t.id = m.copy_id AND t.workflow_state <> 'deleted'
        LEFT JOIN content_copies o
            ON o.institution_id = $1 AND o.course_id = $3 AND o.kind = 'folder' AND o.source_id = f.parent_folder_id
        LEFT JOIN folders p
            ON p.institution_id = $1 AND p.course_id = $3 AND p.id = o.copy_id AND p.workflow_state <> 'deleted'
        WHERE f.institution_id = $1 AND f.course_id = $2 AND f.workflow_state <> 'deleted' AND f.depth > 0
            AND (f.depth, f.id) > ($4, $5) AND ($6::bigint[] IS NULL OR f.id = ANY ($6))
        ORDER BY f.depth, f.id LIMIT $7
        """

    /// No row for a name that is taken.
    ///
    /// $1 institution, $2 parent, $3 folder, $4 dates.
    private static let insert: Statement = """
        INSERT INTO folders (institution_id, course_id, parent_folder_id, name, full_name, depth, hidden, locked,
            unlock_at, lock_at, position)
        SELECT $1, p.course_id, p.id, f.name, p.full_name || '/' || f.name, p.depth + 1, f.hidden, f.locked,
            copied_date(f.unlock_at, $4), copied_date(f.lock_at, $4), f.position
        FROM folders p, folders f
        WHERE p.institution_id = $1 AND p.id = $2 AND f.institution_id = $1 AND f.id = $3
            AND p.depth < 32 AND octet_length(p.full_name || '/' || f.name) <= 4096
        ON CONFLICT DO NOTHING RETURNING id
        """

    /// $1 institution, $2 copy, $3 folder, $4 dates.
    private static let update: Statement = """
        UPDATE folders t SET hidden = f.hidden, locked = f.locked, unlock_at = copied_date(f.unlock_at, $4),
            lock_at = copied_date(f.lock_at, $4), updated_at = now()
        FROM folders f WHERE t.institution_id = $1 AND t.id = $2 AND f.institution_id = $1 AND f.id = $3
        """

    /// What is in folders: folders below them, and files.
    ///
    /// $1 institution, $2 source, $3 folders.
    private static let below: Statement = """
        WITH RECURSIVE down AS (
            SELECT id FROM folders WHERE institution_id = $1 AND course_id = $2 AND id = ANY ($3::bigint[])
            UNION
            SELECT c.id FROM folders c JOIN down ON c.institution_id = $1 AND c.parent_folder_id = down.id
            WHERE c.workflow_state <> 'deleted')
        SELECT id, NULL::bigint FROM down
        UNION ALL
        SELECT NULL, f.id FROM files f JOIN down ON f.institution_id = $1 AND f.folder_id = down.id
        WHERE f.workflow_state = 'available'
        """

    /// The folders that folders and files are in.
    ///
    /// $1 institution, $2 source, $3 folders, $4 files.
    private static let above: Statement = """
        WITH RECURSIVE up AS (
            SELECT d.id, d.parent_folder_id FROM folders d
            WHERE d.institution_id = $1 AND d.course_id = $2 AND (d.id = ANY ($3::bigint[]) OR d.id IN (
                SELECT f.folder_id FROM files f
                WHERE f.institution_id = $1 AND f.course_id = $2 AND f.id = ANY ($4::bigint[])))
            UNION
            SELECT p.id, p.parent_folder_id FROM folders p
            JOIN up ON p.institution_id = $1 AND p.id = up.parent_folder_id)
        SELECT id FROM up
        """
}
