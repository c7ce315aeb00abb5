import HTTPTypes
import JSON
import Postgres
import Tenancy
import WebServer

/// Enrolments: who is what in which section.
enum EnrollmentRoutes {
    // MARK: Lists

    /// `GET /api/v1/courses/:course_id/enrollments`: all for staff (of their sections, where limited to them), one's own
    /// for students, one's own and linked children's for observers.
    static func list(_ call: CourseCall) async throws -> WebResponse {
        try await list(call, sections: call.visibleSections)
    }

    /// `GET /api/v1/sections/:section_id/enrollments`.
    static func listOfSection(_ call: CourseCall) async throws -> WebResponse {
        let found = try await SectionRoutes.named(call.request.parameters["section_id"] ?? "", call.call)
        guard let section = found?.section, section.course == call.course else { throw WebError.notFound }
        if let visible = call.membership.visibleSections, !visible.contains(section.id) {
            throw WebError.forbidden
        }
        return try await list(call, sections: .intArray([section.id]))
    }

    private static func list(_ call: CourseCall, sections: PostgresValue) async throws -> WebResponse {
        let paging = try Paging(call.request)
        let filter = try EnrollmentFilter(call.request)
        var users = try await visibleUsers(call)
        if let wanted = call.request.queryValue("user_id") {
            let user = try await UserLookup(call.call).find(wanted)
            guard users?.contains(user) ?? true else { throw WebError.forbidden }
            users = [user]
        }
        let rows = try await call.query(
            EnrollmentQueries.ofCourse,
            [
                call.courseValue, filter.typeNames, filter.stateNames, users.map { .intArray($0) } ?? .null,
                sections, paging.start, paging.limit, paging.skip,
            ])
        return .page(try rows.map(EnrollmentRecord.init), paging, for: call.request, id: \.id) {
            $1.write(&$0, institution: call.institution, isStaff: call.isStaff)
        }
    }

    /// Whose enrolments the caller may see; `nil` for all.
    private static func visibleUsers(_ call: CourseCall) async throws -> [Int64]? {
        switch call.membership.role {
        case .staff: return nil
        case .student: return [call.principal.user]
        case .observer:
            return [call.principal.user] + (try await UserLookup(call.call).children())
        }
    }

    /// `GET /api/v1/users/:user_id/enrollments`.
    static func listOfUser(_ call: Call, _ user: Int64) async throws -> WebResponse {
        let paging = try Paging(call.request)
        let filter = try EnrollmentFilter(call.request)
        var term: Int64?
        if let text = call.request.queryValue("enrollment_term_id") {
            guard let found = try await TermRoutes.named(text, call) else {
                throw WebError.invalid("There is no such term.", field: "enrollment_term_id")
            }
            term = found.id
        }
        let rows = try await call.query(
            EnrollmentQueries.ofUser,
            [
                .int(user), filter.typeNames, filter.stateNames, .int(term), paging.start, paging.limit,
                paging.skip,
            ])
        return .page(try rows.map(EnrollmentRecord.init), paging, for: call.request, id: \.id) {
            $1.write(&$0, institution: call.institution, isStaff: call.isAdmin)
        }
    }

    /// `GET /api/v1/accounts/:account_id/enrollments/:id`.
    static func show(_ call: Call, _ account: Account) async throws -> WebResponse {
        let record = try await find(try call.request.id("id"), call)
        let rows = try await call.query(EnrollmentQueries.isBelow, [.int(record.course), .int(account.id)])
        guard !rows.isEmpty else { throw WebError.notFound }
        return .json { record.write(&$0, institution: call.institution, isStaff: true) }
    }

    // MARK: Changes

    /// `POST /api/v1/courses/:course_id/enrollments`: `enrollment[user_id]`, `[type]` and what else Canvas has; or, by
    /// anybody of the institution, `enrollment[self_enrollment_code]` with `enrollment[user_id]` `self`.
    static func create(_ call: Call) async throws -> WebResponse {
        guard let course = try await CourseAccess.named("course_id", in: call) else {
            throw WebError.notFound
        }
        let fields = try call.request.fields().unwrapped("enrollment")
        if fields.has("self_enrollment_code") {
            return try await enrollOneself(in: course, fields, call)
        }
        let inside = try await CourseCall(
            call, to: course, by: "POST /api/v1/sections/:section_id/enrollments")
        return try await create(inside, section: nil, fields)
    }

