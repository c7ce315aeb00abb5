import JSON
import JobQueue
import Postgres
import Tenancy
import WebServer

/// Erasing a user from an institution, for those who administer it: asked for, then confirmed within the hour.
enum ErasureRoutes {
    /// `GET /api/v1/accounts/:account_id/erasures`: newest first.
    static func list(_ call: Call, _ account: Account) async throws -> WebResponse {
        try checkRoot(account)
        let paging = try Paging(call.request)
        let rows = try await call.query(ErasureQueries.list, [paging.start, paging.limit, paging.skip])
        return .page(try rows.map(ErasureRecord.init), paging, for: call.request, id: \.id) {
            $1.write(call, &$0)
        }
    }

    /// `GET /api/v1/accounts/:account_id/erasures/:id`.
    static func show(_ call: Call, _ account: Account) async throws -> WebResponse {
        try checkRoot(account)
        let rows = try await call.query(ErasureQueries.show, [.int(try call.request.id("id"))])
        guard let found = try rows.first.map(ErasureRecord.init) else { throw WebError.notFound }
        return .json { found.write(call, &$0) }
    }

    /// `POST /api/v1/accounts/:account_id/erasures`, with `user_id`: nothing is erased yet.
    ///
    /// A user who was deleted may be erased; whoever administers the institution may not, before they have lost that role.
    static func create(_ call: Call, _ account: Account) async throws -> WebResponse {
        try checkRoot(account)
        let fields = try call.request.fields()
        let user = try fields.id("user_id")
        return try await call.commit { transaction in
            let found = try await transaction.query(ErasureQueries.user, [call.tenant, .int(user)])
            guard let isAdmin = try found.first?.bool(0) else {
                throw WebError.invalid("The institution has no such user.", field: "user_id")
            }
            guard !isAdmin else {
                throw WebError.conflict(
                    "Whoever administers the institution cannot be erased.", code: "is_admin")
            }
            let rows = try await transaction.query(
                ErasureQueries.request, [call.tenant, .int(user), .int(call.principal.user)])
            return try await answer(try rows[0].int(0), call, transaction)
        }
    }

    /// `POST /api/v1/accounts/:account_id/erasures/:id/confirm`: from here on there is no way back; again, it changes nothing.
    ///
    /// One whose job has failed is carried on with.
    static func confirm(_ call: Call, _ account: Account) async throws -> WebResponse {
        try checkRoot(account)
        let id = try call.request.id("id")
        return try await call.commit { transaction in
            let held = try await transaction.query(ErasureQueries.hold, [call.tenant, .int(id)])
            guard let row = held.first,
                let shown = try await transaction.query(ErasureQueries.show, [call.tenant, .int(id)]).first
            else { throw WebError.notFound }
            let record = try ErasureRecord(shown)
            guard record.state == "requested" || record.state == "failed" else {
                return .json { record.write(call, &$0) }
            }
            if record.state == "requested", try row.bool(2) {
                throw WebError.conflict(
                    "It was asked for more than an hour ago: ask again.", code: "request_expired")
            }
            for statement in ErasureQueries.shutOut {
                try await transaction.query(statement, [call.tenant, .int(record.user)])
            }
            let progress = ProgressRequest(
                contextType: "User", contextID: record.user, user: call.principal.user, tag: "erasure")
            let job = try await transaction.enqueue(
                [try ErasureJob.request(id, progress: progress)], to: call.context.service(JobQueue.self))
            try await transaction.query(ErasureQueries.confirm, [call.tenant, .int(id), .int(job[0].id)])
            if record.state == "requested" {
                try await AuditLog.record(
                    AuditEvent(.erasureConfirmed, by: call.origin, subject: record.user),
                    in: call.institution,
                    transaction)
            }
            return try await answer(id, call, transaction)
        }
    }

    private static func checkRoot(_ account: Account) throws(WebError) {
        guard account.isRoot else { throw .forbidden }
    }

    private static func answer(
        _ id: Int64, _ call: Call, _ transaction: PostgresTransaction
    ) async throws -> WebResponse {
        let rows = try await transaction.query(ErasureQueries.show, [call.tenant, .int(id)])
        guard let found = try rows.first.map(ErasureRecord.init) else { throw WebError.notFound }
        return .json { found.write(call, &$0) }
    }
}

extension AuditKind {
    /// An admin has confirmed that a user is to be erased.
    static let erasureConfirmed = AuditKind(rawValue: "erasure.confirmed")
    /// A user was erased: the subject is a pseudonym.
    static let erasureCompleted = AuditKind(rawValue: "erasure.completed")
}
