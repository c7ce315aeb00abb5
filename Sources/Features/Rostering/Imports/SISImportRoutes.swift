import EventLoop
import HTTPTypes
import JSON
import JobQueue
import Postgres
import Tenancy
import WebServer

/// Imports of rosters, for those who administer the institution.
enum SISImportRoutes {
    /// `POST /api/v1/accounts/:account_id/sis_imports`: a form with `attachment`, or the file as the body.
    static func create(_ call: Call, _ account: Account) async throws -> WebResponse {
        try checkRoot(account)
        let request = call.request
        // Scanning 64 MiB for boundaries takes long enough to be felt by others.
        let read = await call.context.disk.run { Result { () throws(WebError) in try SISUpload(request) } }
        guard let upload = try read?.get() else { throw WebError.unavailable() }
        var asked = request
        asked.query = upload.items
        let options = try SISImportOptions(try asked.queryFields())
        let term = try await term(options.term, call)
        let queue = call.context.service(JobQueue.self)
        return try await call.commit { transaction in
            try await transaction.query(SISImportQueries.lock, [call.tenant])
            let made = try await transaction.query(
                SISImportQueries.create,
                [
                    call.tenant, .int(call.principal.user), .text(upload.isZip ? "zip" : "csv"),
                    .int(Int64(upload.size)),
                    .int(term), .bool(options.rules.overrides), .bool(options.rules.adds),
                    .bool(options.rules.clears), .text(options.dataSet), .bool(options.isRemaster),
                    .int(options.changeThreshold.map(Int64.init)), .int(options.rowThreshold.map(Int64.init)),
                ])
            guard let id = try made.first?.int(0) else { throw WebError.notFound }
            for (place, piece) in upload.pieces.enumerated() {
                try await transaction.query(
                    SISImportQueries.addPieces,
                    [call.tenant, .int(id), .intArray([Int64(place)]), .bytesArray([piece])])
            }
            let job = try await transaction.enqueue([try SISJob.request(.importing, id)], to: queue)
            try await transaction.query(SISImportQueries.setJob, [call.tenant, .int(id), .int(job[0].id)])
            try await note(.sisImportStarted, [id], call, transaction)
            return try await answer(id, call, transaction)
        }
    }

    /// `GET /api/v1/accounts/:account_id/sis_imports`, with `workflow_state[]`, `created_since`, `created_before`.
    static func list(_ call: Call, _ account: Account) async throws -> WebResponse {
        let query = try call.request.queryFields()
        let states = try query.texts("workflow_state", atMost: SISImport.State.allCases.count)
        let since = query.has("created_since") ? try query.time("created_since") : nil
        let until = query.has("created_before") ? try query.time("created_before") : nil
        return try await list(states.isEmpty ? nil : states, since, until, call, account)
    }

    /// `GET /api/v1/accounts/:account_id/sis_imports/importing`.
    static func listRunning(_ call: Call, _ account: Account) async throws -> WebResponse {
        let running: [SISImport.State] = [.importing, .cleanupBatch, .restoring]
        return try await list(running.map(\.rawValue), nil, nil, call, account)
    }

    private static func list(
        _ states: [String]?, _ since: Int64?, _ until: Int64?, _ call: Call, _ account: Account
    ) async throws -> WebResponse {
        try checkRoot(account)
        let paging = try Paging(call.request)
        let rows = try await call.query(
            SISImportQueries.list,
            [
                paging.start, paging.limit, paging.skip, states.map { .textArray($0) } ?? .null,
                .timestamp(milliseconds: since), .timestamp(milliseconds: until),
            ])
        let imports = try rows.map(SISImport.init)
        return .page(imports, paging, for: call.request, id: \.id, in: "sis_imports") { $1.write(&$0) }
    }

    /// `GET /api/v1/accounts/:account_id/sis_imports/:id`.
    static func show(_ call: Call, _ account: Account) async throws -> WebResponse {
        let found = try await find(call, account)
        return .json { found.write(&$0) }
    }

    /// `GET /api/v1/accounts/:account_id/sis_imports/:id/errors`: the messages that are kept, errors and warnings.
    static func listMessages(_ call: Call, _ account: Account) async throws -> WebResponse {
        let found = try await find(call, account)
        let paging = try Paging(call.request)
        let rows = try await call.query(
            SISImportQueries.messages, [.int(found.id), paging.start, paging.limit, paging.skip])
        return .page(
            try rows.map { try Message(import: found.id, $0) }, paging, for: call.request, id: \.id,
            in: "sis_import_errors"
        ) { json, message in
            json.object { json in
                json.member("sis_import_id", message.importID)
                json.member("file", message.file)
                json.orNull("row", message.row)
                json.member("message", message.text)
                json.member("is_error", message.isError)
            }
        }
    }

    /// `PUT /api/v1/accounts/:account_id/sis_imports/:id/abort`: what is done stays done, the rest is not.
    static func abort(_ call: Call, _ account: Account) async throws -> WebResponse {
        let found = try await find(call, account)
        return try await call.commit { transaction in
            let rows = try await transaction.query(SISImportQueries.abort, [call.tenant, .int(found.id)])
            guard !rows.isEmpty else {
                throw WebError.invalid("The import is \(found.state.rawValue).", code: "wrong_state")
            }
            try await note(.sisImportAborted, [found.id], call, transaction)
            try await clean([found.id], call, transaction)
            return try await answer(found.id, call, transaction)
        }
    }

