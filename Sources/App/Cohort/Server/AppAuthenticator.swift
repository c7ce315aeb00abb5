import LiveHub
import LiveProtocol
import Postgres
import Tenancy
import WebServer

/// Turns the tokens of an operator's own apps into callers, who reach plain channels and nothing else.
struct AppAuthenticator: LiveAuthenticator {
    let tokens: AppTokens
    /// Whose plain channels they are.
    let institution: TenantID

    func caller(token: String) async throws(LiveAuthenticationError) -> LiveCaller {
        let claims = try await verify(token)
        // Who may hear one channel may not for that reason connect.
        guard claims.channel == nil else { throw .invalid }
        // No user: nothing of an institution's own asks for less.
        return LiveCaller(
            institution: institution, user: nil, subject: claims.subject, name: "", roles: [],
            expiresAt: claims.expiresAt, app: AppCredential(info: claims.info, channels: claims.channels))
    }

    func ticket(
        token: String, of caller: LiveCaller, to channel: String
    ) async throws(LiveAuthenticationError) -> SubscriptionTicket {
        let claims = try await verify(token)
        guard claims.channel == channel, claims.subject == caller.subject else { throw .invalid }
        return SubscriptionTicket(expiresAt: claims.expiresAt, info: claims.info)
    }

    private func verify(_ token: String) async throws(LiveAuthenticationError) -> AppClaims {
        do throws(LiveTokenError) {
            return try await tokens.verify(token, at: WallClock.milliseconds)
        } catch {
            if error == .expired { throw .expired }
            throw .invalid
        }
    }

    /// Nobody signs in to a server of plain channels; one with people has its own authenticator before this one.
    func caller(principal: Principal) -> LiveCaller {
        LiveCaller(institution: institution, user: nil, subject: "", name: "", roles: [])
    }

    func areCurrent(_ callers: [LiveCaller], pool: PostgresPool) async -> [Bool]? {
        callers.map { _ in true }
    }
}
