/// Finds out who a request speaks for.
package protocol Authenticator: Sendable {
    /// Reads the request's cookie or bearer token; called on the loop, before the body has been read.
    ///
    /// - Returns: The user; `nil` when there is no credential, or a cookie that names no session any more.
    /// - Throws: ``WebError/badToken`` for a bearer token that is not good; whatever the database throws.
    func authenticate(_ request: WebRequest, _ context: WebContext) async throws -> Principal?

    /// Whom the request speaks for, where that is known without asking anybody; `nil` leaves it to ``authenticate(_:_:)``.
    func recall(_ request: WebRequest, _ context: WebContext) -> KnownCaller?
}

/// A caller who was looked up a moment ago.
package struct KnownCaller {
    /// Who it is.
    package let principal: Principal
    /// Whether the same credential still speaks for the same user at the same host; on the loop.
    package let holds: (ContinuousClock.Instant) -> Bool

    /// Describes a caller.
    package init(principal: Principal, holds: @escaping (ContinuousClock.Instant) -> Bool) {
        self.principal = principal
        self.holds = holds
    }
}

extension Authenticator {
    package func recall(_ request: WebRequest, _ context: WebContext) -> KnownCaller? { nil }
}

/// An authenticator that knows nobody.
package struct NoAuthenticator: Authenticator {
    package init() {}

    package func authenticate(_ request: WebRequest, _ context: WebContext) async throws -> Principal? { nil }
}