    /// `PUT /api/v1/accounts/:account_id/sis_imports/abort_all_pending`: those that have not begun.
    static func abortAllPending(_ call: Call, _ account: Account) async throws -> WebResponse {
        try checkRoot(account)
        return try await call.commit { transaction in
            let rows = try await transaction.query(SISImportQueries.abortAllPending, [call.tenant])
            let aborted = try rows.map { try $0.int(0) }
            try await note(.sisImportAborted, aborted, call, transaction)
            try await clean(aborted, call, transaction)
            return .json(["aborted": true])
        }
    }

    /// `PUT /api/v1/accounts/:account_id/sis_imports/:id/restore_states`, with `batch_mode`, `undelete_only`,
    /// `unconclude_only`: gives the progress of it.
    static func restore(_ call: Call, _ account: Account) async throws -> WebResponse {
        let found = try await find(call, account)
        var fields = try call.request.fields()
        if fields.object.isEmpty { fields = try call.request.queryFields() }
        let wish = RestoreWish(
            isCleanupOnly: try fields.optionalBool("batch_mode") ?? false,
            undeletesOnly: try fields.optionalBool("undelete_only") ?? false,
            unconcludesOnly: try fields.optionalBool("unconclude_only") ?? false)
        let queue = call.context.service(JobQueue.self)
        try await call.requireStanding()
        let progress = try await call.pool.transaction(tenant: call.institution) { transaction in
            try await transaction.query(SISImportQueries.lock, [call.tenant])
            let rows = try await transaction.query(
                SISImportQueries.beginRestoring, [call.tenant, .int(found.id)])
            guard !rows.isEmpty else {
                throw WebError.invalid("The import is \(found.state.rawValue).", code: "wrong_state")
            }
            try await note(.sisImportRestored, [found.id], call, transaction)
            let shown = ProgressRequest(
                contextType: "Account", contextID: account.id, user: call.principal.user,
                tag: "sis_batch_state_restore")
            let job = try await transaction.enqueue(
                [try SISJob.request(.restoring(wish), found.id, progress: shown)], to: queue)
            try await transaction.query(
                SISImportQueries.setJob, [call.tenant, .int(found.id), .int(job[0].id)])
            return job[0].progress
        }
        guard let progress,
            let shown = try await ProgressStore(pool: call.pool).read(progress, in: call.institution)
        else { throw WebError.notFound }
        return call.answer(shown)
    }

    // MARK: Parts

    private struct Message {
        let importID: Int64
        let id: Int64
        let file: String
        let row: Int64?
        let text: String
        let isError: Bool

        init(import importID: Int64, _ row: Row) throws(PostgresError) {
            self.importID = importID
            id = try row.int(0)
            file = try row.text(1)
            self.row = try row.intOrNil(2)
            text = try row.text(3)
            isError = try row.bool(4)
        }
    }

    private static func note(
        _ kind: AuditKind, _ imports: [Int64], _ call: Call, _ transaction: PostgresTransaction
    ) async throws {
        for one in imports {
            try await AuditLog.record(
                AuditEvent(kind, by: call.origin, details: ["import_id": .number(one)]), in: call.institution,
                transaction)
        }
    }

    /// Whoever administers a school has no say in the whole institution's rosters.
    private static func checkRoot(_ account: Account) throws(WebError) {
        guard account.isRoot else { throw .forbidden }
    }

    private static func find(_ call: Call, _ account: Account) async throws -> SISImport {
        try checkRoot(account)
        let rows = try await call.query(SISImportQueries.show, [.int(try call.request.id("id"))])
        guard let row = rows.first else { throw WebError.notFound }
        return try SISImport(row)
    }

    private static func answer(
        _ id: Int64, _ call: Call, _ transaction: PostgresTransaction
    ) async throws -> WebResponse {
        let rows = try await transaction.query(SISImportQueries.show, [call.tenant, .int(id)])
        guard let row = rows.first else { throw WebError.notFound }
        let found = try SISImport(row)
        return .json { found.write(&$0) }
    }

    private static func clean(_ ids: [Int64], _ call: Call, _ transaction: PostgresTransaction) async throws {
        try await transaction.query([
            (SISImportQueries.removePieces, [call.tenant, .intArray(ids)]),
            (SISImportQueries.removeMentions, [call.tenant, .intArray(ids)]),
        ])
    }

    private static func term(_ text: String?, _ call: Call) async throws -> Int64? {
        guard let text else { return nil }
        var (id, sis): (Int64, String?) = (0, nil)
        switch ObjectReference(text) {
        case .id(let given): id = given
        case .foreign("sis_term_id", let given): sis = given
        default: break
        }
        guard let found = try await call.query(SISImportQueries.term, [.int(id), .text(sis)]).first else {
            throw WebError.invalid("There is no such term.", field: "batch_mode_term_id")
        }
        return try found.int(0)
    }
}

extension AuditKind {
    /// Somebody asked for an import.
    static let sisImportStarted = AuditKind(rawValue: "sis_import.started")
    /// Somebody ended an import before its end.
    static let sisImportAborted = AuditKind(rawValue: "sis_import.aborted")
    /// Somebody asked to have put back what an import changed.
    static let sisImportRestored = AuditKind(rawValue: "sis_import.restored")
}
