import EventLoop
import HTTPTypes
import JSON
import Postgres
import WebServer

/// The browser's way from an app to a person's yes or no, and back (RFC 6749 §4.1, as Canvas has it).
///
/// The page in between (`/login/oauth2/confirm`) is a file; it repeats the app's request word by word, and each step looks at
/// it anew, so that nothing that a browser keeps has to be believed.
enum AuthorizationRoutes {
    private static let page = "/login/oauth2/confirm"
    /// A request that lists every scope there is fits in.
    private static let bodyLimit = 131_072

    /// The routes; they are no part of the REST surface.
    static let all: [Route] = [
        Route(.get, "/login/oauth2/auth", access: .maybeSignedIn, begin),
        Route(.get, "/login/oauth2/request", access: .maybeSignedIn, describe),
        Route(.post, "/login/oauth2/accept", access: .signedIn, bodyLimit: bodyLimit, decide),
    ]

    // MARK: There

    /// `GET /login/oauth2/auth`: where apps send people.
    static func begin(_ request: WebRequest, _ context: WebContext) async throws -> WebResponse {
        let form = OAuthForm(query: request)
        // Where apps without an address are sent back to: the page shows the code, and leaves it out of what servers see.
        if form["client_id"] == nil, form["code"] != nil || form["error"] != nil {
            return .redirect(to: "\(page)#\(form.text)")
        }
        switch try await judge(form, request, context) {
        case .refused(let refusal): return .redirect(to: "\(page)?problem=\(refusal.rawValue)")
        case .returned(let location): return .redirect(to: location)
        case .good(let asked) where asked.isSilent:
            return .redirect(to: try await silently(asked, request, context))
        case .good: return .redirect(to: "\(page)?\(form.text)")
        }
    }

    /// The answer to an app that does not want the person asked.
    ///
    /// A public client is whoever says so: for it the person is always asked (RFC 8252 §8.6).
    private static func silently(
        _ asked: AuthorizationRequest, _ request: WebRequest, _ context: WebContext
    ) async throws -> String {
        guard let user = browser(request), user.institution == asked.client.institution else {
            return asked.location(.loginRequired)
        }
        let rows = try await context.pool.query(
            GrantQueries.standing,
            [
                .int(user.institution.rawValue), .int(user.user), .int(asked.key.id),
                asked.scopes.map { .textArray($0) } ?? .null,
            ], tenant: user.institution)
        guard !asked.key.isPublic, try rows.first?.bool(0) == true else {
            return asked.location(.interactionRequired)
        }
        return try await allow(asked, user, request, context)
    }

    // MARK: The page

    /// `GET /login/oauth2/request`: what the page has to say; takes the app's own query.
    static func describe(_ request: WebRequest, _ context: WebContext) async throws -> WebResponse {
        let asked: AuthorizationRequest
        switch try await judge(OAuthForm(query: request), request, context) {
        case .refused(let refusal): return answer { $0.member("problem", refusal.rawValue) }
        case .returned(let location): return answer { $0.member("location", location) }
        case .good(let good): asked = good
        }
        let user = browser(request)
        return answer { json in
            json.object("app") { json in
                json.member("name", asked.key.name)
                json.nullable("purpose", asked.purpose)
                json.member("place", RedirectURI.place(asked.redirectURI))
                if let scopes = asked.scopes {
                    json.array("scopes", of: scopes) { $0.string($1) }
                } else {
                    json.nullMember("scopes")
                }
            }
            json.object("institution") { json in
                json.member("id", asked.client.institution.rawValue)
                json.member("name", asked.key.institutionName)
            }
            json.member(
                "standing",
                user.map { $0.institution == asked.client.institution ? "here" : "elsewhere" } ?? "signed_out"
            )
        }
    }

    /// `POST /login/oauth2/accept`: the person's answer, `{"query": …, "allow": true}`; gives where to go.
    static func decide(_ request: WebRequest, _ context: WebContext) async throws -> WebResponse {
        let fields = try request.fields()
        let (query, isAllowed) = (try fields.string("query", in: 1...100_000), try fields.bool("allow"))
        guard let user = browser(request) else {
            throw WebError.forbidden("A person answers this, in a browser.", code: "browser_only")
        }
        guard let form = OAuthForm(parsing: query) else {
            throw WebError.badRequest("The query is none.", field: "query")
        }
        switch try await judge(form, request, context) {
        case .refused(let refusal):
            throw WebError.badRequest("The app cannot be let in.", code: refusal.rawValue)
        case .returned(let location): return answer { $0.member("location", location) }
        case .good(let asked):
            guard isAllowed else { return answer { $0.member("location", asked.location(.accessDenied)) } }
            guard user.institution == asked.client.institution else {
                throw WebError.conflict("The app is another institution's.", code: "other_institution")
            }
            let location = try await allow(asked, user, request, context)
            return answer { $0.member("location", location) }
        }
    }

    // MARK: Parts

    /// Whoever is signed in by cookie: a token lets no further apps in.
    private static func browser(_ request: WebRequest) -> Principal? {
        guard let principal = request.principal, case .cookie = principal.credential else { return nil }
        return principal
    }

    private static func judge(
        _ form: OAuthForm, _ request: WebRequest, _ context: WebContext
    ) async throws -> AuthorizationRequest.Verdict {
        let (client, key) = try await Clients(request: request, context: context).find(form["client_id"])
        return AuthorizationRequest.judge(form, client, key)
    }

    /// Makes the code, and says where the person takes it.
    private static func allow(
        _ asked: AuthorizationRequest, _ user: Principal, _ request: WebRequest, _ context: WebContext
    ) async throws -> String {
        let institution = user.institution
        let code = BearerSecret.random(in: institution)
        let origin = AuditOrigin(request, actor: user.user)
        try await context.pool.transaction(tenant: institution, options: origin.options) { transaction in
            try await Standing(user, .standing)?.check(transaction)
            try await transaction.query(
                GrantQueries.issue,
                [
                    .int(institution.rawValue), .bytes(code.hash), .int(asked.key.id), .int(user.user),
                    .text(asked.redirectURI), .text(asked.challenge),
                    asked.scopes.map { .textArray($0) } ?? .null, .text(asked.purpose),
                    .int(AuthorizationCode.lifetimeSeconds),
                ])
            try await AuditLog.record(
                AuditEvent(
                    .appAllowed, by: origin, subject: user.user,
                    details: ["developer_key_id": .number(asked.key.id)]), in: institution, transaction)
        }
        return asked.location(code: code.text)
    }

    private static func answer(_ body: (inout JSONWriter) -> Void) -> WebResponse {
        var response = WebResponse.json { $0.object(body) }
        response.headers[.cacheControl] = "no-store"
        return response
    }
}
