import HTTPTypes
import JSON
import Postgres
import WebServer

/// What roles there are and what they may do, out of the table of permissions; and roles of an account's own.
enum RoleRoutes {
    /// `GET /api/v1/accounts/:account_id/roles`: the built-in roles, then the account's own.
    ///
    /// With `show_inherited` those of accounts above, too; `state[]` is `active` (the default) or `inactive`.
    static func list(_ call: Call, _ account: Account) async throws -> WebResponse {
        let paging = try Paging(call.request)
        let query = try call.request.queryFields()
        let states = try query.texts("state", atMost: 2)
        let isInherited = try query.optionalBool("show_inherited") ?? false
        let rows = try await call.query(
            RoleQueries.list,
            [
                .intArray(isInherited ? account.path : [account.id]), paging.start, paging.limit,
                .int(Int64(paging.offset)), .textArray(states.isEmpty ? ["active"] : states),
            ])
        let builtIn = states.isEmpty || states.contains("active") ? AccountRole.builtIn : []
        let all = builtIn.filter { $0.id > paging.after ?? 0 } + (try rows.map { try AccountRole($0) })
        let rest = Array(all.dropFirst(paging.offset).prefix(paging.size + 1))
        return .page(rest, paging, for: call.request, id: \.id) { $1.write(&$0) }
    }

    /// `GET /api/v1/accounts/:account_id/roles/:id`.
    static func show(_ call: Call, _ account: Account) async throws -> WebResponse {
        let id = try call.request.id("id")
        if let role = AccountRole.builtIn.first(where: { $0.id == id }) { return .json { role.write(&$0) } }
        let role = try await find(call, account)
        return .json { role.write(&$0) }
    }

    /// `POST /api/v1/accounts/:account_id/roles`: `label`, `base_role_type`, `permissions[<scope>][enabled]`.
    static func create(_ call: Call, _ account: Account) async throws -> WebResponse {
        let fields = try call.request.fields()
        let label = try label(fields)
        guard let label else { throw fields.error("label", .missing) }
        let base = try fields.string("base_role_type", oneOf: AccountRole.bases)
        let change = try RoleChange(fields, base: base)
        return try await call.commit { transaction in
            let rows = try await transaction.query(
                RoleQueries.create,
                [
                    call.tenant, .int(account.id), .text(label), .text(base),
                    .textArray(change.applied(to: [])),
                ])
            return try await answer(rows, .roleCreated, call, transaction)
        } mapping: {
            duplicate($0)
        }
    }

    /// `PUT /api/v1/accounts/:account_id/roles/:id`: `label`, `permissions`.
    static func update(_ call: Call, _ account: Account) async throws -> WebResponse {
        let fields = try call.request.fields()
        let label = try label(fields)
        let role = try await find(call, account)
        let change = try RoleChange(fields, base: role.base)
        return try await call.commit { transaction in
            let held = try await transaction.query(RoleQueries.hold, [call.tenant, .int(role.id)])
            guard let former = try held.first.map({ try AccountRole($0) }) else { throw WebError.notFound }
            let rows = try await transaction.query(
                RoleQueries.update,
                [
                    call.tenant, .int(role.id), .text(label), .textArray(change.applied(to: former.denied)),
                ])
            return try await answer(rows, .roleChanged, call, transaction)
        } mapping: {
            duplicate($0)
        }
    }

    /// `DELETE /api/v1/accounts/:account_id/roles/:id`: nobody gets the role any more; who has it keeps it.
    static func deactivate(_ call: Call, _ account: Account) async throws -> WebResponse {
        try await setState("inactive", call, account)
    }

    /// `POST /api/v1/accounts/:account_id/roles/:id/activate`.
    static func activate(_ call: Call, _ account: Account) async throws -> WebResponse {
        try await setState("active", call, account)
    }

    private static func setState(_ state: String, _ call: Call, _ account: Account) async throws
        -> WebResponse
    {
        let role = try await find(call, account)
        return try await call.commit { transaction in
            let rows = try await transaction.query(
                RoleQueries.setState, [call.tenant, .int(role.id), .text(state)])
            let kind: AuditKind = state == "active" ? .roleActivated : .roleDeactivated
            return try await answer(rows, kind, call, transaction)
        }
    }

