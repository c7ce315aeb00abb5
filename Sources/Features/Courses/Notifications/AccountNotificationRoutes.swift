import JSON
import Postgres
import Tenancy
import WebServer

/// What accounts tell: made by their admins, seen and put away by whom it is for.
enum AccountNotificationRoutes {
    /// `GET /api/v1/accounts/:account_id/account_notifications`: what the caller is to see now; with `include_all`, for its
    /// admins, all of the account.
    static func list(_ call: Call) async throws -> WebResponse {
        let account = try await account(call)
        if try call.request.queryFields().optionalBool("include_all") ?? false {
            guard try await AccountLookup(call).administers(account) else { throw WebError.forbidden }
            let paging = try Paging(call.request)
            let rows = try await call.query(
                AccountNotificationQueries.all,
                [.int(account.id), paging.start, paging.limit, paging.skip, .int(nil)])
            return .page(try rows.map(AccountNotification.init), paging, for: call.request, id: \.id) {
                $1.write(&$0)
            }
        }
        return try await listVisible(account, call)
    }

    /// `GET /api/v1/accounts/:account_id/users/:user_id/account_notifications`, for oneself.
    static func listOfUser(_ call: Call, _ user: Int64) async throws -> WebResponse {
        try await listVisible(try await account(call), call)
    }

    private static func listVisible(_ account: Account, _ call: Call) async throws -> WebResponse {
        let paging = try Paging(call.request)
        let rows = try await call.query(
            AccountNotificationQueries.visible,
            [.intArray(account.path), paging.start, paging.limit, paging.skip, .int(nil)] + viewer(call))
        return .page(try rows.map(AccountNotification.init), paging, for: call.request, id: \.id) {
            $1.write(&$0)
        }
    }

    /// `GET /api/v1/accounts/:account_id/account_notifications/:id`: what the caller is to see, or administers.
    static func show(_ call: Call) async throws -> WebResponse {
        let found = try await find(try await account(call), call)
        return .json { found.write(&$0) }
    }

    /// `POST /api/v1/accounts/:account_id/account_notifications`.
    static func create(_ call: Call, _ account: Account) async throws -> WebResponse {
        let fields = try AccountNotificationFields(try call.request.fields(), isNew: true)
        return try await call.commit { transaction in
            let rows = try await transaction.query(
                AccountNotificationQueries.create,
                [call.tenant, .int(account.id), .int(call.principal.user)] + fields.values)
            return try answer(rows)
        }
    }

    /// `PUT /api/v1/accounts/:account_id/account_notifications/:id`.
    static func update(_ call: Call, _ account: Account) async throws -> WebResponse {
        let fields = try AccountNotificationFields(try call.request.fields(), isNew: false)
        let id = try call.request.id("id")
        return try await call.commit { transaction in
            try answer(
                try await transaction.query(
                    AccountNotificationQueries.update,
                    [call.tenant, .int(account.id), .int(id)] + fields.values))
        } mapping: { error in
            error.state == .checkViolation
                ? .invalid("It ends before it begins.", field: "account_notification.end_at") : nil
        }
    }

    /// `DELETE /api/v1/accounts/:account_id/account_notifications/:id`: puts it away for oneself; with `remove`, for its
    /// admins, for everybody.
    static func delete(_ call: Call) async throws -> WebResponse {
        let account = try await account(call)
        var fields = try call.request.fields()
        if !fields.has("remove") { fields = try call.request.queryFields() }
        guard try fields.optionalBool("remove") ?? false else { return try await close(account, call) }
        guard try await AccountLookup(call).administers(account) else { throw WebError.forbidden }
        let id = try call.request.id("id")
        return try await call.commit { transaction in
            try answer(
                try await transaction.query(
                    AccountNotificationQueries.delete, [call.tenant, .int(account.id), .int(id)]))
        }
    }

    /// `DELETE /api/v1/accounts/:account_id/users/:user_id/account_notifications/:id`, for oneself.
    static func closeOfUser(_ call: Call, _ user: Int64) async throws -> WebResponse {
        try await close(try await account(call), call)
    }

    private static func close(_ account: Account, _ call: Call) async throws -> WebResponse {
        let found = try await find(account, call)
        return try await call.commit { transaction in
            try await transaction.query(
                AccountNotificationQueries.close,
                [call.tenant, .int(found.id), .int(call.principal.user)])
            return .json { found.write(&$0) }
        }
    }

    // MARK: Parts

    private static func account(_ call: Call) async throws -> Account {
        try await AccountLookup(call).find(call.request.parameters["account_id"] ?? "")
    }

    private static func viewer(_ call: Call) -> [PostgresValue] {
        [
            .int(call.principal.user), .bool(call.isAdmin),
            .timestamp(milliseconds: call.request.receivedAt),
        ]
    }

    private static func find(_ account: Account, _ call: Call) async throws -> AccountNotification {
        let one: [PostgresValue] = [.int(0), .int(1), .int(0), .int(try call.request.id("id"))]
        let visible = try await call.query(
            AccountNotificationQueries.visible, [.intArray(account.path)] + one + viewer(call))
        if let row = visible.first { return try AccountNotification(row) }
        guard try await AccountLookup(call).administers(account) else { throw WebError.notFound }
        let rows = try await call.query(AccountNotificationQueries.all, [.int(account.id)] + one)
        guard let row = rows.first else { throw WebError.notFound }
        return try AccountNotification(row)
    }

    private static func answer(_ rows: Rows) throws -> WebResponse {
        guard let found = try rows.first.map(AccountNotification.init) else { throw WebError.notFound }
        return .json { found.write(&$0) }
    }
}
