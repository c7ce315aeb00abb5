import EventLoop
import HTTP
import HTTPTypes
import JSON
import Postgres
import WebServer

/// Where apps give codes and refresh tokens for access tokens, and give these back (RFC 6749 §3.2, as Canvas has it).
enum TokenEndpoint {
    private static let path = "/login/oauth2/token"
    private static let bodyLimit = 16_384

    /// The routes; they are no part of the REST surface.
    static let all: [Route] = [
        Route(.post, path, access: .anyone, bodyLimit: bodyLimit, create),
        Route(.delete, path, access: .signedIn, delete),
        Route(.get, "/.well-known/oauth-authorization-server", access: .anyone, describe),
    ]

    /// `POST /login/oauth2/token`.
    ///
    /// What does not end with a token is charged to the address, as sign-ins are.
    static func create(_ request: WebRequest, _ context: WebContext) async throws -> WebResponse {
        let services = context.service(TenancyServices.self)
        let (address, now) = (request.remote, context.loop.now)
        if let wait = services.admitClient(address: address, at: now) {
            throw WebError.tooManyRequests(after: wait)
        }
        let isBasic = request.headers[.authorization] != nil
        do {
            let response = try await answer(request, context)
            services.forgiveClient(address: address, at: context.loop.now)
            return response
        } catch let error as OAuthError {
            return error.response(isBasic: isBasic)
        }
    }

    private static func answer(_ request: WebRequest, _ context: WebContext) async throws -> WebResponse {
        let form = try form(of: request)
        guard !form.hasRepeated else { throw OAuthError.invalidRequest("A parameter comes twice.") }
        let credentials = try ClientCredentials(authorization: request.headers[.authorization], form)
        let (client, found) = try await Clients(request: request, context: context).find(credentials.clientID)
        guard let client, let key = found, key.state == .active else { throw OAuthError.invalidClient }
        switch (key.secretHash, credentials.secret) {
        case (let hash?, let secret?):
            guard ClientSecret.isRight(secret, hash) else { throw OAuthError.invalidClient }
        // What it may not have it need not show.
        case (nil, nil): break
        case (_?, nil), (nil, _?): throw OAuthError.invalidClient
        }
        let grant = TokenGrant(client: client, key: key, request: request, context: context)
        // As Canvas: a code alone says what it is for.
        let type = form["grant_type"] ?? (form["code"] != nil ? "authorization_code" : nil)
        switch type {
        case "authorization_code": return try await grant.exchange(form)
        case "refresh_token": return try await grant.refresh(form)
        case nil: throw OAuthError.invalidRequest("The grant_type is missing.")
        default: throw OAuthError.unsupportedGrantType
        }
    }

    /// The form; JSON and forms in parts will do, too, as for Canvas.
    private static func form(of request: WebRequest) throws -> OAuthForm {
        let type = request.headers[.contentType]?.split(separator: ";").first?.lowercased() ?? ""
        if type == "application/x-www-form-urlencoded" {
            guard let text = String(validating: request.body, as: UTF8.self),
                let form = OAuthForm(parsing: text)
            else { throw OAuthError.invalidRequest("The body is no form.") }
            return form
        }
        let fields: JSONFields
        do {
            fields = try request.fields()
        } catch {
            throw OAuthError.invalidRequest("The body must be a form.")
        }
        return OAuthForm(
            fields.object.members.compactMap { member in
                member.value.string.map { (name: member.name, value: $0) }
            })
    }

    /// `DELETE /login/oauth2/token`: ends the token that asks; with `expire_sessions=1` the user's sessions in browsers, too.
    static func delete(_ request: WebRequest, _ context: WebContext) async throws -> WebResponse {
        let principal = try request.signedIn()
        guard case .bearer(let token) = principal.credential else {
            throw WebError.forbidden("A token is given back by whoever bears it.", code: "token_only")
        }
        var wish = request.queryValue("expire_sessions")
        if wish == nil, !request.body.isEmpty { wish = (try? form(of: request))?["expire_sessions"] }
        let tenant = PostgresValue.int(principal.institution.rawValue)
        var statements: [(Statement, [PostgresValue])] = [
            (SessionQueries.revokeToken, [tenant, .int(token)])
        ]
        if wish == "1" || wish == "true" {
            statements.append((SessionQueries.endAll, [tenant, .int(principal.user), .int(0)]))
        }
        let (origin, ends) = (AuditOrigin(request), statements)
        try await context.pool.transaction(tenant: principal.institution, options: origin.options) {
            let results = try await $0.query(ends)
            guard results.count > 1, !results[1].isEmpty else { return }
            try await AuditLog.record(
                AuditEvent(.sessionRevoked, by: origin, subject: principal.user), in: principal.institution,
                $0)
        }
        if let text = request.bearerToken, let secret = BearerSecret(text) {
            context.service(CredentialCache.self).forget(secret.hash)
        }
        context.service(TenancyServices.self).didRevoke(of: principal.user, in: principal.institution)
        return .json { $0.object { _ in } }
    }

    /// `GET /.well-known/oauth-authorization-server` (RFC 8414), for the host that was asked.
    static func describe(_ request: WebRequest, _ context: WebContext) async throws -> WebResponse {
        let issuer = request.base
        return .json { json in
            json.object { json in
                json.member("issuer", issuer)
                json.member("authorization_endpoint", "\(issuer)/login/oauth2/auth")
                json.member("token_endpoint", "\(issuer)\(path)")
                func list(_ name: String, _ values: String...) {
                    json.array(name, of: values) { $0.string($1) }
                }
                list("response_types_supported", "code")
                list("response_modes_supported", "query")
                list("grant_types_supported", "authorization_code", "refresh_token")
                list(
                    "token_endpoint_auth_methods_supported", "client_secret_basic", "client_secret_post",
                    "none")
                list("code_challenge_methods_supported", "S256")
            }
        }
    }
}
