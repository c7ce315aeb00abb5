import Tenancy
package import WebServer

/// Every way into this feature over HTTP.
package enum RosteringRoutes {
    private static let path = "/api/v1/accounts/:account_id/sis_imports"

    /// The routes; they need a `JobQueue` with ``RosteringJobs/all`` on every loop.
    package static let all: [Route] = [
        .account("GET \(path)", SISImportRoutes.list),
        .account("POST \(path)", bodyLimit: SISUpload.bodyLimit, SISImportRoutes.create),
        .account("GET \(path)/importing", SISImportRoutes.listRunning),
        .account("GET \(path)/:id", SISImportRoutes.show),
        .account("GET \(path)/:id/errors", SISImportRoutes.listMessages),
        .account("PUT \(path)/:id/abort", SISImportRoutes.abort),
        .account("PUT \(path)/abort_all_pending", SISImportRoutes.abortAllPending),
        .account("PUT \(path)/:id/restore_states", SISImportRoutes.restore),
    ]
}
