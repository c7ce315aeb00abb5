import HTTPTypes
import JSON
import Postgres
import Tenancy
import WebServer

/// Courses as their members and admins see them.
struct CourseRoutes: Sendable {
    let view: CourseView

    /// `GET /api/v1/courses`: one's own courses; for an admin all of the institution.
    func list(_ call: Call) async throws -> WebResponse {
        try await list(call, CourseFilter(call, of: call.isAdmin ? nil : call.principal.user))
    }

    /// `GET /api/v1/users/:user_id/courses`.
    @Sendable func listOfUser(_ call: Call, _ user: Int64) async throws -> WebResponse {
        try await list(call, CourseFilter(call, of: user), of: user)
    }

    /// `GET /api/v1/accounts/:account_id/courses`: those of the account and all below it.
    @Sendable func listOfAccount(_ call: Call, _ account: Account) async throws -> WebResponse {
        var filter = try CourseFilter(call, of: nil)
        filter.account = account.isRoot ? nil : account.id
        filter.term = try await term(call.request.queryValue("enrollment_term_id"), call)?.id
        return try await list(call, filter, isStaff: true)
    }

    /// `GET /api/v1/courses/:id`.
    func show(_ call: CourseCall) async throws -> WebResponse {
        let record = try await find(call.course, call.call)
        let written = try await view.write([record], call.call, isStaff: call.membership.isAdmin)
        guard let only = written.first else { throw WebError.notFound }
        return .json(only)
    }

    /// `POST /api/v1/accounts/:account_id/courses`: `course[…]`, `offer`, `enroll_me`.
    ///
    /// Not published unless `offer` says so.
    @Sendable func create(_ call: Call, _ account: Account) async throws -> WebResponse {
        let all = try call.request.fields()
        let fields = try all.unwrapped("course")
        let wishes = try CourseFields(fields, isAdmin: true)
        let name = wishes.name ?? "Unnamed Course"
        let isOffered = try all.optionalBool("offer") ?? false
        let isTeaching = try all.optionalBool("enroll_me") ?? false
        let term = try await term(wishes.term, call)
        return try await call.commit { transaction in
            try await hold(account: account.id, term: term?.id, transaction, call)
            let rows = try await transaction.query(
                CourseQueries.create,
                [
                    call.tenant, .text(name), .text(wishes.code ?? name),
                    .text((isOffered ? Course.State.available : .unpublished).rawValue), .int(account.id),
                    .int(term?.id),
                ])
            guard let id = try rows.first?.int(0) else { throw WebError.notFound }
            let results = try await transaction.query([
                (
                    CourseQueries.update,
                    [call.tenant, .int(id)] + wishes.values(state: nil, account: nil, term: nil)
                ), (CourseQueries.createSection, [call.tenant, .int(id), .text(name)]),
            ])
            if isTeaching, let section = try results[1].first?.int(0) {
                try await transaction.query(
                    EnrollmentQueries.enroll,
                    [
                        call.tenant, .int(id), .int(section), .intArray([call.principal.user]),
                        .text(EnrollmentType.teacher.rawValue), .bool(false),
                    ])
            }
            return try await answer(id, call, transaction)
        } mapping: {
            CourseFields.refusal(of: $0)
        }
    }

    /// `PUT /api/v1/courses/:id`: `course[…]`, and `course[event]` or `offer`.
    ///
    /// `undelete` is for those who administer the course's account, and all that is looked at then.
    @Sendable func change(_ call: Call) async throws -> WebResponse {
        // What cannot be read is told by the usual way, after it is known that the caller may have the course.
        let event = try? call.request.fields().unwrapped("course").optionalString("event", max: 20)
        if event == CourseFields.Event.undelete.rawValue,
            case .id(let id) = ObjectReference(call.request.parameters["id"] ?? "")
        {
            let isBack = try await call.query(
                CourseQueries.isDeleted, [.int(id), .int(call.principal.user), .bool(call.isAdmin)])
            if !isBack.isEmpty { return try await undelete(id, call) }
        }
        return try await update(
            CourseCall(call, to: CourseAccess.named("id", in: call), by: "PUT /api/v1/courses/:id"))
    }

    private func undelete(_ id: Int64, _ call: Call) async throws -> WebResponse {
        try await call.commit { transaction in
            guard let row = try await transaction.query(CourseQueries.holder, [call.tenant, .int(id)]).first
            else { throw WebError.notFound }
            try await hold(account: try row.int(0), term: try row.int(1), transaction, call)
            try await transaction.query(CourseQueries.undelete, [call.tenant, .int(id)])
            return try await answer(id, call, transaction)
        }
    }

