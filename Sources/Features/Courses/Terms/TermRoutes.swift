import HTTPTypes
import JSON
import Postgres
import Tenancy
import WebServer

/// Terms, for the institution's admins; they belong to the root account.
enum TermRoutes {
    /// `GET /api/v1/accounts/:account_id/terms`, with `workflow_state[]` and `term_name`.
    static func list(_ call: Call, _ account: Account) async throws -> WebResponse {
        let paging = try Paging(call.request)
        let query = try call.request.queryFields()
        var states = try query.texts("workflow_state", atMost: 3)
        if states.contains("all") { states = ["active", "deleted"] }
        let pattern = try query.optionalString("term_name", max: 255).flatMap { SearchTerm(of: $0)?.pattern }
        let rows = try await call.query(
            TermQueries.list,
            [
                .textArray(states.isEmpty ? ["active"] : states), paging.start, paging.limit, paging.skip,
                .text(pattern),
            ])
        let terms = try rows.map { try EnrollmentTerm($0) }
        return .page(terms, paging, for: call.request, id: \.id, in: "enrollment_terms") {
            $1.write(&$0, withSIS: true)
        }
    }

    /// `GET /api/v1/accounts/:account_id/terms/:id`.
    static func show(_ call: Call, _ account: Account) async throws -> WebResponse {
        let term = try await find(call)
        return .json { term.write(&$0, withSIS: true) }
    }

    /// `POST /api/v1/accounts/:account_id/terms`: `enrollment_term[name]`, `[start_at]`, `[end_at]`, `[sis_term_id]`.
    static func create(_ call: Call, _ account: Account) async throws -> WebResponse {
        try check(account)
        let fields = try call.request.fields().unwrapped("enrollment_term")
        let name = try CourseFields.name("name", fields) ?? { throw fields.error("name", .missing) }()
        let (start, end) = (try fields.timeChange("start_at") ?? nil, try fields.timeChange("end_at") ?? nil)
        let sis = try fields.textChange("sis_term_id", max: ObjectReference.longest) ?? nil
        return try await call.commit { transaction in
            let rows = try await transaction.query(
                TermQueries.create,
                [
                    call.tenant, .text(name), .text(sis), .timestamp(milliseconds: start),
                    .timestamp(milliseconds: end),
                ])
            guard let row = rows.first else { throw WebError.notFound }
            let term = try EnrollmentTerm(row)
            return .json { term.write(&$0, withSIS: true) }
        } mapping: {
            refusal(of: $0)
        }
    }

    /// `PUT /api/v1/accounts/:account_id/terms/:id`.
    static func update(_ call: Call, _ account: Account) async throws -> WebResponse {
        try check(account)
        let present = try await find(call)
        let fields = try call.request.fields().unwrapped("enrollment_term")
        let name = try CourseFields.name("name", fields)
        let (start, end) = (try fields.timeChange("start_at"), try fields.timeChange("end_at"))
        let sis = try fields.textChange("sis_term_id", max: ObjectReference.longest)
        let stuck = [("name", name != nil), ("start_at", start != nil), ("end_at", end != nil)]
        return try await call.commit { transaction in
            let rows = try await transaction.query(
                TermQueries.update,
                [
                    call.tenant, .int(present.id), .text(name), .bool(sis != nil), .text(sis ?? nil),
                    .bool(start != nil), .timestamp(milliseconds: start ?? nil), .bool(end != nil),
                    .timestamp(milliseconds: end ?? nil), .textArray(stuck.filter(\.1).map(\.0)),
                ])
            guard let row = rows.first else { throw WebError.notFound }
            let term = try EnrollmentTerm(row)
            return .json { term.write(&$0, withSIS: true) }
        } mapping: {
            refusal(of: $0)
        }
    }

    /// `DELETE /api/v1/accounts/:account_id/terms/:id`: one without courses, and not the default one.
    static func delete(_ call: Call, _ account: Account) async throws -> WebResponse {
        try check(account)
        let present = try await find(call)
        return try await call.commit { transaction in
            try await transaction.query(TermQueries.hold, [call.tenant, .int(present.id)])
            let rows = try await transaction.query(TermQueries.delete, [call.tenant, .int(present.id)])
            guard let row = rows.first else {
                throw WebError.conflict(
                    "Courses are in this term, or it is the default one.", code: "term_in_use")
            }
            let term = try EnrollmentTerm(row)
            return .json { term.write(&$0, withSIS: true) }
        }
    }

    // MARK: Parts

    /// Terms are the root's: who administers a school reads them only.
    private static func check(_ account: Account) throws(WebError) {
        guard account.isRoot else { throw .forbidden }
    }

    /// The term that the path names.
    private static func find(_ call: Call) async throws -> EnrollmentTerm {
        guard let term = try await named(call.request.parameters["id"] ?? "", call) else {
            throw WebError.notFound
        }
        return term
    }

    /// The term that a text names: by an id, or as `sis_term_id:…`; `nil` when there is none.
    static func named(_ text: String, _ call: Call) async throws -> EnrollmentTerm? {
        let rows: Rows
        switch ObjectReference(text) {
        case .id(let id): rows = try await call.query(TermQueries.show, [.int(id)])
        case .foreign("sis_term_id", let value):
            rows = try await call.query(TermQueries.bySIS, [.text(value)])
        default: return nil
        }
        return try rows.first.map { try EnrollmentTerm($0) }
    }

    private static func refusal(of error: PostgresError) -> WebError? {
        switch error.state {
        case .uniqueViolation:
            .invalid("Another term has this SIS id.", field: "enrollment_term.sis_term_id", code: "duplicate")
        case .checkViolation: .invalid("The term ends before it begins.", field: "enrollment_term.end_at")
        default: nil
        }
    }
}
