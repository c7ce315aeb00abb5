import JSON
import Postgres
import WebServer

/// What the sign-in page may know before anybody has signed in.
enum SignInPageRoutes {
    /// `GET /api/v1/sign_in?institution=ID`: the institution whose provider of sign-ins can be used.
    ///
    /// Under an institution's own name that one, whatever is asked for. An institution without such a provider is not told
    /// from one that is not there, so that ids lead to nobody's name who has not published it at their provider.
    static func show(_ request: WebRequest, _ context: WebContext) async throws -> WebResponse {
        let found = try await institution(request, context)
        return .json { json in
            json.object { json in
                guard let found else {
                    json.nullMember("institution")
                    json.nullMember("login_path")
                    return
                }
                json.object("institution") { json in
                    json.member("id", found.id.rawValue)
                    json.member("name", found.name)
                    json.member("accent", found.accent)
                }
                json.member("login_path", "/login/oidc/\(found.id.rawValue)")
            }
        }
    }

    private static func institution(
        _ request: WebRequest, _ context: WebContext
    ) async throws -> Institution? {
        guard context.service(TenancyServices.self).oidc != nil else { return nil }
        let hosts = context.service(InstitutionHosts.self)
        let home = try await hosts.institution(of: request.authority, context.pool)
        let asked = request.queryValue("institution").flatMap(Int64.init).flatMap { $0 > 0 ? $0 : nil }
        guard let id = home ?? asked.map(InstitutionID.init(rawValue:)) else { return nil }
        let rows = try await context.pool.query(OIDCQueries.enabled, [.int(id.rawValue)], tenant: id)
        guard let row = rows.first else { return nil }
        return Institution(id: id, name: try row.text(0), accent: try row.text(1))
    }
}
