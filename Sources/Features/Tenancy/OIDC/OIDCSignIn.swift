import HTTP
import HTTPTypes
import JSON
import Logging
import Postgres
import WebClient
import WebServer

/// One sign-in by another provider: there and back (OpenID Connect Core 1.0 §3.1, RFC 7636).
///
/// Confined to the loop of its request.
struct OIDCSignIn {
    let services: TenancyServices
    let oidc: OIDCServices
    let request: WebRequest
    let context: WebContext

    /// The largest answer of a token endpoint, and how long it may take.
    private static let limits = OutgoingRequest.Limits(body: 128 << 10, time: .seconds(8))

    // MARK: There

    /// Where the browser goes, and the attempt that it keeps.
    func begin(_ institution: InstitutionID, returnPath: String) async throws -> (
        url: String, attempt: SignInAttempt
    ) {
        let provider = try await provider(institution)
        let (metadata, _) = try await oidc.directory.find(provider.issuer)
        let attempt = SignInAttempt(
            institution: institution, issuer: provider.issuer, returnPath: returnPath,
            at: context.nowMilliseconds)
        let query = [
            ("response_type", "code"), ("client_id", provider.clientID), ("redirect_uri", redirect),
            ("scope", provider.scopes.joined(separator: " ")), ("state", attempt.state),
            ("nonce", attempt.nonce),
            ("code_challenge", attempt.challenge), ("code_challenge_method", "S256"),
        ]
        let endpoint = metadata.authorizationEndpoint.description
        return (endpoint + (endpoint.contains("?") ? "&" : "?") + Self.form(query), attempt)
    }

    // MARK: Back

    /// The user for whom the provider's answer speaks.
    ///
    /// - Throws: ``OIDCProblem``; what the database throws.
    func user(_ attempt: SignInAttempt) async throws -> Int64 {
        let provider = try await provider(attempt.institution)
        guard provider.issuer == attempt.issuer else { throw OIDCProblem.expired }
        guard request.queryValue("error") == nil else { throw OIDCProblem.refused }
        // A provider that mixes itself up with another one says so (RFC 9207).
        guard request.queryValue("iss").map({ $0 == provider.issuer }) ?? true,
            let code = request.queryValue("code"), (1...2048).contains(code.utf8.count)
        else { throw OIDCProblem.answer }
        let used = try await context.pool.query(
            OIDCQueries.useState,
            [.int(attempt.institution.rawValue), .bytes(Digest.sha256(Array(attempt.state.utf8)))],
            tenant: attempt.institution)
        guard !used.isEmpty else { throw OIDCProblem.expired }
        let (metadata, keys) = try await oidc.directory.find(provider.issuer)
        let text = try await redeem(code, attempt, provider, metadata)
        let expected = IDToken.Expectation(
            issuer: provider.issuer, clientID: provider.clientID, nonce: attempt.nonce)
        let token = try await IDToken.verify(text, expected, keys: keys, at: context.nowMilliseconds)
        return try await find(token, provider, in: attempt.institution)
    }

