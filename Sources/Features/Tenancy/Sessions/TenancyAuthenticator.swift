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
    package func recall(_ request: WebRequest, _ context: WebContext) -> KnownCaller? {
        let isCookie = request.headers[.authorization] == nil
        let (now, authority) = (context.loop.now, request.authority)
        guard
            let secret = isCookie
                ? SessionCookie.secret(of: request) : request.bearerToken.flatMap({ BearerSecret($0) }),
            let cache = context.find(CredentialCache.self), let hosts = context.find(InstitutionHosts.self)
        else { return nil }
        let hash = secret.hash
        guard let known = cache.entry(hash, in: secret.institution, at: now),
            Self.isCookie(known.principal) == isCookie,
            let home = hosts.recall(authority, context.pool),
            home ?? known.principal.institution == known.principal.institution
        else { return nil }
        if cache.takeRenewal(hash, at: now) { renew(secret, isCookie: isCookie, context) }
        let read = hosts.readAt
        return KnownCaller(principal: known.principal) { now in
            // Neither was looked up again: nothing can be otherwise than it was.
            !cache.isDue(hash, at: now)
                && cache.entry(hash, in: secret.institution, at: now)?.until == known.until
                && hosts.readAt == read && !hosts.isDue(at: now)
        }
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
        let asked = context.loop.now
        if let known = cache.principal(hash, in: secret.institution, at: asked),
            Self.isCookie(known) == isCookie
        {
            if cache.takeRenewal(hash, at: asked) { renew(secret, isCookie: isCookie, context) }
            return known
        }
        return try await ask(secret, isCookie: isCookie, context)
    }

    /// Asks anew while the caller, and all others with the same secret, go on with what is known: nobody waits for it.
    private func renew(_ secret: BearerSecret, isCookie: Bool, _ context: WebContext) {
        context.loop.run { _ = try? await self.ask(secret, isCookie: isCookie, context) }
    }

    /// Asks the database, and remembers what it says.
    private func ask(_ secret: BearerSecret, isCookie: Bool, _ context: WebContext) async throws -> Principal?
    {
        let cache = context.service(CredentialCache.self)
        let hash = secret.hash
        // The instant before the question: what the database says may be as old as this, and no older.
        let (asked, mark) = (context.loop.now, cache.mark)
        let store = SessionStore(pool: context.pool)
        let now = context.nowMilliseconds
        let found =
            isCookie
            ? try await store.user(ofSession: secret, at: now)
            : try await store.user(ofToken: secret, at: now)
        if let found { cache.note(found, hash, at: asked, mark: mark) } else { cache.forget(hash) }
        return found
    }

    private static func isCookie(_ principal: Principal) -> Bool {
        if case .cookie = principal.credential { true } else { false }
    }
}
