import Courses
import Postgres

/// Copies a course's files: rows that name the same content, which is stored once, and count against the target's quota.
struct FileCopy: CopyPart {
    let settings: ContentServices.Settings
    let title = "files"

    func copy(after: Int64, in batch: CopyBatch) async throws -> Int64? {
        let rows = try await batch.transaction.query(
            Self.list,
            [
                batch.tenant, .int(batch.source), .int(batch.target), .int(after), batch.selected(.file),
                .int(Int64(CopyBatch.size)),
            ])
        for row in rows {
            let source = try row.int(0)
            if let copy = try row.intOrNil(1) {
                try await batch.transaction.query(
                    Self.update, [batch.tenant, .int(copy), .int(source), batch.dates])
                try await batch.note(.file, source, became: copy)
            } else if let folder = try row.intOrNil(2) {
                try await make(
                    source, in: folder, name: try row.text(3), size: try row.int(4), batch)
            } else {
                try await batch.complain(.file, source, "The folder that it is in was not copied.")
            }
        }
        return rows.count < CopyBatch.size ? nil : try rows.last?.int(0)
    }

    /// A copy that has the name already gives way; any other file keeps it, and the new one gets a number.
    private func make(
        _ source: Int64, in folder: Int64, name: String, size: Int64, _ batch: CopyBatch
    ) async throws {
        try await batch.transaction.query(FileQueries.holdFolder, [batch.tenant, .int(folder)])
        let numbered = FileName(name).map { name in (1...100).map { name.numbered($0).text } } ?? []
        let taken = try await batch.transaction.query(
            Self.taken,
            [batch.tenant, .int(batch.target), .int(folder), .textArray([name] + numbered)])
        var names: Set<String> = []
        var replaced: (id: Int64, size: Int64)?
        for row in taken {
            if try row.text(1) == name, try row.bool(3) {
                replaced = (try row.int(0), try row.int(2))
            } else {
                names.insert(try row.text(1))
            }
        }
        guard let free = ([name] + numbered).first(where: { !names.contains($0) }) else {
            return try await batch.complain(.file, source, "The folder has too many files of that name.")
        }
        let usage = ContentUsage(
            transaction: batch.transaction, institution: batch.institution, settings: settings)
        let isAllowed = try await usage.mayCharge(size - (replaced?.size ?? 0), .course(batch.target))
        guard isAllowed else {
            return try await batch.complain(
                .file, source, "\(name) is larger than what the quota leaves.", isError: true)
        }
        if let replaced {
            try await batch.transaction.query(
                FileQueries.delete, [batch.tenant, .int(replaced.id), .int(nil)])
        }
        let made = try await batch.transaction.query(
            Self.insert,
            [
                batch.tenant, .int(source), .int(folder), .int(batch.target), .int(batch.user), .text(free),
                batch.dates,
            ])
        guard let copy = try made.first?.int(0) else { return }
        if let replaced {
            try await batch.transaction.query(
                FileQueries.replaced, [batch.tenant, .int(replaced.id), .int(copy)])
        }
        try await batch.note(.file, source, became: copy)
    }

    /// Files, the copy that is there, the folder's copy, name and size.
    ///
    /// $1 institution, $2 source, $3 target, $4 after, $5 files or null, $6 count.
    private static let list: Statement = """
        SELECT f.id, t.id, d.id, f.display_name, f.size FROM files f
        LEFT JOIN content_copies m
            ON m.institution_id = $1 AND m.course_id = $3 AND m.kind = 'file' AND m.source_id = f.id
        LEFT JOIN files t
            ON t.institution_id = $1 AND t.course_id = $3 AND t.id = m.copy_id AND t.workflow_state = 'available'
        LEFT JOIN content_copies o
            ON o.institution_id = $1 AND o.course_id = $3 AND o.kind = 'folder' AND o.source_id = f.folder_id
        LEFT JOIN folders d
            ON d.institution_id = $1 AND d.course_id = $3 AND d.id = o.copy_id AND d.workflow_state <> 'deleted'
        WHERE f.institution_id = $1 AND f.course_id = $2 AND f.id > $4 AND f.workflow_state = 'available'
            AND f.scan_state <> 'infected' AND ($5::bigint[] IS NULL OR f.id = ANY ($5))
        ORDER BY f.id LIMIT $6
        """

    /// Names that are taken, and whether by a copy.
    ///
    /// $1 institution, $2 target, $3 folder, $4 names.
    private static let taken: Statement = """
        SELECT f.id, f.display_name, f.size, EXISTS (
            SELECT 1 FROM content_copies m
            WHERE m.institution_id = $1 AND m.course_id = $2 AND m.kind = 'file' AND m.copy_id = f.id
                AND NOT EXISTS (
                    SELECT 1 FROM files s
                    WHERE s.institution_id = $1 AND s.id = m.source_id AND s.workflow_state = 'available'))
        FROM files f
        WHERE f.institution_id = $1 AND f.folder_id = $3 AND f.display_name = ANY ($4)
            AND f.workflow_state <> 'deleted'
        """

    /// What a scan has found holds for the copy, too: the content is the same.
    ///
    /// $1 institution, $2 file, $3 folder, $4 course, $5 owner, $6 name, $7 dates.
    private static let insert: Statement = """
        INSERT INTO files (institution_id, uuid, folder_id, course_id, owner_id, display_name, filename, content_type,
            size, sha256, scan_state, hidden, locked, unlock_at, lock_at)
        SELECT $1, gen_random_uuid(), $3, $4, $5, $6, f.filename, f.content_type, f.size, f.sha256, f.scan_state,
            f.hidden, f.locked, copied_date(f.unlock_at, $7), copied_date(f.lock_at, $7)
        FROM files f WHERE f.institution_id = $1 AND f.id = $2 RETURNING id
        """

    /// $1 institution, $2 copy, $3 file, $4 dates.
    private static let update: Statement = """
        UPDATE files t SET hidden = f.hidden, locked = f.locked, unlock_at = copied_date(f.unlock_at, $4),
            lock_at = copied_date(f.lock_at, $4), updated_at = now()
        FROM files f WHERE t.institution_id = $1 AND t.id = $2 AND f.institution_id = $1 AND f.id = $3
        """
}
