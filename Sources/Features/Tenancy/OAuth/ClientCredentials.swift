import HTTP
import HTTPTypes
import WebServer

/// How an app says who it is at the token endpoint: in the form, or by HTTP Basic (RFC 6749 §2.3.1).
struct ClientCredentials: Equatable, Sendable {
    let clientID: String
    /// `nil` for one that shows none: a public client.
    let secret: String?
    /// Whether the header was used.
    let isBasic: Bool

    /// Reads them.
    ///
    /// - Parameters:
    ///   - authorization: The `Authorization` field.
    ///   - form: The request's form.
    /// - Throws: ``OAuthError`` for none, for two at once (§2.3), and for a header that is no `Basic`.
    init(authorization: String?, _ form: OAuthForm) throws(OAuthError) {
        guard let authorization else {
            guard let id = form["client_id"] else { throw .invalidRequest("The client_id is missing.") }
            clientID = id
            secret = form["client_secret"]
            isBasic = false
            return
        }
        let parts = authorization.split(separator: " ", omittingEmptySubsequences: true)
        guard parts.count == 2, parts[0].lowercased() == "basic", parts[1].utf8.count <= 1024,
            let bytes = Base64.decode(parts[1].prefix { $0 != "=" }, .standard),
            let text = String(validating: bytes, as: UTF8.self), let colon = text.firstIndex(of: ":"),
            let id = Self.decoded(text[..<colon]),
            let secret = Self.decoded(text[text.index(after: colon)...])
        else { throw .invalidClient }
        guard form["client_secret"] == nil, form["client_id"].map({ $0 == id }) ?? true else {
            throw .invalidRequest("The app says who it is in two ways.")
        }
        clientID = id
        self.secret = secret.isEmpty ? nil : secret
        isBasic = true
    }

    private static func decoded(_ text: Substring) -> String? {
        PercentCoding.decode(String(text).utf8.span, plusIsSpace: true)
    }
}
