import JSON
import WebServer

/// Live tokens for whoever is signed in.
enum LiveTokenRoutes {
    /// `POST /api/v1/live_token`: a token for one hour, by cookie or bearer.
    static func create(_ call: Call) async throws -> WebResponse {
        let (context, principal) = (call.context, call.principal)
        try await call.requireStanding()
        let issued = try await context.service(TenancyServices.self).liveTokens.issue(
            user: principal.user, institution: principal.institution, name: principal.name,
            role: Role.leading(of: Role.set(principal.roles)), credential: principal.credential,
            at: context.nowMilliseconds)
        return .json { json in
            json.object { json in
                json.member("token", issued.token)
                json.member("expires_at", ISO8601.text(milliseconds: issued.expiresAt))
            }
        }
    }
}
