import HTTPTypes
import EventLoop
import JSON
import Postgres
import WebServer

/// Parents and their children, in Canvas's shape: links are made by a child's code, by the child's password, or by an admin.
enum ParentRoutes {
    /// `POST /api/v1/users/:user_id/observer_pairing_codes`: a code of a student, shown once.
    ///
    /// A repetition with the same `Idempotency-Key` gets the answer without the code, which is kept nowhere.
    static func createCode(_ call: Call, _ user: Int64) async throws -> WebResponse {
        let code = PairingCode.random()
        let services = call.context.service(TenancyServices.self)
        var expiresAt: Int64 = 0
        var response = try await call.commit { transaction in
            let rows = try await transaction.query(
                ParentQueries.createCode,
                [call.tenant, .int(user), .bytes(code.hash(services.pairing, in: call.institution))])
            guard let row = rows.first else { throw WebError.unavailable() }
            expiresAt = try row.timestampMilliseconds(0)
            try await AuditLog.record(
                AuditEvent(.pairingCodeCreated, by: call.origin, subject: user), in: call.institution,
                transaction)
            return codeAnswer(user, nil, until: expiresAt)
        }
        if !Call.isReplay(response) { response.body = codeAnswer(user, code, until: expiresAt).body }
        return response
    }

    /// `GET /api/v1/users/:user_id/observees`.
    static func children(_ call: Call, _ user: Int64) async throws -> WebResponse {
        try await list(ParentQueries.children, call, user)
    }

    /// `GET /api/v1/users/:user_id/observers`.
    static func parents(_ call: Call, _ user: Int64) async throws -> WebResponse {
        try await list(ParentQueries.parents, call, user)
    }

    /// `GET /api/v1/users/:user_id/observees/:observee_id`.
    static func child(_ call: Call, _ user: Int64) async throws -> WebResponse {
        try await show(ParentQueries.child, call, user, try await other("observee_id", call))
    }

    /// `GET /api/v1/users/:user_id/observers/:observer_id`.
    static func parent(_ call: Call, _ user: Int64) async throws -> WebResponse {
        try await show(ParentQueries.parent, call, user, try await other("observer_id", call))
    }

    /// `POST /api/v1/users/:user_id/observees`: with `pairing_code`, or with `observee[unique_id]` and
    /// `observee[password]`.
    static func link(_ call: Call, _ user: Int64) async throws -> WebResponse {
        let fields = try call.request.fields()
        if let typed = try fields.optionalString("pairing_code", in: 0...100) {
            return try await link(by: typed, call, user)
        }
        let observee = try fields.fields("observee")
        let login = try observee.string("unique_id", in: 1...255)
        let password = try observee.string("password", in: 1...1024)
        let services = call.context.service(TenancyServices.self)
        let proof = try await SignIn(services: services, context: call.context)
            .prove(login: login, password: password, call.request, in: call.institution)
        guard let row = try await call.query(ParentQueries.userOfPerson, [.int(proof.person)]).first else {
            throw WebError.notFound
        }
        return try await link(try row.int(0), call, user, field: "observee[unique_id]")
    }

    /// `PUT /api/v1/users/:user_id/observees/:observee_id`, by an admin.
    static func put(_ call: Call, _ user: Int64) async throws -> WebResponse {
        try await link(try await other("observee_id", call), call, user, field: "observee_id")
    }

    /// `DELETE /api/v1/users/:user_id/observees/:observee_id`: what the parent saw by the link is closed at once.
    static func unlink(_ call: Call, _ user: Int64) async throws -> WebResponse {
        let child = try await other("observee_id", call)
        let response = try await call.commit { transaction in
            guard
                let row = try await transaction.query(
                    ParentQueries.child, [call.tenant, .int(user), .int(child)]
                ).first
            else { throw WebError.notFound }
            try await transaction.query(DirectoryQueries.unlink, [call.tenant, .int(user), .int(child)])
            return try answer(row)
        }
        call.context.service(TenancyServices.self).didRevoke(of: user, in: call.institution)
        return response
    }

