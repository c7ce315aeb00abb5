package import WebServer

/// Turns credentials into a caller.
package protocol LiveAuthenticator: Sendable {
    /// Reads a connection token; on a loop.
    ///
    /// - Throws: ``LiveAuthenticationError``.
    func caller(token: String) async throws(LiveAuthenticationError) -> LiveCaller

    /// The caller that a session cookie stands for.
    func caller(principal: Principal) -> LiveCaller
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
