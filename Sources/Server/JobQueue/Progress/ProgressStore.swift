import JSON
package import Postgres

/// Reads progresses, and cancels what they stand for.
///
/// Confined to the pool's loop.
package struct ProgressStore {
    fileprivate static let read: Statement = """
        SELECT id, job_id, context_type, context_id, user_id, tag, workflow_state, completion, message, results,
            created_at, updated_at
        FROM progresses WHERE institution_id = $1 AND id = $2
        """

    private let pool: PostgresPool

    package init(pool: PostgresPool) { self.pool = pool }

    /// The progress of that id; `nil` when the institution has none.
    package func read(_ id: Int64, in institution: TenantID) async throws(PostgresError) -> Progress? {
        let rows = try await pool.query(
            ProgressStore.read, [.int(institution.rawValue), .int(id)], tenant: institution)
        return try rows.only().map { row throws(PostgresError) in try ProgressStore.progress(row) }
    }

    /// Cancels the job behind a progress; see ``PostgresTransaction/cancelProgress(_:in:)``.
    ///
    /// - Returns: The progress as it is then; `nil` when the institution has none. One that is over stays as it is.
    package func cancel(_ id: Int64, in institution: TenantID) async throws -> Progress? {
        try await pool.transaction(tenant: institution) { try await $0.cancelProgress(id, in: institution) }
    }

    fileprivate static func progress(_ row: Row) throws(PostgresError) -> Progress {
        let results = try row.bytesOrNil(9)
        return Progress(
            id: try row.int(0), job: try row.int(1),
            request: ProgressRequest(
                contextType: try row.text(2), contextID: try row.int(3), user: try row.intOrNil(4),
                tag: try row.text(5)),
            workflowState: Progress.WorkflowState(rawValue: try row.text(6)) ?? .failed,
            completion: try row.double(7), message: try row.textOrNil(8),
            // What Postgres gives as jsonb is JSON.
            results: results.flatMap { try? RawJSON(validating: $0) },
            createdAt: try row.timestampMilliseconds(10), updatedAt: try row.timestampMilliseconds(11))
    }
}

extension PostgresTransaction {
    /// The progress of that id; `nil` when this transaction's institution has none.
    package func progress(_ id: Int64, in institution: TenantID) async throws(PostgresError) -> Progress? {
        let rows = try await query(ProgressStore.read, [.int(institution.rawValue), .int(id)])
        return try rows.only().map { row throws(PostgresError) in try ProgressStore.progress(row) }
    }

    /// Cancels the job behind a progress: one that waits at once, one that runs when its handler hears of it.
    ///
    /// - Returns: The progress as it is then; `nil` when the institution has none. One that is over stays as it is.
    /// - Throws: `PostgresError`.
    package func cancelProgress(
        _ id: Int64, in institution: TenantID
    ) async throws(PostgresError) -> Progress? {
        guard let before = try await progress(id, in: institution) else { return nil }
        _ = try await cancelJob(before.job, in: institution)
        return try await progress(id, in: institution)
    }
}
