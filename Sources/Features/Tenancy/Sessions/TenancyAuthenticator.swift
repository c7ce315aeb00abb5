import EventLoop
import HTTPTypes
package import WebServer

/// Knows users by `Authorization: Bearer` or by the session cookie; nothing is ever read from the query.
///
/// Needs ``TenancyServices/provide(to:)`` on every loop.
package struct TenancyAuthenticator: Authenticator {
    /// Makes an authenticator; it has no state of its own.
    package init() {}

    package func authenticate(_ request: WebRequest, _ context: WebContext) async throws -> Principal? {
        if request.headers[.authorization] != nil {
            // Whoever sends the header means it: the cookie is not looked at.
            guard let text = request.bearerToken, let secret = BearerSecret(text) else {
                throw WebError.badToken
            }
            guard let user = try await find(secret, isCookie: false, context),
                try await isAtHome(user, request, context)
            else { throw WebError.badToken }
            return user
        }
        guard let secret = SessionCookie.secret(of: request) else { return nil }
        guard let user = try await find(secret, isCookie: true, context),
            try await isAtHome(user, request, context)
        else { return nil }
        return user
    }

    /// Whom a credential speaks for that was looked up a moment ago, at a host whose institution is known.
    package func recall(_ request: WebRequest, _ context: WebContext) -> Principal? {
        let isCookie = request.headers[.authorization] == nil
        guard
            let secret = isCookie
                ? SessionCookie.secret(of: request) : request.bearerToken.flatMap({ BearerSecret($0) }),
            let known = context.find(CredentialCache.self)?.principal(secret.hash, at: context.loop.now),
            Self.isCookie(known) == isCookie,
            let home = context.find(InstitutionHosts.self)?.recall(request.authority, at: context.loop.now),
            home ?? known.institution == known.institution
        else { return nil }
        return known
    }

    /// Whether the host that was asked is the user's institution's, or everybody's.
    private func isAtHome(
        _ user: Principal, _ request: WebRequest, _ context: WebContext
    ) async throws -> Bool {
        let hosts = context.service(InstitutionHosts.self)
        guard let home = try await hosts.institution(of: request.authority, context.pool) else { return true }
        return home == user.institution
    }

    private func find(_ secret: BearerSecret, isCookie: Bool, _ context: WebContext) async throws
        -> Principal?
    {
        let cache = context.service(CredentialCache.self)
        let hash = secret.hash
        // The instant before the question: what the database says may be as old as this, and no older.
        let asked = context.loop.now
        if let known = cache.principal(hash, at: asked), Self.isCookie(known) == isCookie { return known }
        let store = SessionStore(pool: context.pool)
        let now = context.nowMilliseconds
        let found =
            isCookie
            ? try await store.user(ofSession: secret, at: now)
            : try await store.user(ofToken: secret, at: now)
        if let found { cache.note(found, hash, at: asked) }
        return found
    }

    private static func isCookie(_ principal: Principal) -> Bool {
        if case .cookie = principal.credential { true } else { false }
    }
}
