package import Postgres
package import WebServer

/// Turns credentials into a caller.
package protocol LiveAuthenticator: Sendable {
    /// Reads a connection token; on a loop.
    ///
    /// - Throws: ``LiveAuthenticationError``.
    func caller(token: String) async throws(LiveAuthenticationError) -> LiveCaller

    /// The caller that a session cookie stands for.
    func caller(principal: Principal) -> LiveCaller

    /// Which of these callers, in their order, are still who they were; `nil` when that cannot be told now.
    ///
    /// Asked every two seconds for the callers of open sessions: a credential that was withdrawn ends its sessions.
    func areCurrent(_ callers: [LiveCaller], pool: PostgresPool) async -> [Bool]?
}

/// Why a token is no credential.
package enum LiveAuthenticationError: Error {
    /// It was good once; the client should fetch a new one.
    case expired
    /// It never was one of ours, or it was altered.
    case invalid
    /// It cannot be judged now; the client may try again.
    case unavailable
}
