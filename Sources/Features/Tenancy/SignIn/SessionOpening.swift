import HTTPTypes
import JSON
import Postgres
import WebServer

/// Opens sessions and ends those that they replace, each with its line in the audit log.
struct SessionOpening {
    let request: WebRequest
    let context: WebContext

    /// Opens a session under a new secret, and ends the one that the request came with.
    ///
    /// A secret is kept nowhere, so a repetition with the same `Idempotency-Key` cannot have the first session: it gets another
    /// one, which takes the first one's place, and there is never more than one.
    ///
    /// - Parameters:
    ///   - user: Whose.
    ///   - institution: Where.
    ///   - way: How the user has shown who they are, for the log: `password`, `change`, `oidc`.
    ///   - method: What the session remembers of that.
    /// - Returns: The session, and whether it took the place of one that the same request had opened.
    /// - Throws: What the database throws.
    func open(
        user: Int64, in institution: InstitutionID, by way: String, method: SessionPlace.Method = .password
    ) async throws -> (SessionStore.Opened, isReplay: Bool) {
        let new = NewSession(user: user, in: institution, at: SessionPlace(request, method: method))
        let origin = AuditOrigin(request, actor: user)
        let services = context.service(TenancyServices.self)
        let repetition = try IdempotencyKey(request, services.repetitions)
            .map { Repetition(of: user, in: institution, $0) }
        let (opened, isReplay) = try await context.pool.transaction(
            tenant: institution, options: origin.options
        ) {
            let first = try await repetition?.begin($0)
            if let first { try await close(first, of: user, in: institution, origin, $0) }
            let opened = try new.opened(try await $0.query(new.statement, new.values))
            try await repetition?.note(Self.noted(opened.session), $0)
            try await AuditLog.record(
                AuditEvent(
                    .signInSucceeded, by: origin, subject: user,
                    details: ["method": .word(way), "session_id": .number(opened.session)]),
                in: institution, $0)
            return (opened, first != nil)
        }
        if isReplay { services.didRevoke(of: user, in: institution) }
        try await closePrevious(because: "replaced")
        return (opened, isReplay)
    }

    /// What is kept of a session for a repetition: its id.
    private static func noted(_ session: Int64) -> WebResponse {
        .json(status: .created) { $0.object { $0.member("session_id", session) } }
    }

    /// Ends the session that a repetition finds noted.
    private func close(
        _ noted: WebResponse, of user: Int64, in institution: InstitutionID, _ origin: AuditOrigin,
        _ transaction: PostgresTransaction
    ) async throws {
        guard case .bytes(let bytes) = noted.body,
            let session = (try? JSONReader.read(bytes))?["session_id"]?.int.map(Int64.init)
        else { return }
        let event = AuditEvent(
            .signOut, by: origin, subject: user,
            details: ["reason": .word("replaced"), "session_id": .number(session)])
        try await transaction.query([
            (SessionQueries.close, [.int(institution.rawValue), .int(session)]),
            (event.statement, event.values(institution)),
        ])
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