    /// What of a course changes for who may change it; of a concluded one, for its teachers, that it is opened again.
    private func update(_ call: CourseCall) async throws -> WebResponse {
        let all = try call.request.fields()
        let wishes = try CourseFields(try all.unwrapped("course"), isAdmin: call.membership.isAdmin)
        let isOffered = try all.optionalBool("offer") ?? false
        let account = try await account(wishes.account, call.call)
        let term = try await term(wishes.term, call.call)
        let state = Self.state(after: wishes.event ?? (isOffered ? .offer : nil))
        let opens = state == Course.State.available.rawValue || state == Course.State.unpublished.rawValue
        guard opens || !call.membership.isReadOnly else { throw WebError.forbidden }
        return try await call.commit { transaction in
            try await hold(account: account?.id, term: term?.id, transaction, call.call)
            let rows = try await transaction.query(
                CourseQueries.update,
                [call.tenant, call.courseValue]
                    + wishes.values(state: state, account: account?.id, term: term?.id))
            guard !rows.isEmpty else { throw WebError.notFound }
            if state == "deleted" {
                return .json(["id": .int(Int(call.course)), "workflow_state": "deleted"])
            }
            return try await answer(call.course, call.call, transaction)
        } mapping: {
            CourseFields.refusal(of: $0)
        }
    }

    /// `DELETE /api/v1/courses/:id`: `event` says whether it is deleted or concluded.
    func delete(_ call: CourseCall) async throws -> WebResponse {
        var fields = try call.request.fields()
        if !fields.has("event") { fields = try call.request.queryFields() }
        let event = try fields.string("event", oneOf: ["delete", "conclude"])
        let wishes = try CourseFields(JSONFields(JSONObject()), isAdmin: false)
        return try await call.commit { transaction in
            try await transaction.query(
                CourseQueries.update,
                [call.tenant, call.courseValue]
                    + wishes.values(
                        state: Self.state(after: event == "delete" ? .delete : .conclude), account: nil,
                        term: nil))
            return .json([event: true])
        }
    }

    // MARK: Parts

    private static func state(after event: CourseFields.Event?) -> String? {
        switch event {
        case .claim: Course.State.unpublished.rawValue
        case .offer: Course.State.available.rawValue
        case .conclude: Course.State.completed.rawValue
        case .delete: "deleted"
        case .undelete, nil: nil
        }
    }

    private func list(
        _ call: Call, _ filter: CourseFilter, of user: Int64? = nil, isStaff: Bool = false
    ) async throws -> WebResponse {
        let paging = try Paging(call.request)
        let rows = try await call.query(CourseQueries.list, filter.values(paging))
        let courses = try rows.compactMap { try CourseRecord($0) }
        let shown = Array(courses.prefix(paging.size))
        let written = try await view.write(shown, call, isStaff: isStaff || call.isAdmin, of: user)
        var response = WebResponse.json { json in
            json.array(of: written) { $0.raw($1) }
        }
        let next = courses.count > paging.size ? shown.last?.id : nil
        response.setLink(paging.link(for: call.request, next: next))
        return response
    }

    private func find(_ id: Int64, _ call: Call) async throws -> CourseRecord {
        guard let row = try await call.query(CourseQueries.show, [.int(id)]).first,
            let record = try CourseRecord(row)
        else { throw WebError.notFound }
        return record
    }

    private func answer(
        _ id: Int64, _ call: Call, _ transaction: PostgresTransaction
    ) async throws -> WebResponse {
        guard
            let row = try await transaction.query(CourseQueries.show, [call.tenant, .int(id)]).first,
            let record = try CourseRecord(row)
        else { throw WebError.notFound }
        return .json { json in
            json.object { json in record.write(institution: call.institution, isStaff: true, &json) }
        }
    }

    /// Keeps what a course is put into from being removed until the transaction ends.
    private func hold(
        account: Int64?, term: Int64?, _ transaction: PostgresTransaction, _ call: Call
    ) async throws {
        for (statement, id, field) in [
            (AccountQueries.share, account, "account_id"), (TermQueries.share, term, "term_id"),
        ] {
            guard let id else { continue }
            guard try await transaction.query(statement, [call.tenant, .int(id)]).first != nil else {
                throw WebError.invalid("It is not there any more.", field: "course.\(field)")
            }
        }
    }

    private func term(_ text: String?, _ call: Call) async throws -> EnrollmentTerm? {
        guard let text, !text.isEmpty else { return nil }
        guard let term = try await TermRoutes.named(text, call) else {
            throw WebError.invalid("There is no such term.", field: "course.term_id")
        }
        return term
    }

    private func account(_ text: String?, _ call: Call) async throws -> Account? {
        guard let text else { return nil }
        let lookup = AccountLookup(call)
        let account: Account
        do {
            account = try await lookup.find(text)
        } catch let error as WebError where error.status == .notFound {
            throw WebError.invalid("There is no such account.", field: "course.account_id")
        }
        guard try await lookup.administers(account) else { throw WebError.forbidden }
        return account
    }
}
