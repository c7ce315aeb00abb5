import Content
import JSON
import JobQueue
import Postgres
import Rostering
import Tenancy
import WebServer

/// Reports of an institution, in Canvas's shape, and exports of one person's data.
enum ReportRoutes {
    // MARK: Accounts

    /// `GET /api/v1/accounts/:account_id/reports`: what there is, each with its last run.
    static func listKinds(_ call: Call, _ account: Account) async throws -> WebResponse {
        try checkRoot(account)
        let latest = try await call.query(ReportQueries.latest).map(Report.init)
        return .json { json in
            json.array(of: Report.Kind.ofAccount) { json, kind in
                json.object { json in
                    json.member("report", kind.rawValue)
                    json.member("title", kind.title)
                    json.object("parameters") { json in
                        guard kind == .provisioning else { return }
                        for file in RosterExport.all {
                            json.object(file.name) { json in
                                json.member("required", false)
                                json.member(
                                    "description",
                                    "Whether the report holds \(file.file); all when none is named.")
                            }
                        }
                    }
                    if let last = latest.first(where: { $0.kind == kind }) {
                        json.name("last_run")
                        last.write(call, &json)
                    } else {
                        json.nullMember("last_run")
                    }
                }
            }
        }
    }

    /// `GET /api/v1/accounts/:account_id/reports/:report`: newest first.
    static func list(_ call: Call, _ account: Account) async throws -> WebResponse {
        let kind = try kind(call, account)
        let paging = try Paging(call.request)
        let rows = try await call.query(
            ReportQueries.list, [.text(kind.rawValue), paging.start, paging.limit, paging.skip])
        return .page(try rows.map(Report.init), paging, for: call.request, id: \.id) { $1.write(call, &$0) }
    }

    /// `POST /api/v1/accounts/:account_id/reports/:report`, with `parameters`; one that is under way already is the answer.
    static func create(_ call: Call, _ account: Account) async throws -> WebResponse {
        let kind = try kind(call, account)
        let fields = try call.request.fields().unwrapped("parameters")
        var parameters: [String] = []
        if kind == .provisioning {
            for file in RosterExport.all where try fields.optionalBool(file.name) ?? false {
                parameters.append(file.name)
            }
        }
        let shown = ProgressRequest(
            contextType: "Account", contextID: account.id, user: call.principal.user, tag: kind.rawValue)
        return try await call.commit { transaction in
            try await ask(kind, of: nil, parameters, shown, call, transaction)
        }
    }

    /// `GET /api/v1/accounts/:account_id/reports/:report/:id`.
    static func show(_ call: Call, _ account: Account) async throws -> WebResponse {
        let found = try await find(call, try kind(call, account))
        return .json { found.write(call, &$0) }
    }

    /// `DELETE /api/v1/accounts/:account_id/reports/:report/:id`: one that is under way is cancelled, a file goes.
    static func delete(_ call: Call, _ account: Account) async throws -> WebResponse {
        let found = try await find(call, try kind(call, account))
        return try await remove(found, call)
    }

    // MARK: One person

    /// `GET /api/v1/users/:user_id/data_exports`: those that the caller has asked for, newest first.
    static func listOfPerson(_ call: Call, _ user: Int64) async throws -> WebResponse {
        let paging = try Paging(call.request)
        let rows = try await call.query(
            ReportQueries.listOfPerson,
            [.int(user), paging.start, paging.limit, paging.skip, .int(call.principal.user)])
        return .page(try rows.map(Report.init), paging, for: call.request, id: \.id) { $1.write(call, &$0) }
    }

    /// `POST /api/v1/users/:user_id/data_exports`: for the user, or for an admin; whoever asks gets the file, and nobody else.
    static func createOfPerson(_ call: Call, _ user: Int64) async throws -> WebResponse {
        let shown = ProgressRequest(
            contextType: "User", contextID: user, user: call.principal.user, tag: Report.Kind.person.rawValue)
        return try await call.commit { transaction in
            try await ask(.person, of: user, [], shown, call, transaction)
        }
    }

