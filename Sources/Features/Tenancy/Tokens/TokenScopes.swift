import JSON
import WebServer

/// What an access token may do, and what a token may make of it.
enum TokenScopes {
    private static let known = Set(Permissions.scopes)

    /// Reads a list of scopes; `nil` when there is none, which means everything.
    ///
    /// - Throws: 400 for a scope that no way in has, and for an empty list, which would be a token for nothing.
    static func read(_ name: String, of fields: JSONFields) throws -> [String]? {
        guard fields.has(name) else { return nil }
        let scopes = try fields.texts(name, atMost: 1000)
        guard !scopes.isEmpty else { throw fields.error(name, .tooFew(1)) }
        for scope in scopes where !known.contains(scope) {
            throw WebError.invalid(
                "\"\(scope.prefix(100))\" is no scope of this server.", field: fields.path(of: name),
                code: "unknown_scope")
        }
        return Set(scopes).sorted()
    }

    /// Lets pass what is no wider than what the caller's own credential may.
    ///
    /// - Parameters:
    ///   - scopes: Those of the token to be; `nil` for all.
    ///   - expiresAt: Its end; `nil` for none.
    ///   - principal: The caller.
    /// - Throws: 403 for a token that would do more, or longer, than the token that makes it.
    static func check(_ scopes: [String]?, until expiresAt: Int64?, by principal: Principal) throws(WebError)
    {
        if let own = principal.scopes {
            guard let scopes, own.isSuperset(of: scopes) else {
                throw .forbidden(
                    "An access token makes no token that may do more than itself.", code: "insufficient_scope"
                )
            }
        }
        guard case .bearer = principal.credential, let end = principal.expiresAt else { return }
        guard let expiresAt, expiresAt <= end else {
            throw .forbidden(
                "An access token makes no token that lasts longer than itself.", code: "insufficient_scope")
        }
    }
}