    /// A role of the account's own.
    ///
    /// - Throws: 400 for a built-in one, which nobody changes; 404.
    private static func find(_ call: Call, _ account: Account) async throws -> AccountRole {
        let id = try call.request.id("id")
        guard RoleIDs.name(of: id) == nil else {
            throw WebError.invalid("The role is built in.", field: "id", code: "built_in")
        }
        let rows = try await call.query(RoleQueries.show, [.int(id), .int(account.id)])
        guard let row = rows.first else { throw WebError.notFound }
        return try AccountRole(row)
    }

    private static func label(_ fields: JSONFields) throws -> String? {
        guard let label = try fields.optionalString("label", in: 1...255) else { return nil }
        guard NewUser.isName(label) else {
            throw fields.error("label", .other("must have no control characters"))
        }
        guard !AccountRole.builtIn.contains(where: { $0.name == label || $0.label == label }) else {
            throw WebError.invalid("A built-in role has this name.", field: "label", code: "duplicate")
        }
        return label
    }

    /// The role as it is now, with a line in the audit log.
    private static func answer(
        _ rows: Rows, _ kind: AuditKind, _ call: Call, _ transaction: PostgresTransaction
    ) async throws -> WebResponse {
        guard let role = try rows.first.map({ try AccountRole($0) }) else { throw WebError.notFound }
        try await AuditLog.record(
            AuditEvent(
                kind, by: call.origin,
                details: ["role_id": .number(role.id), "account_id": .number(role.account ?? 0)]
            ), in: call.institution, transaction)
        return .json { role.write(&$0) }
    }

    private static func duplicate(_ error: PostgresError) -> WebError? {
        error.state == .uniqueViolation
            ? .invalid("Another role has this name.", field: "label", code: "duplicate") : nil
    }

    /// `GET /api/v1/accounts/:account_id/scopes`: what a token can be limited to, with `group_by=resource_name`.
    static func scopes(_ call: Call, _ account: Account) async throws -> WebResponse {
        let isGrouped =
            try call.request.queryFields().optionalString(
                "group_by", oneOf: ["resource_name"]) != nil
        let all = Permissions.scopes.map(Scope.init)
        guard isGrouped else {
            let paging = try Paging(call.request)
            let start = Int(paging.after ?? 0) + paging.offset
            let numbered = all.enumerated().dropFirst(start).prefix(paging.size + 1).map { $0 }
            return .page(numbered, paging, for: call.request, id: { Int64($0.offset) + 1 }) { json, item in
                item.element.write(&json)
            }
        }
        let groups = Dictionary(grouping: all, by: \.resource)
        return .json { json in
            json.object { json in
                for name in groups.keys.sorted() {
                    json.array(name, of: groups[name] ?? []) { $1.write(&$0) }
                }
            }
        }
    }

    private struct Scope {
        let text: String
        let verb: String
        let path: String
        let resource: String

        init(_ text: String) {
            self.text = text
            let parts = text.dropFirst("url:".count).split(separator: "|", maxSplits: 1)
            verb = String(parts[0])
            path = String(parts[1])
            resource =
                path.split(separator: "/").dropFirst(2).last { !$0.hasPrefix(":") }.map(String.init) ?? ""
        }

        func write(_ json: inout JSONWriter) {
            json.object { json in
                json.member("resource", resource)
                json.member("resource_name", resource)
                json.member("verb", verb)
                json.member("path", path)
                json.member("scope", text)
            }
        }
    }
}

extension AuditKind {
    /// An account has got a role of its own.
    static let roleCreated = AuditKind(rawValue: "role.created")
    /// What a role of an account's own may do, or its name, was changed.
    static let roleChanged = AuditKind(rawValue: "role.changed")
    /// Nobody gets a role of an account's own any more.
    static let roleDeactivated = AuditKind(rawValue: "role.deactivated")
    /// A role of an account's own is given again.
    static let roleActivated = AuditKind(rawValue: "role.activated")
}
