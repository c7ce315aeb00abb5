import EventLoop
import HTTP
import HTTPTypes
import Postgres
import WebServer

/// The browser's way to another provider and back.
///
/// Whatever goes wrong ends at the sign-in page, with a code for which it has a sentence.
enum OIDCRoutes {
    static let cookie = "cohort_oidc"
    private static let path = "/login/oidc"

    /// The routes; they are no part of the REST surface.
    static let all: [Route] = [
        Route(.get, "/login/oidc/callback", access: .anyone, callback),
        Route(.get, "/login/oidc/:institution", access: .anyone, begin),
    ]

    /// `GET /login/oidc/:institution?return=/path`.
    static func begin(_ request: WebRequest, _ context: WebContext) async throws -> WebResponse {
        let services = context.service(TenancyServices.self)
        do {
            guard let oidc = services.oidc, let id = try? request.id("institution") else {
                throw OIDCProblem.none
            }
            let signIn = OIDCSignIn(services: services, oidc: oidc, request: request, context: context)
            let (url, attempt) = try await signIn.begin(
                InstitutionID(rawValue: id), returnPath: ReturnPath.of(request.queryValue("return")))
            var response = WebResponse.redirect(to: url)
            try response.set(
                SetCookie(
                    name: cookie, value: attempt.sealed(services.seal), path: path,
                    maxAge: Int(SignInAttempt.lifetimeSeconds), isSecure: request.isSecure))
            return response
        } catch let problem as OIDCProblem {
            return back(problem, request)
        }
    }

    /// `GET /login/oidc/callback`.
    static func callback(_ request: WebRequest, _ context: WebContext) async throws -> WebResponse {
        let services = context.service(TenancyServices.self)
        let address = request.remote
        guard let oidc = services.oidc else { return back(.none, request) }
        guard
            let attempt = request.cookie(cookie).flatMap({
                SignInAttempt($0, services.seal, at: context.nowMilliseconds)
            }),
            let state = request.queryValue("state"),
            Digest.isEqual(Array(state.utf8), Array(attempt.state.utf8))
        else { return back(.expired, request) }
        // Failures count, by the address alone: each makes this server ask another one.
        if services.admitCallback(address: address, at: context.loop.now) != nil {
            return back(.unavailable, request)
        }
        do {
            let signIn = OIDCSignIn(services: services, oidc: oidc, request: request, context: context)
            let user = try await signIn.user(attempt)
            services.forgiveCallback(address: address, at: context.loop.now)
            let (opened, _) = try await SessionOpening(request: request, context: context)
                .open(user: user, in: attempt.institution, by: "oidc", method: .oidc)
            var response = WebResponse.redirect(to: attempt.returnPath)
            try response.set(SessionCookie.carrying(opened.secret, isSecure: request.isSecure))
            try response.set(removal(request))
            return response
        } catch let problem as OIDCProblem {
            let event = AuditEvent(
                .signInFailed, by: AuditOrigin(request).with(actor: nil),
                details: ["reason": .word("oidc_\(problem.rawValue)")])
            try await context.pool.query(
                event.statement, event.values(attempt.institution), tenant: attempt.institution)
            return back(problem, request)
        }
    }

    private static func back(_ problem: OIDCProblem, _ request: WebRequest) -> WebResponse {
        var response = WebResponse.redirect(to: "/sign-in?problem=\(problem.rawValue)")
        // It cannot be written only if its name or path were none.
        try? response.set(removal(request))
        return response
    }

    private static func removal(_ request: WebRequest) -> SetCookie {
        SetCookie(name: cookie, value: "", path: path, maxAge: 0, isSecure: request.isSecure)
    }
}
