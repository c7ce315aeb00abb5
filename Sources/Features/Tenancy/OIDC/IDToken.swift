import JSON
import Postgres

/// What a provider says of a person, believed: signature and claims have been looked at (OpenID Connect Core 1.0 §3.1.3.7).
struct IDToken: Sendable {
    /// How wrong a provider's clock may be.
    static let skewSeconds: Double = 60
    /// How old a token may be: it comes right from the provider.
    static let longestAgeSeconds: Double = 600
    /// The longest token that is looked at, in bytes.
    static let longest = 32 << 10

    /// What must be so.
    struct Expectation: Sendable {
        let issuer: String
        let clientID: String
        let nonce: String
    }

    /// The person at the provider, for good.
    let subject: String
    private let claims: JSONObject

    /// Believes a token.
    ///
    /// - Parameters:
    ///   - token: What the token endpoint gave.
    ///   - expected: Whose it must be, and for whom.
    ///   - keys: The provider's.
    ///   - now: The time, in milliseconds since 1970.
    /// - Returns: The token, believed.
    /// - Throws: ``OIDCProblem/answer`` for everything that is not right, ``OIDCProblem/unavailable`` when the keys cannot be
    ///   had.
    static func verify(
        _ token: String, _ expected: Expectation, keys: IssuerKeys, at now: Int64
    ) async throws(OIDCProblem) -> IDToken {
        guard token.utf8.count <= longest else { throw .answer }
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let head = Base64.decode(parts[0], .url),
            let header = (try? JSONReader.read(head, depthLimit: 8))?.object, header["crit"] == nil,
            // Bound to the key below; `none` and secrets are not among them.
            let algorithm = header["alg"]?.string, PublishedKeys.algorithms.contains(algorithm)
        else { throw .answer }
        let named = header["kid"]?.string
        guard header["kid"] == nil || named.map({ $0.utf8.count <= PublishedKeys.longestID }) == true else {
            throw .answer
        }
        let published: PublishedKeys?
        do throws(LiveTokenError) {
            published = try await keys.keys(for: named)
        } catch {
            throw .unavailable
        }
        // A provider with one key need not name it (§10.1).
        guard let published, published.allow(algorithm: algorithm, keyID: named ?? published.onlyID),
            (try? await published.verifySignature(of: token)) != nil,
            let body = Base64.decode(parts[1], .url),
            let claims = (try? JSONReader.read(body, depthLimit: 16))?.object
        else { throw .answer }
        return try IDToken(claims, expected, at: now)
    }

    /// Looks at claims whose signature is good.
    init(_ claims: JSONObject, _ expected: Expectation, at now: Int64) throws(OIDCProblem) {
        let seconds = Double(now) / 1000
        guard claims["iss"]?.string == expected.issuer, let subject = claims["sub"]?.string,
            (1...255).contains(subject.utf8.count), subject.isStorableInPostgres,
            claims["nonce"]?.string == expected.nonce,
            let expiry = claims["exp"]?.double, let issued = claims["iat"]?.double
        else { throw .answer }
        let audiences = claims["aud"]?.string.map { [$0] } ?? claims["aud"]?.array?.compactMap(\.string) ?? []
        guard audiences.contains(expected.clientID) else { throw .answer }
        // For several audiences it must say which of them asked; where it says so, that must be us.
        if let party = claims["azp"] {
            guard party.string == expected.clientID else { throw .answer }
        } else if audiences.count > 1 {
            throw .answer
        }
        guard seconds < expiry + Self.skewSeconds, issued <= seconds + Self.skewSeconds,
            seconds - issued <= Self.longestAgeSeconds + Self.skewSeconds
        else { throw .answer }
        if let begin = claims["nbf"] {
            guard let begin = begin.double, begin <= seconds + Self.skewSeconds else { throw .answer }
        }
        self.subject = subject
        self.claims = claims
    }

    /// The login that a claim holds; `nil` where there is none, and for an address that the provider has not verified.
    func login(from claim: String) -> String? {
        if claim == "email", claims["email_verified"]?.bool != true { return nil }
        guard let text = claims[claim]?.string, NewUser.isLogin(text), text.isStorableInPostgres else {
            return nil
        }
        return text
    }

    /// The name to show; the login where the provider says none that can be shown.
    func name(or login: String) -> String {
        guard let name = claims["name"]?.string, NewUser.isName(name), name.isStorableInPostgres else {
            return login
        }
        return name
    }
}