    /// Gives the code for a token (RFC 6749 §4.1.3).
    private func redeem(
        _ code: String, _ attempt: SignInAttempt, _ provider: OIDCProvider, _ metadata: ProviderMetadata
    ) async throws -> String {
        var form = [
            ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirect),
            ("code_verifier", attempt.verifier),
        ]
        var fields: HTTPFields = [
            .accept: "application/json", .contentType: "application/x-www-form-urlencoded",
        ]
        let secret = try secret(of: provider, in: attempt.institution)
        switch (secret, metadata.authentication) {
        case (nil, _): form.append(("client_id", provider.clientID))
        case (.some(let secret), .post):
            form += [("client_id", provider.clientID), ("client_secret", secret)]
        case (.some(let secret), .basic):
            // Both are form-encoded before they are joined (RFC 6749 §2.3.1).
            let pair = "\(PercentCoding.encode(provider.clientID)):\(PercentCoding.encode(secret))"
            fields[.authorization] = "Basic \(Self.padded(Base64.encode(Array(pair.utf8), .standard)))"
        }
        let response: OutgoingResponse
        do throws(FetchError) {
            response = try await oidc.directory.fetcher.fetch(
                OutgoingRequest(
                    .post, metadata.tokenEndpoint, fields: fields, body: Array(Self.form(form).utf8),
                    limits: Self.limits, allowsPlainHTTP: oidc.directory.allowsPlainHTTP))
        } catch {
            context.logger.warning(
                "a provider of sign-ins cannot be asked",
                metadata: [
                    "institution": "\(attempt.institution)", "url": "\(metadata.tokenEndpoint)",
                    "reason": "\(error)",
                ])
            throw OIDCProblem.unavailable
        }
        guard response.status == .ok else {
            throw response.status.code >= 500 ? OIDCProblem.unavailable : OIDCProblem.answer
        }
        guard let answer = try? JSONReader.read(response.body, depthLimit: 8),
            let token = answer["id_token"]?.string
        else { throw OIDCProblem.answer }
        return token
    }

    // MARK: Who it is

    /// The user whom a subject is linked to, or, once, the one with the login that it claims.
    private func find(_ token: IDToken, _ provider: OIDCProvider, in institution: InstitutionID) async throws
        -> Int64
    {
        let tenant = PostgresValue.int(institution.rawValue)
        let key: [PostgresValue] = [tenant, .text(provider.issuer), .text(token.subject)]
        do {
            return try await context.pool.transaction(
                tenant: institution, options: AuditOrigin(request).with(actor: nil).options
            ) { transaction in
                if let row = try await transaction.query(OIDCQueries.linked, key).first {
                    guard try row.bool(1) else { throw OIDCProblem.unknown }
                    return try row.int(0)
                }
                guard let login = token.login(from: provider.loginClaim) else { throw OIDCProblem.unknown }
                let user: Int64
                if let row = try await transaction.query(OIDCQueries.byLogin, [tenant, .text(login)]).first {
                    guard try row.bool(1) else { throw OIDCProblem.unknown }
                    user = try row.int(0)
                } else {
                    guard provider.createsUsers else { throw OIDCProblem.unknown }
                    user = try await create(login, token.name(or: login), tenant, transaction)
                }
                let linked = try await transaction.query(OIDCQueries.link, key + [.int(user)])
                // Somebody else at the provider is this user already: a login that was given to another person.
                guard !linked.isEmpty else { throw OIDCProblem.unknown }
                try await AuditLog.record(
                    AuditEvent(.oidcLinked, by: AuditOrigin(request).with(actor: user), subject: user),
                    in: institution, transaction)
                return user
            }
        } catch let error as PostgresError where error.state == .uniqueViolation {
            // Two browsers came for the first time at once: the other one has made it.
            throw OIDCProblem.expired
        }
    }

    private func create(
        _ login: String, _ name: String, _ tenant: PostgresValue, _ transaction: PostgresTransaction
    ) async throws -> Int64 {
        guard let person = try await People.make([login], transaction).first else {
            throw OIDCProblem.unknown
        }
        let users = try await transaction.query(
            DirectoryQueries.createUsers,
            [
                tenant, .intArray([person]), .textArray([name]), .textArray([User.sortableName(of: name)]),
                .textArray([""]),
            ])
        guard let user = try users.first?.int(0) else { throw OIDCProblem.unknown }
        return user
    }

    // MARK: Parts

    private func provider(_ institution: InstitutionID) async throws -> OIDCProvider {
        let rows = try await context.pool.query(
            OIDCQueries.provider, [.int(institution.rawValue)], tenant: institution)
        guard let row = rows.first else { throw OIDCProblem.none }
        let provider = try OIDCProvider(row)
        guard provider.isEnabled else { throw OIDCProblem.none }
        return provider
    }

    private func secret(of provider: OIDCProvider, in institution: InstitutionID) throws(OIDCProblem)
        -> String?
    {
        guard let sealed = provider.sealedSecret else { return nil }
        // Sealed with a key that the configuration has no more.
        guard let bytes = services.seal.open(sealed, context: OIDCProvider.context(institution)) else {
            throw .unavailable
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Where the provider sends the browser back.
    private var redirect: String {
        (oidc.address ?? request.base)
            + "/login/oidc/callback"
    }

    private static func form(_ items: [(String, String)]) -> String {
        items.map { "\($0.0)=\(PercentCoding.encode($0.1))" }.joined(separator: "&")
    }

    private static func padded(_ text: String) -> String {
        text + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
    }
}

extension AuditKind {
    /// A provider's subject is one of the institution's users from now on.
    package static let oidcLinked = AuditKind(rawValue: "oidc.linked")
    /// The provider was set.
    package static let oidcConfigured = AuditKind(rawValue: "oidc.configured")
    /// The provider was taken away.
    package static let oidcRemoved = AuditKind(rawValue: "oidc.removed")
}
