import JSON
import JobQueue
import Postgres
import Tenancy

/// Puts back the states that an import has changed; what it made is removed.
///
/// A state that somebody has changed since is put back too. Each batch is a transaction; done again, it changes nothing.
struct SISRestore {
    private static let batchSize: Int64 = 1000

    let run: JobRun
    let importID: Int64
    let wish: RestoreWish

    private var tenant: PostgresValue { .int(run.institution.rawValue) }

    func run() async throws -> JobOutcome {
        let rows = try await run.pool.query(
            SISJobQueries.beginRestoring, [tenant, .int(importID), .int(run.id), .int(run.fence)],
            tenant: run.institution)
        guard let attempt = try rows.first?.int(0) else { return .completed }
        let hold = ImportHold(
            institution: run.institution, importID: importID, job: run.id, attempt: attempt, pool: run.pool)
        // What comes back, from what others stand on; then what goes, from what stands on others.
        let phases = RestoreTable.all.map { ($0, false) } + RestoreTable.all.reversed().map { ($0, true) }
        for (place, (table, removes)) in phases.enumerated() {
            var after: (Int64, Int64)? = (0, 0)
            while let from = after {
                try run.check()
                after = try await restore(table, removes: removes, after: from, hold)
            }
            run.report(completion: 100 * Double(place + 1) / Double(phases.count))
        }
        let state: SISImport.State = wish.isWhole ? .restored : .partiallyRestored
        return .completed { transaction in
            guard (try? await hold.take(transaction)) != nil else { return }
            let left = try await hold.query(transaction, RestoreTable.leftovers)
            let isWhole = try left.first?.int(0) == 0
            let told = isWhole || !wish.isWhole ? state : .partiallyRestored
            try await hold.query(transaction, SISJobQueries.end, [.text(told.rawValue)])
        }
    }

    /// Puts a batch back; gives where the next begins, `nil` at the end.
    private func restore(
        _ table: RestoreTable, removes: Bool, after: (Int64, Int64), _ hold: ImportHold
    ) async throws -> (Int64, Int64)? {
        var next: (Int64, Int64)?
        try await hold.transaction { transaction, _ in
            let rows = try await hold.query(
                transaction, RestoreTable.changes,
                [
                    .text(table.className), .bool(removes), .int(after.0), .int(after.1),
                    .bool(wish.isCleanupOnly),
                    .bool(wish.undeletesOnly), .bool(wish.unconcludesOnly), .int(SISRestore.batchSize),
                ])
            guard let last = rows.last else { return }
            next = (try last.int(0), try last.int(1))
            var (ids, others, states): ([Int64], [Int64], [String]) = ([], [], [])
            for row in rows {
                ids.append(try row.int(0))
                others.append(try row.int(1))
                states.append(try row.text(2))
            }
            try await table.write(ids, others, states, tenant, transaction)
        }
        return next
    }
}