    /// `POST /api/v1/sections/:section_id/enrollments`.
    static func createInSection(_ call: CourseCall) async throws -> WebResponse {
        let fields = try call.request.fields().unwrapped("enrollment")
        return try await create(call, section: call.request.parameters["section_id"], fields)
    }

    private static func create(
        _ call: CourseCall, section text: String?, _ fields: JSONFields
    ) async throws -> WebResponse {
        let new = try await NewEnrollment(fields, section: text, call)
        guard call.membership.mayEnroll(as: new.type) else { throw WebError.forbidden }
        return try await call.commit { transaction in
            try await hold(section: new.section, transaction, call.call)
            let rows = try await transaction.query(EnrollmentQueries.enrollOne, new.values(call))
            guard let id = try rows.first?.int(0) else { throw WebError.notFound }
            return try await answer(id, call.call, isStaff: true, transaction)
        } mapping: {
            NewEnrollment.refusal(of: $0)
        }
    }

    private static func enrollOneself(
        in course: Int64, _ fields: JSONFields, _ call: Call
    ) async throws -> WebResponse {
        let code = try fields.string("self_enrollment_code", in: 1...64)
        if let wanted = fields.optionalValue("user_id"), wanted.string != "self",
            (wanted.number?.text ?? wanted.string) != String(call.principal.user)
        {
            throw fields.error("user_id", .other("must be self: a code enrols oneself"))
        }
        let refusal = WebError.invalid(
            "The course cannot be joined with this code.", field: "enrollment.self_enrollment_code")
        let throttle = call.context.service(CoursesServices.self).joining
        try throttle.admit(call)
        let response = try await call.commit { transaction in
            try await transaction.query(EnrollmentQueries.holdCourse, [call.tenant, .int(course)])
            let found = try await transaction.query(
                EnrollmentQueries.selfEnrollment, [call.tenant, .int(course)])
            guard let row = found.first else { throw WebError.notFound }
            guard try row.bool(0), let wanted = try row.textOrNil(1),
                Digest.isEqual(Array(wanted.utf8), Array(code.utf8)), try row.text(4) == "available"
            else { throw refusal }
            throttle.forgive(call)
            let present = try await transaction.query(
                EnrollmentQueries.ofStudent, [call.tenant, .int(course), .int(call.principal.user)])
            if let present = present.first {
                let state = EnrollmentRecord.State(rawValue: try present.text(1))
                if state == .active {
                    return try await answer(try present.int(0), call, isStaff: false, transaction)
                }
                // Whom the staff have removed does not come back by a code.
                guard state == .invited || state == .rejected else { throw WebError.forbidden }
            }
            if let limit = try row.intOrNil(2), try row.int(3) >= limit {
                throw WebError.conflict("The course is full.", code: "course_full")
            }
            let sections = try await transaction.query(
                EnrollmentQueries.joinedSection,
                [call.tenant, .int(course), .int(try present.first?.int(2))])
            guard let place = sections.first, try place.text(1) != Enrollment.Phase.past.rawValue else {
                throw refusal
            }
            try await hold(section: try place.int(0), transaction, call)
            let rows = try await transaction.query(
                EnrollmentQueries.join,
                [call.tenant, .int(course), .int(try place.int(0)), .int(call.principal.user)])
            guard let id = try rows.first?.int(0) else { throw WebError.forbidden }
            return try await answer(id, call, isStaff: false, transaction)
        }
        if Call.isReplay(response) { throttle.forgive(call) }
        return response
    }

    /// `DELETE /api/v1/courses/:course_id/enrollments/:id`: `task` says whether it is concluded (the default), deleted, or
    /// made inactive.
    static func end(_ call: CourseCall) async throws -> WebResponse {
        var fields = try call.request.fields()
        if !fields.has("task") { fields = try call.request.queryFields() }
        let task =
            try fields.optionalString(
                "task", oneOf: ["conclude", "delete", "inactivate", "deactivate"]) ?? "conclude"
        let state: EnrollmentRecord.State =
            switch task {
            case "delete": .deleted
            case "conclude": .completed
            default: .inactive
            }
        return try await change(call, to: state, from: [.invited, .active, .inactive, .completed])
    }

