import HTTPTypes
import JSON
import Postgres
import WebServer

/// Access tokens of a user, in Canvas's shape: made and changed by oneself, listed and revoked by admins too.
enum TokenRoutes {
    /// `GET /api/v1/users/:user_id/tokens`: the user's own, and those of the apps that they let in.
    static func list(_ call: Call, _ user: Int64) async throws -> WebResponse {
        try await list(TokenQueries.list, call, user)
    }

    /// `GET /api/v1/users/:user_id/user_generated_tokens`: without those of apps.
    static func listOwn(_ call: Call, _ user: Int64) async throws -> WebResponse {
        try await list(TokenQueries.listOwn, call, user)
    }

    private static func list(
        _ statement: Statement, _ call: Call, _ user: Int64
    ) async throws -> WebResponse {
        let paging = try Paging(call.request)
        let rows = try await call.query(
            statement, [.int(user), paging.start, paging.limit, paging.skip])
        return .page(try rows.map(AccessToken.init), paging, for: call.request, id: \.id) { $1.write(&$0) }
    }

    /// `GET /api/v1/users/:user_id/tokens/:id`.
    static func show(_ call: Call, _ user: Int64) async throws -> WebResponse {
        let token = try await find(call, user)
        return .json { token.write(&$0) }
    }

    /// `POST /api/v1/users/:user_id/tokens`: the answer is the only place where the text stands.
    ///
    /// A repetition with the same `Idempotency-Key` gets the token without its text, which is kept nowhere.
    static func create(_ call: Call, _ user: Int64) async throws -> WebResponse {
        let fields = try call.request.fields().unwrapped("token")
        let purpose = try purpose(fields)
        let expiresAt = try fields.has("expires_at") ? end(fields, call) : nil
        let scopes = try TokenScopes.read("scopes", of: fields)
        try TokenScopes.check(scopes, until: expiresAt, by: call.principal)
        let secret = BearerSecret.random(in: call.institution)
        let made = Made()
        var response = try await call.commit { transaction in
            try await refuseApps(call, transaction)
            let rows = try await transaction.query(
                TokenQueries.create,
                [
                    call.tenant, .int(user), .bytes(secret.hash), .text(purpose),
                    .timestamp(milliseconds: expiresAt), list(scopes), .int(AccessToken.mostOfUser),
                ])
            guard let row = rows.first else {
                throw WebError.invalid("You have \(AccessToken.mostOfUser) tokens: revoke one first.")
            }
            let token = try AccessToken(row)
            made.token = token
            return .json(status: .created) { token.write(&$0) }
        }
        if let token = made.token, !Call.isReplay(response) {
            let shown = RawJSON { token.write(&$0, visible: secret.text) }
            response.body = .bytes(shown.bytes)
        }
        return response
    }

    /// `PUT /api/v1/users/:user_id/tokens/:id`: purpose, end and scopes; what is not named stays.
    static func update(_ call: Call, _ user: Int64) async throws -> WebResponse {
        let fields = try call.request.fields().unwrapped("token")
        let before = try await find(call, user)
        guard before.developerKey == nil else {
            throw WebError.invalid("An app's token is as it was allowed: it can be revoked, not changed.")
        }
        if try fields.optionalBool("regenerate") == true {
            throw WebError.invalid(
                "A token does not get another text: revoke it and make a new one.",
                field: fields.path(of: "regenerate"))
        }
        let purpose = try fields.has("purpose") ? purpose(fields) : before.purpose
        var expiresAt = before.expiresAt
        if let change = try fields.timeChange("expires_at") {
            expiresAt = try change == nil ? nil : end(fields, call)
        }
        let scopes =
            try fields.object["scopes"] == nil ? before.scopes : TokenScopes.read("scopes", of: fields)
        try TokenScopes.check(scopes, until: expiresAt, by: call.principal)
        let response = try await call.commit { transaction in
            try await refuseApps(call, transaction)
            let rows = try await transaction.query(
                TokenQueries.update,
                [
                    call.tenant, .int(user), .int(before.id), .text(purpose),
                    .timestamp(milliseconds: expiresAt), list(scopes),
                ])
            guard let row = rows.first else { throw WebError.notFound }
            let token = try AccessToken(row)
            try await AuditLog.record(
                AuditEvent(
                    .tokenChanged, by: call.origin, subject: user, details: ["token_id": .number(token.id)]),
                in: call.institution, transaction)
            return .json { token.write(&$0) }
        }
        call.context.service(TenancyServices.self).didRevoke(of: user, in: call.institution)
        return response
    }

    /// `DELETE /api/v1/users/:user_id/tokens/:id`.
    static func delete(_ call: Call, _ user: Int64) async throws -> WebResponse {
        let id = try call.request.id("id")
        let response = try await call.commit { transaction in
            let rows = try await transaction.query(TokenQueries.delete, [call.tenant, .int(user), .int(id)])
            guard let row = rows.first else { throw WebError.notFound }
            let token = try AccessToken(row)
            return .json { token.write(&$0, state: "deleted") }
        }
        call.context.service(TenancyServices.self).didRevoke(of: user, in: call.institution)
        return response
    }

    // MARK: Parts

    /// What a transaction's body leaves behind.
    private final class Made { var token: AccessToken? }

    /// Keeps an app from making itself what its user could not see as the app's, and would not revoke with it.
    private static func refuseApps(_ call: Call, _ transaction: PostgresTransaction) async throws {
        guard case .bearer(let token) = call.principal.credential else { return }
        let rows = try await transaction.query(
            TokenQueries.isOfApp, [call.tenant, .int(call.principal.user), .int(token)])
        guard try rows.first?.bool(0) != true else {
            throw WebError.forbidden("An app makes and changes no access tokens.", code: "app_token")
        }
    }

    private static func find(_ call: Call, _ user: Int64) async throws -> AccessToken {
        let rows = try await call.query(TokenQueries.find, [.int(user), .int(try call.request.id("id"))])
        guard let row = rows.first else { throw WebError.notFound }
        return try AccessToken(row)
    }

    private static func purpose(_ fields: JSONFields) throws -> String {
        let purpose = try fields.string("purpose", in: 1...255)
        guard NewUser.isName(purpose) else {
            throw fields.error("purpose", .other("holds a control character"))
        }
        return purpose
    }

    private static func end(_ fields: JSONFields, _ call: Call) throws -> Int64 {
        let end = try fields.time("expires_at")
        guard end > call.context.nowMilliseconds else {
            throw fields.error("expires_at", .other("must be in the future"))
        }
        return end
    }

    /// Null for all.
    private static func list(_ scopes: [String]?) -> PostgresValue { scopes.map { .textArray($0) } ?? .null }
}
