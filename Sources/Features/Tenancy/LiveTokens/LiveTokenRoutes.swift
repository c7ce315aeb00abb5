import HTTPTypes
import JSON
import WebServer

/// Live tokens for whoever is signed in.
enum LiveTokenRoutes {
    /// `POST /api/v1/live_token`: a token for one hour, by cookie or bearer.
    ///
    /// A repetition with the same `Idempotency-Key` gets a token of its own: the first one is kept nowhere, and either is as
    /// good.
    static func create(_ call: Call) async throws -> WebResponse {
        let (context, principal) = (call.context, call.principal)
        let noted = try await call.commit { _ in .json { $0.object { _ in } } }
        let issued = try await context.service(TenancyServices.self).liveTokens.issue(
            user: principal.user, institution: principal.institution, name: principal.name,
            role: Role.leading(of: Role.set(principal.roles)), credential: principal.credential,
            at: context.nowMilliseconds)
        var response = WebResponse.json { json in
            json.object { json in
                json.member("token", issued.token)
                json.member("expires_at", ISO8601.text(milliseconds: issued.expiresAt))
            }
        }
        if Call.isReplay(noted) { response.headers[.idempotencyReplayed] = "true" }
        return response
    }
}