    // MARK: Parts

    private static func link(by typed: String, _ call: Call, _ user: Int64) async throws -> WebResponse {
        let services = call.context.service(TenancyServices.self)
        let who = PairingThrottle.User(institution: call.institution.rawValue, user: call.principal.user)
        if let wait = services.admitPairing(who, at: call.context.loop.now) {
            throw WebError.tooManyRequests(after: wait)
        }
        guard let code = PairingCode(typed) else { throw wrongCode }
        let response = try await call.commit { transaction in
            let used = try await transaction.query(
                ParentQueries.useCode,
                [call.tenant, .bytes(code.hash(services.pairing, in: call.institution)), .int(user)])
            guard let row = used.first else { throw wrongCode }
            return try await link(try row.int(0), call, user, transaction)
        }
        services.forgivePairing(who, at: call.context.loop.now)
        return response
    }

    private static func link(_ child: Int64, _ call: Call, _ user: Int64, field: String) async throws
        -> WebResponse
    {
        guard child != user else { throw WebError.invalid("Nobody is their own parent.", field: field) }
        return try await call.commit { try await link(child, call, user, $0) }
    }

    private static func link(
        _ child: Int64, _ call: Call, _ user: Int64, _ transaction: PostgresTransaction
    ) async throws -> WebResponse {
        let pair: [PostgresValue] = [call.tenant, .int(user), .int(child)]
        let results = try await transaction.query([
            (DirectoryQueries.link, pair), (ParentQueries.child, pair),
        ])
        guard let row = results[1].first else { throw WebError.notFound }
        return try answer(row)
    }

    /// The one answer to a code that was used, has ended, or never was.
    private static var wrongCode: WebError {
        WebError.invalid(
            "The code is not right, or is used or too old.", field: "pairing_code", code: "invalid_code")
    }

    private static func other(_ name: String, _ call: Call) async throws -> Int64 {
        try await UserLookup(call).find(call.request.parameters[name] ?? "")
    }

    private static func list(_ statement: Statement, _ call: Call, _ user: Int64) async throws -> WebResponse
    {
        let paging = try Paging(call.request)
        let rows = try await call.query(statement, [.int(user), paging.start, paging.limit, paging.skip])
        return .page(try rows.map(Relative.init), paging, for: call.request, id: \.id) { $1.write(&$0) }
    }

    private static func show(
        _ statement: Statement, _ call: Call, _ user: Int64, _ other: Int64
    ) async throws -> WebResponse {
        guard let row = try await call.query(statement, [.int(user), .int(other)]).first else {
            throw WebError.notFound
        }
        return try answer(row)
    }

    private static func answer(_ row: Row) throws -> WebResponse {
        let relative = try Relative(row)
        return .json { relative.write(&$0) }
    }

    private static func codeAnswer(_ user: Int64, _ code: PairingCode?, until end: Int64) -> WebResponse {
        .json { json in
            json.object { json in
                json.member("user_id", user)
                json.member("code", code?.text)
                json.time("expires_at", end)
                json.member("workflow_state", "active")
            }
        }
    }

    /// A parent or a child, as the other one sees them.
    private struct Relative {
        let id: Int64
        let name: String
        let sortableName: String
        let shortName: String

        init(_ row: Row) throws {
            id = try row.int(0)
            name = try row.text(1)
            sortableName = try row.text(2)
            shortName = try row.text(3)
        }

        func write(_ json: inout JSONWriter) {
            json.object { json in
                json.member("id", id)
                json.member("name", name)
                json.member("sortable_name", sortableName)
                json.member("short_name", shortName)
            }
        }
    }
}

extension AuditKind {
    /// A code was made for a child.
    package static let pairingCodeCreated = AuditKind(rawValue: "pairing_code.created")
}
