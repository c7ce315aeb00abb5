import HTTPTypes
import JSON
import Postgres
import WebServer

/// Gives an app that has shown who it is its tokens.
///
/// Confined to the loop of its request.
struct TokenGrant {
    /// Seconds that an access token lasts, as Canvas's.
    static let lifetimeSeconds: Int64 = 3600
    /// Tokens of one user and one app: one for each device; the oldest go.
    static let mostOfApp: Int64 = 20

    let client: ClientID
    let key: DeveloperKey
    let request: WebRequest
    let context: WebContext

    private var institution: InstitutionID { client.institution }
    private var tenant: PostgresValue { .int(client.institution.rawValue) }

    /// What was given.
    private struct Given: Sendable {
        let user: Int64
        let name: String
        /// `nil` where only who the user is was asked for.
        var access: BearerSecret?
        var refresh: BearerSecret?
        /// The scopes, where they are others than the app named.
        var scopes: [String]?
    }

    /// What a transaction found out; a code that is spoilt stays so, and is committed as such.
    private enum Outcome: Sendable {
        case given(Given)
        case refused
        /// It was used before: what it gave has ended.
        case replayed(user: Int64?)
    }

    // MARK: A code

    /// Gives a code for tokens (RFC 6749 §4.1.3).
    ///
    /// Whoever comes with this app's code has used it up, with whatever else is wrong. A second use ends what the first one
    /// gave: one of the two has stolen it (§4.1.2, §10.5).
    func exchange(_ form: OAuthForm) async throws -> WebResponse {
        guard let text = form["code"] else { throw OAuthError.invalidRequest("The code is missing.") }
        guard let code = BearerSecret(text), code.institution == institution else {
            throw OAuthError.invalidGrant
        }
        let outcome = try await context.pool.transaction(
            tenant: institution, options: AuditOrigin(request).options
        ) { transaction in
            let name: [PostgresValue] = [tenant, .bytes(code.hash), .int(key.id)]
            guard let row = try await transaction.query(GrantQueries.take, name).first else {
                return try await replay(GrantQueries.replayed, name, transaction)
            }
            let taken = try AuthorizationCode(row)
            guard taken.admits(redirectURI: form["redirect_uri"], verifier: form["code_verifier"]),
                let user = try await transaction.query(GrantQueries.name, [tenant, .int(taken.user)]).first
            else { return Outcome.refused }
            return .given(
                try await give(taken, try user.text(0), code, replaces: form["replace_tokens"], transaction))
        }
        return try answer(outcome)
    }

    private func give(
        _ taken: AuthorizationCode, _ name: String, _ code: BearerSecret, replaces: String?,
        _ transaction: PostgresTransaction
    ) async throws -> Given {
        var given = Given(user: taken.user, name: name)
        let scopes = OAuthScopes.clamped(taken.scopes, to: key)
        if scopes?.isEmpty == true { return given }
        let (access, refresh) = (BearerSecret.random(in: institution), BearerSecret.random(in: institution))
        let rows = try await transaction.query(
            GrantQueries.give,
            [
                tenant, .int(taken.user), .bytes(access.hash), .text(taken.purpose ?? key.name),
                .int(Self.lifetimeSeconds), scopes.map { .textArray($0) } ?? .null, .int(key.id),
                .bytes(refresh.hash),
            ])
        guard let token = try rows.first?.int(0) else {
            throw PostgresError.unavailable("the token was not given")
        }
        let most = replaces == "1" || replaces == "true" ? 1 : Self.mostOfApp
        try await transaction.query([
            (GrantQueries.note, [tenant, .bytes(code.hash), .int(token)]),
            (GrantQueries.trim, [tenant, .int(taken.user), .int(key.id), .int(most)]),
        ])
        given.access = access
        given.refresh = refresh
        given.scopes = scopes
        return given
    }

    // MARK: A refresh token

    /// Gives a refresh token for a new access token (RFC 6749 §6); the one before ends.
    ///
    /// As Canvas, an app with a secret keeps its refresh token. A public client gets a new one each time, and the old one's
    /// second use ends both (RFC 9700 §4.14.2).
    func refresh(_ form: OAuthForm) async throws -> WebResponse {
        guard let text = form["refresh_token"] else {
            throw OAuthError.invalidRequest("The refresh_token is missing.")
        }
        guard let old = BearerSecret(text), old.institution == institution else {
            throw OAuthError.invalidGrant
        }
        let wished = form["scope"].map { Set($0.split(separator: " ").map(String.init)) }
        let outcome = try await context.pool.transaction(
            tenant: institution, options: AuditOrigin(request).options
        ) { transaction in
            let found = try await transaction.query(
                GrantQueries.refreshable, [tenant, .bytes(old.hash), .int(key.id)])
            guard let row = found.first else { return Outcome.refused }
            let (token, user) = (try row.int(0), try row.int(1))
            guard try row.bool(4) else {
                return try await replay(
                    TokenQueries.delete, [tenant, .int(user), .int(token)], transaction, of: user)
            }
            let scopes = try row.isNull(3) ? nil : row.textArray(3)
            if let wished, let scopes, !wished.isSubset(of: scopes) {
                throw OAuthError.invalidScope("A scope is beyond what the user has allowed.")
            }
            let access = BearerSecret.random(in: institution)
            let next = key.isPublic ? BearerSecret.random(in: institution) : nil
            try await transaction.query(
                GrantQueries.refresh,
                [
                    tenant, .int(token), .bytes(access.hash), .int(Self.lifetimeSeconds), .bytes(next?.hash),
                ])
            return .given(
                Given(user: user, name: try row.text(2), access: access, refresh: next, scopes: scopes))
        }
        return try answer(outcome)
    }

    // MARK: Parts

    private func replay(
        _ statement: Statement, _ values: [PostgresValue], _ transaction: PostgresTransaction,
        of known: Int64? = nil
    ) async throws -> Outcome {
        guard let row = try await transaction.query(statement, values).first else { return .refused }
        let user = try known ?? row.int(0)
        try await AuditLog.record(
            AuditEvent(
                .appReplayed, by: AuditOrigin(request), subject: user,
                details: ["developer_key_id": .number(key.id)]), in: institution, transaction)
        return .replayed(user: user)
    }

    private func answer(_ outcome: Outcome) throws(OAuthError) -> WebResponse {
        let services = context.service(TenancyServices.self)
        let given: Given
        switch outcome {
        case .refused: throw .invalidGrant
        case .replayed(let user):
            if let user { services.didRevoke(of: user, in: institution) }
            throw .invalidGrant
        case .given(let found): given = found
        }
        // The access token before, and those that were too many, are good for nothing from now on.
        services.didRevoke(of: given.user, in: institution)
        var response = WebResponse.json { json in
            json.object { json in
                json.nullable("access_token", given.access?.text)
                json.member("token_type", "Bearer")
                json.object("user") { json in
                    json.member("id", given.user)
                    json.member("name", given.name)
                }
                guard given.access != nil else { return }
                json.member("refresh_token", given.refresh?.text)
                json.member("expires_in", Self.lifetimeSeconds)
                json.member("scope", given.scopes?.joined(separator: " "))
            }
        }
        response.headers[.cacheControl] = "no-store"
        return response
    }
}
