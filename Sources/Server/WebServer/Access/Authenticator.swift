/// Finds out who a request speaks for.
package protocol Authenticator: Sendable {
    /// Reads the request's cookie or bearer token; called on the loop, before the body has been read.
    ///
    /// - Returns: The user; `nil` when there is no credential, or a cookie that names no session any more.
    /// - Throws: ``WebError/badToken`` for a bearer token that is not good; whatever the database throws.
    func authenticate(_ request: WebRequest, _ context: WebContext) async throws -> Principal?

    /// Whom the request speaks for, where that is known without asking anybody; `nil` leaves it to ``authenticate(_:_:)``.
    func recall(_ request: WebRequest, _ context: WebContext) -> Principal?
}

extension Authenticator {
    package func recall(_ request: WebRequest, _ context: WebContext) -> Principal? { nil }
}

/// An authenticator that knows nobody.
package struct NoAuthenticator: Authenticator {
    package init() {}

    package func authenticate(_ request: WebRequest, _ context: WebContext) async throws -> Principal? { nil }
}
