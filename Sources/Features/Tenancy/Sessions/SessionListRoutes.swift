import JSON
import Postgres
import WebServer

/// A user's open sessions: where they are, and their end.
enum SessionListRoutes {
    /// `GET /api/v1/users/self/sessions`: one's own, by id.
    static func list(_ call: Call) async throws -> WebResponse {
        let paging = try Paging(call.request)
        let rows = try await call.query(
            SessionQueries.list, [.int(call.principal.user), paging.start, paging.limit, paging.skip])
        let current = Self.current(call.principal)
        return .page(try rows.map(Entry.init), paging, for: call.request, id: \.id) { json, entry in
            json.object { json in
                json.member("id", entry.id)
                json.time("created_at", entry.createdAt)
                json.time("last_seen_at", entry.lastSeen)
                json.time("expires_at", entry.expiresAt)
                json.nullable("browser", entry.browser)
                json.nullable("remote_address", entry.address)
                json.member("method", entry.method)
                json.member("current", entry.id == current)
            }
        }
    }

    /// `DELETE /api/v1/users/self/sessions/:id`: one of one's own.
    static func delete(_ call: Call) async throws -> WebResponse {
        let session = try call.request.id("id")
        return try await end(
            SessionQueries.endOne, [.int(call.principal.user), .int(session)], of: call.principal.user, call,
            mayFindNone: false)
    }

    /// `DELETE /api/v1/users/self/sessions`: all of one's own but the one that asks.
    static func deleteOthers(_ call: Call) async throws -> WebResponse {
        try await end(
            SessionQueries.endAll, [.int(call.principal.user), .int(current(call.principal) ?? 0)],
            of: call.principal.user, call)
    }

    /// `DELETE /api/v1/users/:user_id/sessions`: all of a user's, by an admin.
    static func deleteAll(_ call: Call, _ user: Int64) async throws -> WebResponse {
        try await end(SessionQueries.endAll, [.int(user), .int(0)], of: user, call)
    }

    // MARK: Parts

    /// A session as it is stored, without its secrets.
    private struct Entry {
        let id: Int64
        let createdAt: Int64
        let lastSeen: Int64
        let expiresAt: Int64
        let browser: String?
        let address: String?
        let method: String

        init(_ row: Row) throws {
            id = try row.int(0)
            createdAt = try row.timestampMilliseconds(1)
            lastSeen = try row.timestampMilliseconds(2)
            expiresAt = try row.timestampMilliseconds(3)
            browser = try row.textOrNil(4)
            address = try row.textOrNil(5)
            method = try row.text(6)
        }
    }

    private static func current(_ principal: Principal) -> Int64? {
        if case .cookie(let session, _) = principal.credential { session } else { nil }
    }

    /// Ends sessions with one line in the audit log; none where there was nothing to end.
    private static func end(
        _ statement: Statement, _ values: [PostgresValue], of user: Int64, _ call: Call,
        mayFindNone: Bool = true
    ) async throws -> WebResponse {
        let response = try await call.commit { transaction in
            let ended = try await transaction.query(statement, [call.tenant] + values)
            if ended.isEmpty, !mayFindNone { throw WebError.notFound }
            if let first = ended.first {
                let details: [String: AuditEvent.Detail] =
                    ended.count == 1
                    ? ["session_id": .number(try first.int(0))] : ["count": .number(Int64(ended.count))]
                try await AuditLog.record(
                    AuditEvent(.sessionRevoked, by: call.origin, subject: user, details: details),
                    in: call.institution, transaction)
            }
            return .noContent
        }
        call.context.service(TenancyServices.self).didRevoke(of: user, in: call.institution)
        return response
    }
}
