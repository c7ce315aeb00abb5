package import JobQueue
package import Postgres
package import WebServer

/// Answers of requests that something in the background carries on.
extension Call {
    /// Where a progress can be asked for, as the client reached us.
    package func progressURL(_ id: Int64) -> String {
        "\(request.base)/api/v1/progress/\(id)"
    }

    /// A progress in Canvas's shape.
    package func answer(_ progress: Progress) -> WebResponse {
        .json(progress.json(url: progressURL(progress.id)) { ISO8601.text(milliseconds: $0) })
    }

    /// The progress of a job that this transaction has just asked for.
    ///
    /// - Throws: 404 for a job without one; or what the database throws.
    package func answer(_ job: EnqueuedJob, _ transaction: PostgresTransaction) async throws -> WebResponse {
        guard let id = job.progress, let found = try await transaction.progress(id, in: institution) else {
            throw WebError.notFound
        }
        return answer(found)
    }
}
