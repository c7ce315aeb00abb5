package import HTTPTypes

/// A cookie that the server sets (RFC 6265bis §4.1).
///
/// The defaults are the strict ones.
package struct SetCookie: Sendable, Equatable {
    /// When browsers send the cookie with requests that other sites begin.
    package enum SameSite: String, Sendable { case strict = "Strict", lax = "Lax", none = "None" }

    /// A token; `__Host-` and `__Secure-` bring conditions that `encoded` checks.
    package var name: String
    /// Visible ASCII without quotes, commas, semicolons and backslashes.
    package var value: String
    /// The paths below which the cookie is sent; begins with "/".
    package var path: String
    /// How long it lives, in seconds; zero deletes it, `nil` keeps it until the browser is closed.
    package var maxAge: Int?
    /// Whether it is hidden from scripts.
    package var isHTTPOnly: Bool
    /// Whether it is sent over https only; false for a server that is reached over http.
    package var isSecure: Bool
    /// Whether other sites can make the browser send it.
    package var sameSite: SameSite

    /// A cookie for the whole host, hidden from scripts, for https and until the browser is closed, unless
    /// told otherwise.
    package init(
        name: String, value: String, path: String = "/", maxAge: Int? = nil, isHTTPOnly: Bool = true,
        isSecure: Bool = true, sameSite: SameSite = .lax
    ) {
        self.name = name
        self.value = value
        self.path = path
        self.maxAge = maxAge
        self.isHTTPOnly = isHTTPOnly
        self.isSecure = isSecure
        self.sameSite = sameSite
    }

    /// The text of the field's value.
    ///
    /// Throws `invalidCookie` where the name is no token, the value or the path holds a forbidden byte, or
    /// the attributes contradict a `__Secure-` or `__Host-` prefix or `SameSite=None`.
    package func encoded() throws(ResponseError) -> String {
        guard !name.isEmpty, name.utf8.span.isWithin(.token), value.utf8.span.isWithin(.cookieOctet),
            path.utf8.first == ASCII.slash, path.utf8.span.isWithin(.path),
            !path.utf8.contains(ASCII.semicolon)
        else { throw .invalidCookie(name) }
        let prefix = name.asciiLowercased
        let needsSecure = prefix.hasPrefix("__secure-") || prefix.hasPrefix("__host-") || sameSite == .none
        guard isSecure || !needsSecure, path == "/" || !prefix.hasPrefix("__host-") else {
            throw .invalidCookie(name)
        }
        var text = "\(name)=\(value); Path=\(path)"
        if let maxAge { text += "; Max-Age=\(maxAge)" }
        if isHTTPOnly { text += "; HttpOnly" }
        if isSecure { text += "; Secure" }
        return text + "; SameSite=\(sameSite.rawValue)"
    }

    /// The field, one per cookie: they must not be joined into a list.
    package func field() throws(ResponseError) -> HTTPField {
        HTTPField(name: .setCookie, value: try encoded())
    }
}
