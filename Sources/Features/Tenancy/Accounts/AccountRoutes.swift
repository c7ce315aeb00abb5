import HTTPTypes
import JSON
import Postgres
import WebServer

/// Accounts, for those who administer them.
enum AccountRoutes {
    private static let nameLength = 1...200

    /// `GET /api/v1/accounts`: those that the caller administers, without those below them.
    static func list(_ call: Call) async throws -> WebResponse {
        let paging = try Paging(call.request)
        let rows = try await call.query(
            AccountQueries.own,
            [.int(call.principal.user), .bool(call.isAdmin), paging.start, paging.limit, paging.skip])
        return .page(try rows.map(Account.init), paging, for: call.request, id: \.id) { $1.write(&$0) }
    }

    /// `GET /api/v1/accounts/search`, with `name` and `domain`: of the accounts that the caller administers, those below them
    /// too, the ones whose name, or whose institution's host name, holds the text.
    static func search(_ call: Call) async throws -> WebResponse {
        let paging = try Paging(call.request)
        let query = try call.request.queryFields()
        func pattern(_ name: String) throws -> PostgresValue {
            let text = try query.optionalString(name, max: SearchTerm.longest)
            return .text(text.flatMap(SearchTerm.init(of:))?.pattern)
        }
        let rows = try await call.query(
            AccountQueries.search,
            [
                .int(call.principal.user), .bool(call.isAdmin), paging.start, paging.limit, paging.skip,
                try pattern("name"), try pattern("domain"),
            ])
        let found = try rows.map { (account: try Account($0), host: try $0.textOrNil(8)) }
        return .page(found, paging, for: call.request, id: \.account.id) { json, found in
            json.object { json in
                found.account.writeMembers(&json)
                json.orNull("domain", found.host)
                // Canvas's clients read them; nobody says where schools are.
                json.nullMember("distance")
                json.nullMember("authentication_provider")
            }
        }
    }

    /// `GET /api/v1/accounts/:id`.
    static func show(_ call: Call, _ account: Account) async throws -> WebResponse {
        .json { account.write(&$0) }
    }

    /// `PUT /api/v1/accounts/:id`: `account[name]`, `account[default_time_zone]`, `account[sis_account_id]`,
    /// `account[default_locale]`.
    static func update(_ call: Call, _ account: Account) async throws -> WebResponse {
        let fields = try call.request.fields().unwrapped("account")
        let name = try fields.optionalString("name", in: nameLength)
        if let name { try check(name, "name", fields) }
        let zone = try timeZone(fields)
        let sis = try fields.textChange("sis_account_id", max: ObjectReference.longest)
        // Ids of the student information system are the institution's.
        guard sis == nil || call.isAdmin else { throw WebError.forbidden }
        let locale = try fields.localeChange("default_locale")
        return try await call.commit { transaction in
            let rows = try await transaction.query(
                AccountQueries.update,
                [
                    call.tenant, .int(account.id), .text(name), .text(zone), .bool(sis != nil),
                    .text(sis ?? nil), .bool(locale != nil), .text(locale ?? nil),
                ])
            guard let row = rows.first else { throw WebError.notFound }
            let changed = try Account(row)
            if changed.isRoot, let name {
                // The root's name is the institution's.
                try await transaction.query(DirectoryQueries.rename, [.text(name)])
            }
            return .json { changed.write(&$0) }
        } mapping: {
            duplicate($0, fields)
        }
    }

    /// `GET /api/v1/accounts/:account_id/sub_accounts`, with `recursive` and `search_term`.
    static func listBelow(_ call: Call, _ account: Account) async throws -> WebResponse {
        let paging = try Paging(call.request)
        let query = try call.request.queryFields()
        let isRecursive = try query.optionalBool("recursive") ?? false
        let pattern = try SearchTerm(query)?.pattern
        let rows = try await call.query(
            AccountQueries.below,
            [
                .int(account.id), .bool(isRecursive), paging.start, paging.limit, paging.skip, .text(pattern),
            ])
        return .page(try rows.map(Account.init), paging, for: call.request, id: \.id) { $1.write(&$0) }
    }

    /// `POST /api/v1/accounts/:account_id/sub_accounts`: `account[name]` and what else ``update(_:_:)`` takes.
    static func create(_ call: Call, _ account: Account) async throws -> WebResponse {
        let fields = try call.request.fields().unwrapped("account")
        let name = try fields.string("name", in: nameLength)
        try check(name, "name", fields)
        guard account.path.count < Account.deepest else {
            throw WebError.invalid(
                "Accounts may be \(Account.deepest) deep inside one another.", field: "account_id")
        }
        let zone = try timeZone(fields) ?? account.timeZone
        let sis = try fields.textChange("sis_account_id", max: ObjectReference.longest) ?? nil
        guard sis == nil || call.isAdmin else { throw WebError.forbidden }
        let locale = try fields.localeChange("default_locale") ?? nil
        return try await call.commit { transaction in
            let above = try await transaction.query(AccountQueries.share, [call.tenant, .int(account.id)])
            guard !above.isEmpty else { throw WebError.notFound }
            let rows = try await transaction.query(
                AccountQueries.create,
                [
                    call.tenant, .int(account.id), .text(name), .text(sis), .text(zone),
                    .intArray(account.path), .text(locale),
                ])
            guard let row = rows.first else { throw WebError.notFound }
            let made = try Account(row)
            return .json { made.write(&$0) }
        } mapping: {
            duplicate($0, fields)
        }
    }

    /// `DELETE /api/v1/accounts/:account_id/sub_accounts/:id`: one that has neither accounts nor courses below it.
    static func delete(_ call: Call, _ account: Account) async throws -> WebResponse {
        let one = try await AccountLookup(call).find(call.request.parameters["id"] ?? "")
        guard one.path.contains(account.id), one.id != account.id else { throw WebError.notFound }
        return try await call.commit { transaction in
            try await transaction.query(AccountQueries.hold, [call.tenant, .int(one.id)])
            let rows = try await transaction.query(AccountQueries.delete, [call.tenant, .int(one.id)])
            guard let row = rows.first else { throw inUse }
            let deleted = try Account(row)
            return .json { deleted.write(&$0) }
        } mapping: { error in
            error.state == .foreignKeyViolation ? inUse : nil
        }
    }

    // MARK: Parts

    private static let inUse = WebError.conflict(
        "The account has accounts or courses below it: remove or move them first.", code: "account_in_use")

    private static func check(_ name: String, _ field: String, _ fields: JSONFields) throws(FieldError) {
        guard NewUser.isName(name) else {
            throw fields.error(field, .other("must have no control characters"))
        }
    }

    private static func timeZone(_ fields: JSONFields) throws(FieldError) -> String? {
        guard let name = try fields.optionalString("default_time_zone", in: 1...64) else { return nil }
        guard TimeZoneName.isKnown(name) else {
            throw fields.error("default_time_zone", .other("must be a time zone such as Europe/Berlin"))
        }
        return name
    }

    private static func duplicate(_ error: PostgresError, _ fields: JSONFields) -> WebError? {
        guard error.state == .uniqueViolation else { return nil }
        return .invalid(
            "Another account has this SIS id.", field: fields.path(of: "sis_account_id"), code: "duplicate")
    }
}
