package import LiveHub
package import Postgres
package import WebServer

/// Nobody signs in: callers are made by the tests.
package struct NoTokens: LiveAuthenticator {
    package init() {}

    package func caller(token: String) async throws(LiveAuthenticationError) -> LiveCaller { throw .invalid }

    package func caller(principal: Principal) -> LiveCaller {
        LiveCaller(institution: principal.institution, user: principal.user, subject: "", name: "", roles: [])
    }

    package func areCurrent(_ callers: [LiveCaller], pool: PostgresPool) async -> [Bool]? {
        callers.map { _ in true }
    }
}
