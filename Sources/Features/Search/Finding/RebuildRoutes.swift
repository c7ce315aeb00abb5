import JSON
import JobQueue
import Postgres
import Tenancy
import WebServer

/// The index, for those who administer the institution.
enum RebuildRoutes {
    /// `POST /api/v1/accounts/:account_id/search/rebuild`: builds the institution's index anew while the old one serves.
    ///
    /// One at a time: while one waits or runs, that one is answered with.
    static func create(_ call: Call, _ account: Account) async throws -> WebResponse {
        // The index is the institution's.
        guard account.isRoot else { throw WebError.forbidden }
        guard call.context.service(SearchServices.self).index != nil else { throw SearchServices.unavailable }
        let request = try JobRequest(
            kind: SearchRebuildJob.kind, payload: .emptyObject, uniqueKey: SearchRebuildJob.key,
            progress: ProgressRequest(
                contextType: "Account", contextID: account.id, user: call.principal.user,
                tag: "search_rebuild"))
        let queue = call.context.service(JobQueue.self)
        return try await call.commit { transaction in
            let job = try await transaction.enqueue([request], to: queue)[0]
            guard let id = job.progress,
                let progress = try await transaction.progress(id, in: call.institution)
            else { throw WebError.unavailable() }
            let request = call.request
            let url = "\(request.base)/api/v1/progress/\(id)"
            return .json(progress.json(url: url) { ISO8601.text(milliseconds: $0) })
        }
    }
}
