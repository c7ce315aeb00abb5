import JSON
import WebClient

/// What a provider publishes of itself (OpenID Connect Discovery 1.0 §3), as far as it is needed.
struct ProviderMetadata: Equatable, Sendable {
    /// How a client shows who it is at the token endpoint (OpenID Connect Core 1.0 §9).
    enum ClientAuthentication: Equatable, Sendable { case basic, post }

    let issuer: String
    let authorizationEndpoint: WebURL
    let tokenEndpoint: WebURL
    let keySet: WebURL
    let authentication: ClientAuthentication

    /// Reads the document of an issuer.
    ///
    /// - Throws: ``OIDCProblem/answer`` for one that speaks of another issuer (§4.3), that leads to what is not https, or
    ///   that lacks what is needed.
    init(_ bytes: [UInt8], of issuer: String, allowsPlainHTTP: Bool) throws(OIDCProblem) {
        guard let document = (try? JSONReader.read(bytes, depthLimit: 8))?.object,
            document["issuer"]?.string == issuer
        else { throw .answer }
        func url(_ name: String) throws(OIDCProblem) -> WebURL {
            guard let text = document[name]?.string, let url = try? WebURL(text),
                url.isSecure || allowsPlainHTTP
            else { throw .answer }
            return url
        }
        self.issuer = issuer
        authorizationEndpoint = try url("authorization_endpoint")
        tokenEndpoint = try url("token_endpoint")
        keySet = try url("jwks_uri")
        let methods = document["token_endpoint_auth_methods_supported"]?.array?.compactMap(\.string)
        // The standard's default is the first one; most providers take both.
        authentication =
            methods.map { !$0.contains("client_secret_basic") && $0.contains("client_secret_post") } == true
            ? .post : .basic
    }

    /// Where an issuer publishes it (§4): behind its path.
    static func address(of issuer: String, allowsPlainHTTP: Bool) throws(OIDCProblem) -> WebURL {
        let base = issuer.hasSuffix("/") ? String(issuer.dropLast()) : issuer
        guard let url = try? WebURL(base + "/.well-known/openid-configuration"),
            url.isSecure || allowsPlainHTTP,
            !base.contains("?"), !base.contains("#")
        else { throw .answer }
        return url
    }
}