    /// `GET /api/v1/users/:user_id/data_exports/:id`.
    static func showOfPerson(_ call: Call, _ user: Int64) async throws -> WebResponse {
        let found = try await find(call, of: user)
        return .json { found.write(call, &$0) }
    }

    /// `DELETE /api/v1/users/:user_id/data_exports/:id`.
    static func deleteOfPerson(_ call: Call, _ user: Int64) async throws -> WebResponse {
        try await remove(try await find(call, of: user), call)
    }

    // MARK: Parts

    /// Whoever administers a school sees nothing of the whole institution.
    private static func checkRoot(_ account: Account) throws(WebError) {
        guard account.isRoot else { throw .forbidden }
    }

    private static func kind(_ call: Call, _ account: Account) throws(WebError) -> Report.Kind {
        try checkRoot(account)
        guard let kind = Report.Kind(rawValue: call.request.parameters["report"] ?? ""),
            Report.Kind.ofAccount.contains(kind)
        else { throw .notFound }
        return kind
    }

    private static func find(_ call: Call, _ kind: Report.Kind) async throws -> Report {
        let rows = try await call.query(ReportQueries.show, [.int(try call.request.id("id"))])
        guard let found = try rows.first.map(Report.init), found.kind == kind else { throw WebError.notFound }
        return found
    }

    private static func find(_ call: Call, of user: Int64) async throws -> Report {
        let found = try await find(call, .person)
        guard found.subject == user, found.user == call.principal.user else { throw WebError.notFound }
        return found
    }

    private static func ask(
        _ kind: Report.Kind, of subject: Int64?, _ parameters: [String], _ shown: ProgressRequest,
        _ call: Call,
        _ transaction: PostgresTransaction
    ) async throws -> WebResponse {
        let json = RawJSON { json in
            json.object { json in for name in parameters { json.member(name, true) } }
        }
        let values: [PostgresValue] = [
            call.tenant, .text(kind.rawValue), .int(call.principal.user), .int(subject), .json(json.bytes),
        ]
        try await transaction.query(ReportQueries.lock, [call.tenant])
        if let open = try await transaction.query(ReportQueries.findOpen, values).first {
            return try await answer(try open.int(0), call, transaction)
        }
        let id = try await transaction.query(ReportQueries.create, values)[0].int(0)
        let job = try await transaction.enqueue(
            [try ReportJob.request(id, progress: shown)], to: call.context.service(JobQueue.self))
        try await transaction.query(ReportQueries.setJob, [call.tenant, .int(id), .int(job[0].id)])
        try await AuditLog.record(
            AuditEvent(
                .reportRequested, by: call.origin, subject: subject, details: ["report": .word(kind.rawValue)]
            ),
            in: call.institution, transaction)
        return try await answer(id, call, transaction)
    }

    private static func answer(
        _ id: Int64, _ call: Call, _ transaction: PostgresTransaction
    ) async throws -> WebResponse {
        let rows = try await transaction.query(ReportQueries.show, [call.tenant, .int(id)])
        guard let found = try rows.first.map(Report.init) else { throw WebError.notFound }
        return .json { found.write(call, &$0) }
    }

    private static func remove(_ found: Report, _ call: Call) async throws -> WebResponse {
        try await call.commit { transaction in
            try await transaction.query(ReportQueries.delete, [call.tenant, .int(found.id)])
            if let job = found.job { _ = try await transaction.cancelJob(job, in: call.institution) }
            if let artifact = found.artifact {
                try await Artifacts.expire(artifact.id, in: call.institution, transaction)
            }
            return .json { found.write(call, &$0) }
        }
    }
}

extension AuditKind {
    /// An export or a report was asked for; `report` says which.
    static let reportRequested = AuditKind(rawValue: "report.requested")
}
