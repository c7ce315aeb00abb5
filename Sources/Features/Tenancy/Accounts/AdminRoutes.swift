import JSON
import Postgres
import WebServer

/// Who administers an account, for those who do.
enum AdminRoutes {
    /// `GET /api/v1/accounts/:account_id/admins`.
    static func list(_ call: Call, _ account: Account) async throws -> WebResponse {
        let paging = try Paging(call.request)
        let rows = try await call.query(
            AccountQueries.admins,
            [.int(account.id), .bool(account.isRoot), paging.start, paging.limit, paging.skip])
        var admins: [(id: Int64, name: String)] = []
        for row in rows { admins.append((try row.int(0), try row.text(1))) }
        return .page(admins, paging, for: call.request, id: \.id) { write($1.id, $1.name, &$0) }
    }

    /// `POST /api/v1/accounts/:account_id/admins`: `user_id`; harmless for one who is an admin already.
    static func create(_ call: Call, _ account: Account) async throws -> WebResponse {
        let fields = try call.request.fields()
        let text = fields.optionalValue("user_id").map { $0.string ?? $0.number?.text ?? "" }
        guard let text else { throw fields.error("user_id", .missing) }
        if let role = try fields.optionalString("role", max: 255), role != "AccountAdmin" {
            throw fields.error("role", .notOneOf(["AccountAdmin"]))
        }
        let user = try await UserLookup(call).find(text)
        let response = try await call.commit { transaction in
            if account.isRoot {
                try await transaction.query(AccountQueries.grantRoot, [call.tenant, .int(user)])
            } else {
                try await transaction.query(
                    AccountQueries.grant, [call.tenant, .int(account.id), .int(user)])
            }
            let name = try await transaction.query(UserQueries.show, [call.tenant, .int(user)]).first?.text(1)
            return .json { write(user, name ?? "", &$0) }
        }
        // What the user may is asked anew, so that the role is felt at once, too.
        call.context.find(TenancyServices.self)?.didRevoke(of: user, in: call.institution)
        return response
    }

    /// `DELETE /api/v1/accounts/:account_id/admins/:user_id`; the institution keeps one admin at least.
    static func delete(_ call: Call, _ account: Account) async throws -> WebResponse {
        let user = try await UserLookup(call).find(call.request.parameters["user_id"] ?? "")
        let response = try await call.commit { transaction in
            let name = try await transaction.query(UserQueries.show, [call.tenant, .int(user)]).first?.text(1)
            let removed: Rows
            if account.isRoot {
                let admins = try await transaction.query(AccountQueries.lockAdmins, [call.tenant])
                guard try admins.contains(where: { try $0.int(0) != user }) else {
                    throw WebError.conflict("The institution needs an admin.", code: "last_admin")
                }
                removed = try await transaction.query(
                    AccountQueries.revokeRoot, [call.tenant, .int(user)])
            } else {
                removed = try await transaction.query(
                    AccountQueries.revoke, [call.tenant, .int(account.id), .int(user)])
            }
            guard !removed.isEmpty else { throw WebError.notFound }
            return .json { write(user, name ?? "", &$0) }
        }
        call.context.find(TenancyServices.self)?.didRevoke(of: user, in: call.institution)
        return response
    }

    private static func write(_ user: Int64, _ name: String, _ json: inout JSONWriter) {
        json.object { json in
            json.member("id", user)
            json.member("role", "AccountAdmin")
            json.member("workflow_state", "active")
            json.object("user") { json in
                json.member("id", user)
                json.member("name", name)
            }
        }
    }
}
