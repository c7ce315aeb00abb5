import JSON
import JWTKit
import Postgres
package import WebServer

/// Makes and checks the short-lived tokens that open a live connection: JWTs (RFC 7519, RFC 7518, RFC 8037).
///
/// Ours are signed with HS256; those of other issuers also with EdDSA, ES256 or RS256 by published keys. The algorithm
/// is bound to the key: whatever else a header names is refused before any signature is looked at. Any
/// task may call it.
package struct LiveTokens: Sendable {
    /// How long a token of ours lasts.
    package static let lifetimeSeconds: Int64 = 3600
    /// The longest token that is looked at, in bytes.
    package static let longestToken = 8192

    private let keys: JWTKeyCollection
    private let published: PublishedKeys?
    private let issuerKeys: IssuerKeys?
    private let audience: String?
    private let issuer: String?

    /// Makes the issuer and verifier.
    ///
    /// - Parameters:
    ///   - secret: At least 32 bytes, shared with whoever else may issue tokens.
    ///   - keySet: Public keys of further issuers, as the JSON text of a key set (RFC 7517).
    ///   - issuerKeys: Keys of an issuer that are fetched from it; those in `keySet` are looked at first.
    ///   - audience: What `aud` must name; `nil` does not look at it.
    ///   - issuer: What `iss` must be; `nil` does not look at it.
    /// - Throws: ``LiveTokenError/weakSecret``, ``LiveTokenError/keySet``.
    package init(
        secret: [UInt8], keySet: String? = nil, issuerKeys: IssuerKeys? = nil, audience: String? = nil,
        issuer: String? = nil
    ) async throws(LiveTokenError) {
        guard secret.count >= 32 else { throw .weakSecret }
        if let keySet { published = try await PublishedKeys.read(keySet) } else { published = nil }
        self.issuerKeys = issuerKeys
        keys = JWTKeyCollection()
        await keys.add(hmac: HMACKey(from: secret), digestAlgorithm: .sha256)
        self.audience = audience
        self.issuer = issuer
    }

    /// Makes a token for a user, valid for an hour from `now` (milliseconds since 1970), and as long as the credential that
    /// it is got with.
    ///
    /// - Returns: The token, and when it ends in milliseconds since 1970.
    package func issue(
        user: Int64, institution: InstitutionID, name: String, role: Role?,
        credential: Principal.Credential? = nil, at now: Int64
    ) async throws -> (token: String, expiresAt: Int64) {
        let expiry = now / 1000 + LiveTokens.lifetimeSeconds
        var payload = LiveTokenPayload(
            sub: String(user), exp: Double(expiry), nbf: nil, aud: audience.map { .init(values: [$0]) },
            iss: issuer,
            institution: institution.rawValue, name: name, role: role?.rawValue)
        switch credential {
        case .cookie(let session, _)?: payload.session = session
        case .bearer(let token)?: payload.token = token
        case nil: break
        }
        return (try await keys.sign(payload), expiry * 1000)
    }

    /// Checks a token's signature and times against `now` (milliseconds since 1970), and audience and issuer where
    /// they are configured.
    ///
    /// Verify once per connection, not per message.
    package func verify(_ token: String, at now: Int64) async throws(LiveTokenError) -> LiveClaims {
        guard token.utf8.count <= LiveTokens.longestToken else { throw .malformed }
        let published = try await publishedKeys(for: token)
        let payload: LiveTokenPayload
        do {
            if let published {
                payload = try await published.verify(token)
            } else {
                payload = try await keys.verify(token, as: LiveTokenPayload.self)
            }
        } catch let error as JWTError where error.errorType == .signatureVerificationFailed {
            throw .signature
        } catch {
            throw .malformed
        }
        return try claims(payload, at: now)
    }

    /// Reads the header: `nil` for HS256 with our secret, else the set that holds the key, for the key's own algorithm.
    ///
    /// An issuer that publishes its keys is asked for one that is not known, and waited for (see ``IssuerKeys``).
    /// - Throws: ``LiveTokenError/algorithm`` for everything else, ``LiveTokenError/keysUnavailable``.
    private func publishedKeys(for token: String) async throws(LiveTokenError) -> PublishedKeys? {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let bytes = Base64.decode(parts[0], .url) else { throw .malformed }
        guard let header = (try? JSONReader.read(bytes, depthLimit: 8))?.object else { throw .malformed }
        guard let algorithm = header["alg"]?.string, header["crit"] == nil else { throw .algorithm }
        if algorithm == "HS256" { return nil }
        guard PublishedKeys.algorithms.contains(algorithm), let id = header["kid"]?.string,
            id.utf8.count <= PublishedKeys.longestID
        else { throw .algorithm }
        var set = published
        if set?.holds(id) != true { set = try await issuerKeys?.keys(for: id) }
        guard let set, set.allow(algorithm: algorithm, keyID: id) else { throw .algorithm }
        return set
    }

    private func claims(_ payload: LiveTokenPayload, at now: Int64) throws(LiveTokenError) -> LiveClaims {
        let seconds = Double(now) / 1000
        // Beyond this a date in milliseconds would not fit an integer; no honest token reaches it.
        guard !payload.sub.isEmpty, payload.exp > 0, payload.exp < 1e13 else { throw .malformed }
        guard seconds < payload.exp else { throw .expired }
        if let begin = payload.nbf, seconds < begin { throw .notYetValid }
        if let audience, payload.aud?.values.contains(audience) != true { throw .audience }
        if let issuer, payload.iss != issuer { throw .issuer }
        let institution = payload.institution.flatMap { $0 > 0 ? InstitutionID(rawValue: $0) : nil }
        return LiveClaims(
            subject: payload.sub, expiresAt: Int64(payload.exp * 1000), institution: institution,
            name: payload.name,
            role: payload.role.flatMap(Role.init(rawValue:)), session: payload.session,
            accessToken: payload.token)
    }
}
