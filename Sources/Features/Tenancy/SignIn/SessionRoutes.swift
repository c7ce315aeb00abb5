import HTTPTypes
import JSON
import Postgres
import WebServer

/// Signing in, choosing an institution, switching, signing out.
enum SessionRoutes {
    /// `POST /api/v1/session`: login and password, or a ticket and the institution chosen.
    static func create(_ request: WebRequest, _ context: WebContext) async throws -> WebResponse {
        let fields = try request.fields()
        let services = context.service(TenancyServices.self)
        if fields.has("ticket") {
            let text = try fields.string("ticket", max: SignInTicket.longest)
            let institution = InstitutionID(rawValue: try fields.id("institution"))
            guard let ticket = SignInTicket(text, services.ticketKey, at: context.nowMilliseconds) else {
                throw WebError(
                    .unauthorized, code: "invalid_ticket", message: "The choice came too late: sign in again."
                )
            }
            guard ticket.institutions.contains(institution) else { throw WebError.notFound }
            return try await open(
                institution, of: ticket.person, status: .created, by: "password", request, context)
        }
        let login = try fields.string("login", in: 1...255)
        let password = try fields.string("password", in: 1...1024)
        // Under an institution's own name there is nothing to choose, and no other's password counts.
        let home = try await home(request, context)
        let proof = try await SignIn(services: services, context: context)
            .prove(login: login, password: password, request, in: home)
        let memberships = try await Membership.all(of: proof.person, context.pool, for: home)
            .filter { proof.institutions.contains($0.institution.id) }
        guard let only = memberships.first else {
            throw WebError.forbidden("You belong to no institution.", code: "no_institution")
        }
        guard memberships.count == 1 else {
            let ticket = SignInTicket(
                person: proof.person, institutions: proof.institutions, at: context.nowMilliseconds
            ).text(services.ticketKey)
            return choices(memberships, ticket: ticket)
        }
        return try await open(
            only, among: memberships, status: .created, by: "password", request, context)
    }

    /// `GET /api/v1/session`: who is signed in.
    ///
    /// Gives the cookie its 30 days again.
    static func show(_ call: Call) async throws -> WebResponse {
        let (request, context, principal) = (call.request, call.context, call.principal)
        let memberships = try await Membership.all(
            of: principal.person, context.pool, for: principal.institution)
        guard let current = memberships.first(where: { $0.institution.id == principal.institution }) else {
            throw WebError.unauthorized
        }
        let reach = try await reach(of: principal, context)
        let reachable = memberships.filter { reach.contains($0.institution.id) }
        var response = session(current, reachable, csrf: csrf(of: principal))
        if case .cookie = principal.credential, let secret = SessionCookie.secret(of: request) {
            try response.set(SessionCookie.carrying(secret, isSecure: request.isSecure))
        }
        return response
    }

    /// `PUT /api/v1/session`: the same person in another institution, under a new secret.
    static func change(_ call: Call) async throws -> WebResponse {
        let (request, context) = (call.request, call.context)
        let principal = try byCookie(request)
        let institution = InstitutionID(rawValue: try request.fields().id("institution"))
        try await call.requireStanding()
        guard try await !isBound(principal, context) else {
            throw WebError.forbidden(
                "You signed in with an account of this institution: sign in to the other one by itself.",
                code: "session_bound")
        }
        guard try await reach(of: principal, context).contains(institution) else { throw WebError.notFound }
        return try await open(institution, of: principal.person, status: .ok, by: "change", request, context)
    }

    /// `DELETE /api/v1/session`: ends the session everywhere.
    static func delete(_ call: Call) async throws -> WebResponse {
        let (request, context) = (call.request, call.context)
        _ = try byCookie(request)
        try await SessionOpening(request: request, context: context).closePrevious(because: "signed_out")
        var response = WebResponse.noContent
        try response.set(SessionCookie.removal(isSecure: request.isSecure))
        return response
    }

    // MARK: Parts

