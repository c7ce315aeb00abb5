import JSON
import JobQueue
import Tenancy
import WebServer

/// Enrolling many users in many courses at once.
enum BulkEnrollmentRoutes {
    /// `POST /api/v1/accounts/:account_id/bulk_enrollment`: gives the progress of it.
    static func create(_ call: Call, _ account: Account) async throws -> WebResponse {
        let wish = try BulkEnrollment(try call.request.fields())
        let queue = call.context.service(JobQueue.self)
        let request = try BulkEnrollmentJob.request(
            wish, in: account.id, by: call.principal.user)
        return try await call.commit { transaction in
            let jobs = try await transaction.enqueue([request], to: queue)
            return try await call.answer(jobs[0], transaction)
        }
    }
}
