import Content
import EventLoop
import JSON
import JobQueue
import Postgres
import Tenancy

/// Erases a user: every declared table, their files, the exports that hold them, then their name and their person.
///
/// Every batch is a transaction of its own that does no harm when it is done again, so an attempt begins at the beginning and
/// finds most of it done. The user's row is last: as long as anything is left, the erasure is not completed.
struct ErasureJob: JobKind {
    static let kindName = "privacy.erasure"

    let name = ErasureJob.kindName
    let policy = JobPolicy(
        lane: 2, attempts: 20, backoff: Backoff(base: .seconds(5), limit: .seconds(3600)),
        timeLimit: .seconds(3600), cap: 4)
    let tables: [TableDeclaration]
    let place: ExportPlace?

    /// A job for an erasure.
    static func request(_ erasure: Int64, progress: ProgressRequest) throws(JobRequestError) -> JobRequest {
        let payload = RawJSON { json in json.object { $0.member("erasure", erasure) } }
        return try JobRequest(kind: kindName, payload: payload, progress: progress)
    }

    func run(_ run: JobRun) async throws -> JobOutcome {
        let id = try JSONFields(try JSONReader.read(run.payload.bytes)).id("erasure")
        let tenant = PostgresValue.int(run.institution.rawValue)
        let found = try await run.pool.query(
            ErasureQueries.subject, [tenant, .int(id)], tenant: run.institution)
        guard let row = found.first else { return .completed }
        let user = try row.int(0)
        try await sweep(.user(user), run)
        // The row that tells who the others are about comes last.
        let statements = tables.filter { $0.table != "users" }.compactMap(\.erasing)
        for (number, statement) in statements.enumerated() {
            try await repeatedly(statement, [tenant, .int(user)], run)
            run.report(completion: 10 + 85 * Double(number) / Double(statements.count))
        }
        try await repeatedly(ErasureQueries.blindAudit, [tenant, .int(user)], run)
        for statement in ErasureQueries.recall {
            try await run.pool.query(statement, [tenant, .int(user)], tenant: run.institution)
        }
        try await sweep(.expired, run)
        return .completed { transaction in
            for statement in tables.filter({ $0.table == "users" }).compactMap(\.erasing) {
                try await transaction.query(statement, [tenant, .int(user), .int(TableDeclaration.mostRows)])
            }
            try await transaction.query(ErasureQueries.detach, [tenant, .int(user)])
            // What was made since: a report that ends later notices that somebody was erased.
            try await transaction.query(ReportQueries.lock, [tenant])
            for statement in ErasureQueries.recall {
                try await transaction.query(statement, [tenant, .int(user)])
            }
            let ended = try await transaction.query(ErasureQueries.complete, [tenant, .int(id)])
            guard !ended.isEmpty else { return }
            try await AuditLog.record(
                AuditEvent(.erasureCompleted, by: .system, subject: user), in: run.institution, transaction)
        }
    }

    private func sweep(_ target: ContentSweep.Target, _ run: JobRun) async throws {
        let sweep = ContentSweep(pool: run.pool, storage: place?.storage, institution: run.institution)
        while true {
            try run.check()
            do {
                guard try await sweep.run(target).isPartial else { return }
            } catch let error as StorageError {
                throw JobFailure("storage", "\(error)")
            }
        }
    }

    /// Repeats a statement until it changes nothing.
    private func repeatedly(
        _ statement: Statement, _ values: [PostgresValue], _ run: JobRun
    ) async throws {
        while true {
            try run.check()
            let rows = try await run.pool.query(
                statement, values + [.int(TableDeclaration.mostRows)], tenant: run.institution)
            // Some statements take fewer at a time: what found nothing is done.
            if try TableDeclaration.erased(rows) == 0 { return }
        }
    }
}
