import JSON
import Postgres
import Tenancy
import WebServer

/// The people of a course, for its staff, and of an account, for its admins.
enum CourseUserRoutes {
    /// `GET /api/v1/courses/:course_id/users` (also `search_users`): `enrollment_type[]`, `enrollment_state[]`,
    /// `search_term`, `user_ids[]`, `include[]=enrollments`.
    static func list(_ call: CourseCall) async throws -> WebResponse {
        let paging = try Paging(call.request)
        let query = try call.request.queryFields()
        let users = query.has("user_ids") ? try query.ids("user_ids", in: 0...1000) : nil
        let rows = try await call.query(
            EnrollmentQueries.users,
            [
                call.courseValue, .textArray(try types(query).map(\.rawValue)),
                .textArray(try states(query)), call.visibleSections, users.map { .intArray($0) } ?? .null,
                .text(try SearchTerm(query)?.pattern), paging.mark(0), try paging.markID(1), paging.limit,
                paging.skip,
            ])
        return try await page(try rows.map(UserRecord.init), paging, call)
    }

    /// `GET /api/v1/courses/:course_id/recent_students`: students who have signed in, who was here last first.
    static func listRecent(_ call: CourseCall) async throws -> WebResponse {
        let paging = try Paging(call.request)
        let id = try paging.markID(1)
        var seen: Int64?
        if case .text(let text?) = paging.mark(0) {
            seen = Int64(text)
            guard seen != nil else {
                throw WebError.badRequest(
                    "page must be taken from a Link of an earlier answer.", field: "page")
            }
        }
        let rows = try await call.query(
            EnrollmentQueries.recentStudents,
            [call.courseValue, call.visibleSections, .int(seen), id, paging.limit, paging.skip])
        var found: [(user: UserRecord, seenAt: Int64)] = []
        for row in rows {
            found.append((try UserRecord(row), try row.int(try row.column("seen"))))
        }
        return .page(
            found, paging, for: call.request, bookmark: { [String($0.seenAt), String($0.user.id)] }
        ) { json, item in
            json.object { json in
                item.user.write(call.membership.isAdmin ? .administrative : .full, &json)
                json.member("last_login", ISO8601.text(milliseconds: item.seenAt / 1000))
            }
        }
    }

    /// `GET /api/v1/courses/:course_id/users/:id`.
    static func show(_ call: CourseCall) async throws -> WebResponse {
        let user = try await UserLookup(call.call).find(call.request.parameters["id"] ?? "")
        let rows = try await call.query(
            EnrollmentQueries.users,
            [
                call.courseValue, .textArray(EnrollmentType.allCases.map(\.rawValue)),
                .textArray(["invited", "active", "inactive", "completed"]), call.visibleSections,
                .intArray([user]), .text(nil), .null, .int(nil), .int(1), .int(0),
            ])
        guard let record = try rows.first.map(UserRecord.init) else { throw WebError.notFound }
        return .json { json in
            json.object { json in record.write(call.membership.isAdmin ? .administrative : .full, &json) }
        }
    }

    /// `GET /api/v1/accounts/:account_id/users`: `search_term`, `enrollment_type[]`.
    static func listOfAccount(_ call: Call, _ account: Account) async throws -> WebResponse {
        let paging = try Paging(call.request)
        let query = try call.request.queryFields()
        let types = query.has("enrollment_type") ? try types(query).map(\.rawValue) : nil
        let rows = try await call.query(
            EnrollmentQueries.usersOfAccount,
            [
                .int(account.isRoot ? nil : account.id), types.map { .textArray($0) } ?? .null,
                .text(try SearchTerm(query)?.pattern), paging.mark(0), try paging.markID(1), paging.limit,
                paging.skip,
            ])
        return .page(
            try rows.map(UserRecord.init), paging, for: call.request,
            bookmark: { [$0.sortableName, String($0.id)] }
        ) { json, user in
            json.object { json in user.write(.administrative, &json) }
        }
    }

    // MARK: Parts

    private static func page(
        _ users: [UserRecord], _ paging: Paging, _ call: CourseCall
    ) async throws -> WebResponse {
        let includes = call.request.queryValues("include[]")
        var enrollments: [Int64: [EnrollmentRecord]]?
        if includes.contains("enrollments") {
            let rows = try await call.query(
                EnrollmentQueries.ofCourse,
                [
                    call.courseValue, .textArray(EnrollmentType.allCases.map(\.rawValue)),
                    .textArray(["invited", "active", "inactive", "completed"]),
                    .intArray(users.prefix(paging.size).map(\.id)), call.visibleSections, .int(0),
                    .int(1000), .int(0),
                ])
            enrollments = Dictionary(grouping: try rows.map(EnrollmentRecord.init), by: \.user)
        }
        let detail: UserRecord.Detail = call.membership.isAdmin ? .administrative : .full
        return .page(
            users, paging, for: call.request, bookmark: { [$0.sortableName, String($0.id)] }
        ) { json, user in
            json.object { json in
                user.write(detail, &json)
                if let enrollments {
                    json.array("enrollments", of: enrollments[user.id] ?? []) {
                        $1.write(&$0, institution: call.institution, isStaff: true)
                    }
                }
            }
        }
    }

    /// The types asked for; all without a filter.
    private static func types(_ query: JSONFields) throws -> [EnrollmentType] {
        let names = try query.texts("enrollment_type", atMost: 10)
        let roles = try query.texts("enrollment_role", atMost: 10)
        guard !names.isEmpty || !roles.isEmpty else { return EnrollmentType.allCases }
        var types: [EnrollmentType] = roles.compactMap(EnrollmentType.init(rawValue:))
        for name in names {
            guard let type = EnrollmentType(shortName: name) else {
                throw query.error("enrollment_type", .notOneOf(EnrollmentType.allCases.map(\.shortName)))
            }
            types.append(type)
        }
        return types
    }

    /// The states asked for; those who are there without a filter.
    private static func states(_ query: JSONFields) throws -> [String] {
        let names = try query.texts("enrollment_state", atMost: 10)
        for name in names where EnrollmentRecord.State(rawValue: name) == nil {
            throw query.error(
                "enrollment_state", .notOneOf(EnrollmentRecord.State.allCases.map(\.rawValue)))
        }
        return names.isEmpty ? ["invited", "active"] : names
    }
}
