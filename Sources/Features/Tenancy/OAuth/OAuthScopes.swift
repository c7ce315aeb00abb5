/// What an app asks for (RFC 6749 §3.3).
enum OAuthScopes {
    /// Canvas's scope for who a person is and nothing more: it gives no token.
    static let identity = "/auth/userinfo"
    private static let known = Set(Permissions.scopes)
    private static let most = 1000

    /// What a request gets of a key: `nil` for everything, an empty list for who the person is.
    ///
    /// - Parameters:
    ///   - text: The words of `scope`; `nil` where there is none.
    ///   - key: The key.
    /// - Returns: The scopes, sorted; no more than the key allows.
    /// - Throws: ``OAuthError/invalidScope`` for what is unknown or beyond the key's, and for none where the key wants some.
    static func granted(_ text: String?, by key: DeveloperKey) throws(OAuthError) -> [String]? {
        let words = Set((text ?? "").split(separator: " ").map(String.init))
        guard !words.isEmpty else {
            guard !key.requiresScopes else { throw .invalidScope("The app must say which scopes it wants.") }
            return key.scopes
        }
        let scopes = words.subtracting([identity])
        guard scopes.count <= most, scopes.isSubset(of: known) else {
            throw .invalidScope("A scope is not known to this server.")
        }
        if let allowed = key.scopes, !scopes.isSubset(of: allowed) {
            throw .invalidScope("A scope is beyond what the app's key allows.")
        }
        return scopes.sorted()
    }

    /// What of scopes that were allowed earlier a key still allows; `nil` for everything.
    static func clamped(_ scopes: [String]?, to key: DeveloperKey) -> [String]? {
        guard let allowed = key.scopes else { return scopes }
        guard let scopes else { return allowed }
        return scopes.filter(Set(allowed).contains)
    }
}
