import Postgres
import WebServer

/// Finds the app that a request names.
struct Clients {
    let request: WebRequest
    let context: WebContext

    /// Whom a `client_id` names, and its key; under an institution's own host name none of another's.
    func find(_ text: String?) async throws(PostgresError) -> (ClientID?, DeveloperKey?) {
        let home = try await context.service(InstitutionHosts.self)
            .institution(of: request.authority, context.pool)
        guard let client = text.flatMap({ ClientID($0, home: home) }) else { return (nil, nil) }
        let rows = try await context.pool.query(
            DeveloperKeyQueries.find, [.int(client.institution.rawValue), .int(client.key)],
            tenant: client.institution)
        return (client, try rows.first.map(DeveloperKey.init))
    }
}