    private static func open(
        _ institution: InstitutionID, of person: Int64, status: HTTPResponse.Status, by way: String,
        _ request: WebRequest, _ context: WebContext
    ) async throws -> WebResponse {
        // A session opened at another institution's name would be good for nothing there.
        if let home = try await home(request, context), home != institution { throw WebError.notFound }
        let memberships = try await Membership.all(of: person, context.pool, for: institution)
        guard let chosen = memberships.first(where: { $0.institution.id == institution }) else {
            throw WebError.notFound
        }
        let shown = try await shared(with: chosen, of: person, memberships, context)
        return try await open(chosen, among: shown, status: status, by: way, request, context)
    }

    /// Opens a session under a new secret and ends the one that the request came with.
    private static func open(
        _ membership: Membership, among all: [Membership], status: HTTPResponse.Status, by way: String,
        _ request: WebRequest, _ context: WebContext
    ) async throws -> WebResponse {
        let opened = try await SessionOpening(request: request, context: context)
            .open(user: membership.user, in: membership.institution.id, by: way)
        var response = session(membership, all, csrf: opened.csrf, status: status)
        try response.set(SessionCookie.carrying(opened.secret, isSecure: request.isSecure))
        return response
    }

    /// The institution whose name was asked; `nil` for everybody's.
    private static func home(_ request: WebRequest, _ context: WebContext) async throws -> InstitutionID? {
        try await context.service(InstitutionHosts.self).institution(of: request.authority, context.pool)
    }

    /// The memberships that a password in one of them is good for.
    private static func shared(
        with chosen: Membership, of person: Int64, _ all: [Membership], _ context: WebContext
    ) async throws -> [Membership] {
        let reach = try await PasswordReach(pool: context.pool).places(
            of: person, from: chosen.institution.id)
        return all.filter { reach.contains($0.institution.id) }
    }

    /// Where a user's password is good: in the own institution, and in those where it is the very same one.
    private static func reach(of principal: Principal, _ context: WebContext) async throws
        -> Set<InstitutionID>
    {
        guard try await !isBound(principal, context) else { return [principal.institution] }
        return try await PasswordReach(pool: context.pool)
            .places(of: principal.person, from: principal.institution)
    }

    /// Whether a session is good for its institution alone, because that institution's provider opened it.
    private static func isBound(_ principal: Principal, _ context: WebContext) async throws -> Bool {
        guard case .cookie(let session, _) = principal.credential else { return false }
        let rows = try await context.pool.query(
            SessionQueries.method, [.int(principal.institution.rawValue), .int(session)],
            tenant: principal.institution)
        return try rows.first?.text(0) != SessionPlace.Method.password.rawValue
    }

    private static func byCookie(_ request: WebRequest) throws(WebError) -> Principal {
        let principal = try request.signedIn()
        guard case .cookie = principal.credential else {
            throw .forbidden("A token has no session.", code: "no_session")
        }
        return principal
    }

    private static func csrf(of principal: Principal) -> String? {
        if case .cookie(_, let csrf) = principal.credential { csrf } else { nil }
    }

    // MARK: Answers

    private static func choices(_ memberships: [Membership], ticket: String) -> WebResponse {
        .json { json in
            json.object { json in
                json.array("choices", of: memberships) { json, membership in
                    json.object { json in
                        json.object("institution") { json in
                            json.member("id", membership.institution.id.rawValue)
                            json.member("name", membership.institution.name)
                        }
                        roles(membership.roles, &json)
                    }
                }
                json.member("ticket", ticket)
            }
        }
    }

    private static func session(
        _ current: Membership, _ all: [Membership], csrf: String?, status: HTTPResponse.Status = .ok
    ) -> WebResponse {
        .json(status: status) { json in
            json.object { json in
                json.object("user") { json in
                    json.member("id", current.user)
                    json.member("name", current.name)
                    json.member("login", current.login)
                }
                json.object("institution") { json in
                    json.member("id", current.institution.id.rawValue)
                    json.member("name", current.institution.name)
                    json.member("accent", current.institution.accent)
                }
                roles(current.roles, &json)
                json.array("institutions", of: all) { json, membership in
                    json.object { json in
                        json.member("id", membership.institution.id.rawValue)
                        json.member("name", membership.institution.name)
                    }
                }
                if let csrf { json.member("csrf_token", csrf) } else { json.nullMember("csrf_token") }
            }
        }
    }

    private static func roles(_ roles: Set<Role>, _ json: inout JSONWriter) {
        json.array("roles", of: roles.sorted()) { $0.string($1.rawValue) }
    }
}
