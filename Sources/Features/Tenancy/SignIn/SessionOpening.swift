import Postgres
import WebServer

/// Opens sessions and ends those that they replace, each with its line in the audit log.
struct SessionOpening {
    let request: WebRequest
    let context: WebContext

    /// Opens a session under a new secret, and ends the one that the request came with.
    ///
    /// - Parameters:
    ///   - user: Whose.
    ///   - institution: Where.
    ///   - way: How the user has shown who they are, for the log: `password`, `change`, `oidc`.
    ///   - method: What the session remembers of that.
    /// - Returns: The session.
    /// - Throws: What the database throws.
    func open(
        user: Int64, in institution: InstitutionID, by way: String, method: SessionPlace.Method = .password
    ) async throws -> SessionStore.Opened {
        let new = NewSession(user: user, in: institution, at: SessionPlace(request, method: method))
        let origin = AuditOrigin(request, actor: user)
        let opened = try await context.pool.transaction(tenant: institution, options: origin.options) {
            let opened = try new.opened(try await $0.query(new.statement, new.values))
            try await AuditLog.record(
                AuditEvent(
                    .signInSucceeded, by: origin, subject: user,
                    details: ["method": .word(way), "session_id": .number(opened.session)]),
                in: institution, $0)
            return opened
        }
        try await closePrevious(because: "replaced")
        return opened
    }

    /// Ends the session that the request came with; harmless without one.
    func closePrevious(because reason: String) async throws {
        guard let secret = SessionCookie.secret(of: request) else { return }
        let store = SessionStore(pool: context.pool)
        let before = try await store.user(ofSession: secret, at: context.nowMilliseconds)
        if let before, case .cookie(let session, _) = before.credential {
            let event = AuditEvent(
                .signOut, by: AuditOrigin(request).with(actor: before.user), subject: before.user,
                details: ["reason": .word(reason), "session_id": .number(session)])
            try await context.pool.transaction(tenant: before.institution) {
                try await $0.query([
                    (SessionQueries.close, [.int(before.institution.rawValue), .int(session)]),
                    (event.statement, event.values(before.institution)),
                ])
            }
            context.service(TenancyServices.self).didRevoke(of: before.user, in: before.institution)
        }
        context.service(CredentialCache.self).forget(secret.hash)
    }
}
