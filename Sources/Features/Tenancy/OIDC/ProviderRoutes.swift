import HTTPTypes
import JSON
import Postgres
import WebClient
import WebServer

/// The provider that an institution trusts, for its admins; its secret goes in and never comes out.
enum ProviderRoutes {
    /// `GET /api/v1/oidc_provider`.
    static func show(_ call: Call) async throws -> WebResponse {
        guard let row = try await call.query(OIDCQueries.provider).first else { throw WebError.notFound }
        return answer(try OIDCProvider(row), call)
    }

    /// `PUT /api/v1/oidc_provider`: sets all of it; a secret that is not named stays.
    static func update(_ call: Call) async throws -> WebResponse {
        let fields = try call.request.fields().unwrapped("oidc_provider")
        let services = call.context.service(TenancyServices.self)
        let issuer = try issuer(fields, services)
        let clientID = try fields.string("client_id", in: 1...500)
        let secret = try fields.textChange("client_secret", max: 1000)
        let scopes =
            try fields.has("scopes")
            ? fields.texts("scopes", atMost: 20, each: 100) : ["openid", "email", "profile"]
        guard scopes.contains("openid"), scopes.allSatisfy(isScope) else {
            throw fields.error("scopes", .other("must hold openid, and words without spaces"))
        }
        let claim = try fields.optionalString("login_claim", in: 1...100) ?? "email"
        let createsUsers = try fields.optionalBool("creates_users") ?? false
        let isEnabled = try fields.optionalBool("enabled") ?? true
        let sealed = secret.flatMap { $0 }.map {
            services.seal.seal(Array($0.utf8), context: OIDCProvider.context(call.institution))
        }
        return try await call.commit { transaction in
            try await transaction.query(
                OIDCQueries.set,
                [
                    call.tenant, .text(issuer), .text(clientID), .bytes(sealed), .textArray(scopes),
                    .text(claim),
                    .bool(createsUsers), .bool(isEnabled), .bool(secret == nil),
                ])
            try await AuditLog.record(
                AuditEvent(.oidcConfigured, by: call.origin), in: call.institution, transaction)
            guard let row = try await transaction.query(OIDCQueries.provider, [call.tenant]).first else {
                throw WebError.notFound
            }
            return answer(try OIDCProvider(row), call)
        }
    }

    /// `DELETE /api/v1/oidc_provider`: nobody signs in by it any more; open sessions last.
    static func delete(_ call: Call) async throws -> WebResponse {
        try await call.commit { transaction in
            guard try await !transaction.query(OIDCQueries.remove, [call.tenant]).isEmpty else {
                throw WebError.notFound
            }
            try await AuditLog.record(
                AuditEvent(.oidcRemoved, by: call.origin), in: call.institution, transaction)
            return .noContent
        }
    }

    // MARK: Parts

    private static func issuer(_ fields: JSONFields, _ services: TenancyServices) throws -> String {
        let issuer = try fields.string("issuer", in: 1...1000)
        do throws(OIDCProblem) {
            _ = try ProviderMetadata.address(
                of: issuer, allowsPlainHTTP: services.oidc?.directory.allowsPlainHTTP ?? false)
        } catch {
            throw fields.error("issuer", .other("must be a URL such as https://login.school.example"))
        }
        return issuer
    }

    /// RFC 6749 §3.3.
    private static func isScope(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C }
    }

    private static func answer(_ provider: OIDCProvider, _ call: Call) -> WebResponse {
        .json { json in
            json.object { json in
                json.member("issuer", provider.issuer)
                json.member("client_id", provider.clientID)
                json.member("has_client_secret", provider.sealedSecret != nil)
                json.array("scopes", of: provider.scopes) { $0.string($1) }
                json.member("login_claim", provider.loginClaim)
                json.member("creates_users", provider.createsUsers)
                json.member("enabled", provider.isEnabled)
                json.member("login_path", "/login/oidc/\(call.institution.rawValue)")
                json.time("updated_at", provider.updatedAt)
            }
        }
    }
}
