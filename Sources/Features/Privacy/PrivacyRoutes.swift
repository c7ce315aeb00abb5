import Tenancy
package import WebServer

/// Every way into this feature over HTTP.
package enum PrivacyRoutes {
    private static let account = "/api/v1/accounts/:account_id"
    private static let person = "/api/v1/users/:user_id/data_exports"

    /// The routes; they need a `JobQueue` with ``PrivacyJobs`` and `ContentServices` on every loop.
    package static let all: [Route] = [
        .account("GET \(account)/reports", ReportRoutes.listKinds),
        .account("GET \(account)/reports/:report", ReportRoutes.list),
        .account("POST \(account)/reports/:report", ReportRoutes.create),
        .account("GET \(account)/reports/:report/:id", ReportRoutes.show),
        .account("DELETE \(account)/reports/:report/:id", ReportRoutes.delete),
        .user("GET \(person)", ReportRoutes.listOfPerson),
        .user("POST \(person)", ReportRoutes.createOfPerson),
        .user("GET \(person)/:id", ReportRoutes.showOfPerson),
        .user("DELETE \(person)/:id", ReportRoutes.deleteOfPerson),
        .account("GET \(account)/erasures", ErasureRoutes.list),
        .account("POST \(account)/erasures", ErasureRoutes.create),
        .account("GET \(account)/erasures/:id", ErasureRoutes.show),
        .account("POST \(account)/erasures/:id/confirm", ErasureRoutes.confirm),
        .account("GET \(account)/retention", RetentionRoutes.show),
        .account("PUT \(account)/retention", RetentionRoutes.update),
    ]
}