    /// `PUT /api/v1/courses/:course_id/enrollments/:id/reactivate`.
    static func reactivate(_ call: CourseCall) async throws -> WebResponse {
        try await change(call, to: .active, from: [.inactive, .completed])
    }

    private static func change(
        _ call: CourseCall, to state: EnrollmentRecord.State, from states: [EnrollmentRecord.State]
    ) async throws -> WebResponse {
        let record = try await find(try call.request.id("id"), call.call)
        guard record.course == call.course else { throw WebError.notFound }
        if let visible = call.membership.visibleSections, !visible.contains(record.section) {
            throw WebError.forbidden
        }
        guard call.membership.mayEnroll(as: record.type) else { throw WebError.forbidden }
        return try await set(record, to: state, from: states, call.call, isStaff: true)
    }

    /// `POST /api/v1/courses/:course_id/enrollments/:id/accept` and `…/reject`: by whom the invitation is for.
    static func answerInvitation(_ isAccepted: Bool, _ call: Call) async throws -> WebResponse {
        guard let course = try await CourseAccess.named("course_id", in: call) else {
            throw WebError.notFound
        }
        let record = try await find(try call.request.id("id"), call)
        guard record.course == course else { throw WebError.notFound }
        guard record.user == call.principal.user else { throw WebError.forbidden }
        let courses = try await CourseRegistry(pool: call.pool).courses([course], in: call.institution)
        guard let state = courses.first?.state else { throw WebError.notFound }
        guard !isAccepted || state != .completed else { throw WebError.forbidden }
        _ = try await set(
            record, to: isAccepted ? .active : .rejected, from: [.invited], call, isStaff: false)
        return .json(["success": true])
    }

    private static func set(
        _ record: EnrollmentRecord, to state: EnrollmentRecord.State, from states: [EnrollmentRecord.State],
        _ call: Call, isStaff: Bool
    ) async throws -> WebResponse {
        try await call.commit { transaction in
            if [.active, .invited].contains(state) {
                try await hold(section: record.section, transaction, call)
            }
            let rows = try await transaction.query(
                EnrollmentQueries.change,
                [
                    call.tenant, .int(record.id), .text(state.rawValue),
                    .textArray(states.map(\.rawValue)),
                ])
            guard !rows.isEmpty else {
                throw WebError.invalid("The enrolment is \(record.state.rawValue).", code: "wrong_state")
            }
            if state == .deleted {
                return .json { json in
                    json.object { json in
                        json.member("id", record.id)
                        json.member("enrollment_state", state.rawValue)
                    }
                }
            }
            return try await answer(record.id, call, isStaff: isStaff, transaction)
        }
    }

    // MARK: Parts

    /// Keeps a section from being removed until the transaction ends.
    private static func hold(
        section: Int64, _ transaction: PostgresTransaction, _ call: Call
    ) async throws {
        let rows = try await transaction.query(SectionQueries.share, [call.tenant, .int(section)])
        guard !rows.isEmpty else {
            throw WebError.invalid(
                "The section is not there any more.", field: "enrollment.course_section_id")
        }
    }

    private static func find(_ id: Int64, _ call: Call) async throws -> EnrollmentRecord {
        guard let row = try await call.query(EnrollmentQueries.show, [.int(id)]).first else {
            throw WebError.notFound
        }
        return try EnrollmentRecord(row)
    }

    private static func answer(
        _ id: Int64, _ call: Call, isStaff: Bool, _ transaction: PostgresTransaction
    ) async throws -> WebResponse {
        let rows = try await transaction.query(EnrollmentQueries.show, [call.tenant, .int(id)])
        guard let row = rows.first else { throw WebError.notFound }
        let record = try EnrollmentRecord(row)
        return .json { record.write(&$0, institution: call.institution, isStaff: isStaff) }
    }
}
