import JSON
import JobQueue
import Postgres
import Tenancy

/// One attempt at a copy: goes on where the last one ended.
///
/// Confined to the worker's loop.
struct CourseCopyRun {
    let run: JobRun
    let id: Int64
    let parts: [any CopyPart]

    private var tenant: PostgresValue { .int(run.institution.rawValue) }

    /// A later attempt has the copy.
    private struct Overtaken: Error {}

    /// Does it.
    ///
    /// - Returns: The job's outcome.
    /// - Throws: What is worth another attempt; what is not, as a permanent failure.
    func perform() async throws -> JobOutcome {
        guard let begun = try await begin() else { return .completed }
        try await checkRights(begun.migration)
        do {
            let selection = try await widen(begun.migration)
            for (step, part) in parts.enumerated().dropFirst(begun.step) {
                var after: Int64? = step == begun.step ? begun.after : 0
                while let from = after {
                    try run.check()
                    run.report(completion: Double(step * 100 / max(parts.count, 1)), message: part.title)
                    after = try await batch(step, part, from, begun.migration, selection)
                }
            }
        } catch is Overtaken {
            return .completed
        }
        let counts = try await counts(begun.migration)
        return .completed(results: counts) { transaction in
            try await transaction.query(
                ContentMigrationQueries.finish, [tenant, .int(id), .int(run.fence)])
        }
    }

    private func begin() async throws -> (migration: ContentMigration, step: Int, after: Int64)? {
        try await run.pool.transaction(tenant: run.institution) { transaction in
            let begun = try await transaction.query(
                ContentMigrationQueries.begin, [tenant, .int(id), .int(run.fence)])
            let found = try await transaction.query(ContentMigrationQueries.read, [tenant, .int(id)])
            guard let row = begun.first, let migration = try found.first.map(ContentMigration.init) else {
                return nil
            }
            return (migration, Int(try row.int(0)), try row.int(1))
        }
    }

    /// Who has asked for it may have lost their say since.
    private func checkRights(_ migration: ContentMigration) async throws {
        let pairs = [migration.source, migration.target].map {
            CourseAccess.Pair(course: $0, user: migration.user)
        }
        let roles = try await CourseAccess(pool: run.pool).roles(of: pairs, in: run.institution)
        guard pairs.allSatisfy({ roles[$0] == .staff }) else {
            throw JobFailure(
                "forbidden", isPermanent: true, "who has asked for it is no more staff of both courses")
        }
    }

    private func widen(_ migration: ContentMigration) async throws -> CopySelection {
        let asked = CopySelection(migration.options.selected)
        guard !asked.isWhole else { return asked }
        return try await run.pool.transaction(tenant: run.institution) { transaction in
            var selection = asked
            // Backwards: modules ask for pages and files, files for folders.
            for part in parts.reversed() {
                let batch = CopyBatch(of: migration, run.institution, selection, transaction)
                try await part.widen(&selection, in: batch)
            }
            return selection
        }
    }

    private func batch(
        _ step: Int, _ part: any CopyPart, _ after: Int64, _ migration: ContentMigration,
        _ selection: CopySelection
    ) async throws -> Int64? {
        try await run.pool.transaction(tenant: run.institution) { transaction in
            try await transaction.query(ContentQueries.lockCourse, [tenant, .int(migration.target)])
            let held = try await transaction.query(
                ContentMigrationQueries.hold, [tenant, .int(id), .int(run.fence)])
            guard !held.isEmpty else { throw Overtaken() }
            let batch = CopyBatch(of: migration, run.institution, selection, transaction)
            let end = try await part.copy(after: after, in: batch)
            try await transaction.query(
                ContentMigrationQueries.advance,
                [tenant, .int(id), .int(Int64(end == nil ? step + 1 : step)), .int(end ?? 0)])
            return end
        }
    }

    private func counts(_ migration: ContentMigration) async throws -> RawJSON {
        let rows = try await run.pool.query(
            ContentMigrationQueries.counts, [tenant, .int(migration.target), .int(id)],
            tenant: run.institution)
        let counted = try rows.map { (try $0.text(0), try $0.int(1)) }
        return RawJSON { json in
            json.object { json in
                json.object("copied") { json in
                    for (kind, count) in counted { json.member(kind, count) }
                }
            }
        }
    }
}
