import JSON
import JobQueue
import Tenancy
import WebServer

/// Changing many courses at once.
enum CourseBatchRoutes {
    /// `PUT /api/v1/accounts/:account_id/courses`: gives the progress of it.
    static func update(_ call: Call, _ account: Account) async throws -> WebResponse {
        let batch = try CourseBatch(try call.request.fields())
        let queue = call.context.service(JobQueue.self)
        let request = try CourseBatchJob.request(batch, in: account.id, by: call.principal.user)
        return try await call.commit { transaction in
            let jobs = try await transaction.enqueue([request], to: queue)
            return try await call.answer(jobs[0], transaction)
        }
    }
}
