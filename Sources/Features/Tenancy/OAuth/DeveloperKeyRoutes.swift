import HTTPTypes
import JSON
import Postgres
import WebServer

/// Developer keys for an institution's admins, in Canvas's shape.
enum DeveloperKeyRoutes {
    /// Keys of one institution at most.
    static let most: Int64 = 500

    /// `GET /api/v1/accounts/:account_id/developer_keys`.
    ///
    /// All keys are the institution's own: nothing is inherited.
    static func list(_ call: Call, _ account: Account) async throws -> WebResponse {
        guard call.isAdmin, account.isRoot else { throw WebError.forbidden }
        let paging = try Paging(call.request)
        let isAboutInherited = try call.request.queryFields().optionalBool("inherited") ?? false
        let rows =
            isAboutInherited
            ? []
            : try await call.query(DeveloperKeyQueries.list, [paging.start, paging.limit, paging.skip])
                .map(Entry.init)
        return .page(rows, paging, for: call.request, id: \.key.id) {
            $1.key.write(&$0, in: call.institution, use: $1.use)
        }
    }

    /// `POST /api/v1/accounts/:account_id/developer_keys`: the answer is the only place where the secret stands (`api_key`).
    ///
    /// A repetition with the same `Idempotency-Key` gets the key without its secret, which is kept nowhere.
    static func create(_ call: Call, _ account: Account) async throws -> WebResponse {
        guard call.isAdmin, account.isRoot else { throw WebError.forbidden }
        let fields = try call.request.fields().unwrapped("developer_key")
        let changes = try DeveloperKeyChanges(fields, before: nil)
        let type =
            try fields.optionalString("client_type", oneOf: ["confidential", "public"]) ?? "confidential"
        let secret = type == "public" ? nil : ClientSecret.random()
        let made = Made()
        var response = try await call.commit { transaction in
            let rows = try await transaction.query(
                DeveloperKeyQueries.create,
                [call.tenant, .bytes(secret?.hash)] + changes.values + [.int(most)])
            guard let id = try rows.first?.int(0) else {
                throw WebError.invalid("There are \(most) keys: delete one first.")
            }
            try await note(.developerKeyCreated, id, call, transaction)
            let entry = try await find(id, call, transaction)
            made.entry = entry
            return .json { entry.key.write(&$0, in: call.institution, use: entry.use) }
        }
        if let entry = made.entry, let secret, !Call.isReplay(response) {
            let shown = RawJSON {
                entry.key.write(&$0, in: call.institution, use: entry.use, secret: secret.text)
            }
            response.body = .bytes(shown.bytes)
            response.headers[.cacheControl] = "no-store"
        }
        return response
    }

    /// `PUT /api/v1/developer_keys/:id`: what is not named stays; tokens keep no more than the key allows.
    static func update(_ call: Call) async throws -> WebResponse {
        let id = try call.request.id("id")
        let fields = try call.request.fields().unwrapped("developer_key")
        let users = Users()
        let response = try await call.commit { transaction in
            let before = try await find(id, call, transaction)
            let changes = try DeveloperKeyChanges(fields, before: before.key)
            try await users.read(id, call, transaction)
            let rows = try await transaction.query(
                DeveloperKeyQueries.update,
                [call.tenant, .int(id)] + changes.values + [.text(changes.state.rawValue)])
            guard !rows.isEmpty else { throw WebError.notFound }
            try await transaction.query(
                DeveloperKeyQueries.narrow, [call.tenant, .int(id), changes.scopeValue])
            try await note(.developerKeyChanged, id, call, transaction)
            let entry = try await find(id, call, transaction)
            return .json { entry.key.write(&$0, in: call.institution, use: entry.use) }
        }
        users.tell(call)
        return response
    }

    /// `DELETE /api/v1/developer_keys/:id`: with everything that its app was given.
    static func delete(_ call: Call) async throws -> WebResponse {
        let id = try call.request.id("id")
        let users = Users()
        let response = try await call.commit { transaction in
            let before = try await find(id, call, transaction)
            try await users.read(id, call, transaction)
            let results = try await transaction.query([
                (DeveloperKeyQueries.delete, [call.tenant, .int(id)]),
                (DeveloperKeyQueries.endTokens, [call.tenant, .int(id)]),
                (DeveloperKeyQueries.endCodes, [call.tenant, .int(id)]),
            ])
            guard !results[0].isEmpty else { throw WebError.notFound }
            try await note(.developerKeyDeleted, id, call, transaction)
            return .json {
                before.key.write(&$0, in: call.institution, use: before.use, state: .deleted)
            }
        }
        users.tell(call)
        return response
    }

    // MARK: Parts

    private struct Entry {
        let key: DeveloperKey
        let use: DeveloperKey.Use

        init(_ row: Row) throws(PostgresError) {
            key = try DeveloperKey(row)
            use = DeveloperKey.Use(
                tokens: try row.int(14), lastUsedAt: try row.timestampMillisecondsOrNil(15))
        }
    }

    /// What a transaction's body leaves behind.
    private final class Made { var entry: Entry? }

    /// Whose tokens a change touches.
    private final class Users {
        private var ids: [Int64] = []

        func read(_ key: Int64, _ call: Call, _ transaction: PostgresTransaction) async throws {
            let rows = try await transaction.query(DeveloperKeyQueries.users, [call.tenant, .int(key)])
            ids = []
            for row in rows { ids.append(try row.int(0)) }
        }

        func tell(_ call: Call) {
            let services = call.context.service(TenancyServices.self)
            for id in ids { services.didRevoke(of: id, in: call.institution) }
        }
    }

    private static func find(
        _ id: Int64, _ call: Call, _ transaction: PostgresTransaction
    ) async throws -> Entry {
        let rows = try await transaction.query(DeveloperKeyQueries.show, [call.tenant, .int(id)])
        guard let row = rows.first else { throw WebError.notFound }
        return try Entry(row)
    }

    private static func note(
        _ kind: AuditKind, _ id: Int64, _ call: Call, _ transaction: PostgresTransaction
    ) async throws(PostgresError) {
        try await AuditLog.record(
            AuditEvent(kind, by: call.origin, details: ["developer_key_id": .number(id)]),
            in: call.institution, transaction)
    }
}

extension AuditKind {
    /// An app was registered.
    package static let developerKeyCreated = AuditKind(rawValue: "developer_key.created")
    /// An app's key was changed, switched on or off.
    package static let developerKeyChanged = AuditKind(rawValue: "developer_key.changed")
    /// An app's key was deleted, with its tokens.
    package static let developerKeyDeleted = AuditKind(rawValue: "developer_key.deleted")
    /// A user has let an app in.
    package static let appAllowed = AuditKind(rawValue: "app.allowed")
    /// A code or an old refresh token came a second time: what it had given has ended.
    package static let appReplayed = AuditKind(rawValue: "app.replayed")
}
