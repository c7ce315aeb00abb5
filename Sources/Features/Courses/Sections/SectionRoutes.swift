import HTTPTypes
import JSON
import Postgres
import Tenancy
import WebServer

/// Sections, for a course's members to see and its staff to change.
enum SectionRoutes {
    /// `GET /api/v1/courses/:course_id/sections`, with `include[]=total_students` and `search_term`.
    static func list(_ call: CourseCall) async throws -> WebResponse {
        let paging = try Paging(call.request)
        let pattern = try SearchTerm(try call.request.queryFields())?.pattern
        let rows = try await call.query(
            SectionQueries.list,
            [
                call.courseValue, call.visibleSections, paging.start, paging.limit, paging.skip,
                .text(pattern),
            ])
        let sections = try rows.map { (section: try Section($0), students: try $0.int(10)) }
        let isCounted = call.request.queryValues("include[]").contains("total_students")
        return .page(sections, paging, for: call.request, id: \.section.id) {
            $1.section.write(&$0, isStaff: call.isStaff, students: isCounted ? $1.students : nil)
        }
    }

    /// `GET /api/v1/sections/:id` and `GET /api/v1/courses/:course_id/sections/:id`.
    static func show(_ call: CourseCall) async throws -> WebResponse {
        let (section, students) = try await find(call)
        let isCounted = call.request.queryValues("include[]").contains("total_students")
        return .json { section.write(&$0, isStaff: call.isStaff, students: isCounted ? students : nil) }
    }

    /// `POST /api/v1/courses/:course_id/sections`: `course_section[name]`, `[sis_section_id]`, `[start_at]`, `[end_at]`.
    static func create(_ call: CourseCall) async throws -> WebResponse {
        let wishes = try Wishes(call)
        let name = wishes.name ?? call.membership.course.name
        return try await call.commit { transaction in
            let rows = try await transaction.query(
                SectionQueries.create,
                [
                    call.tenant, call.courseValue, .text(name), .text(wishes.sis ?? nil),
                    .text(wishes.integration ?? nil), .timestamp(milliseconds: wishes.startAt ?? nil),
                    .timestamp(milliseconds: wishes.endAt ?? nil), .bool(wishes.isRestricted ?? false),
                ])
            return try answer(rows)
        } mapping: {
            refusal(of: $0)
        }
    }

    /// `PUT /api/v1/sections/:id`.
    static func update(_ call: CourseCall) async throws -> WebResponse {
        let (section, _) = try await find(call)
        let wishes = try Wishes(call)
        let stuck = [
            ("name", wishes.name != nil), ("start_at", wishes.startAt != nil),
            ("end_at", wishes.endAt != nil),
        ]
        return try await call.commit { transaction in
            let rows = try await transaction.query(
                SectionQueries.update,
                [
                    call.tenant, .int(section.id), .text(wishes.name), .bool(wishes.sis != nil),
                    .text(wishes.sis ?? nil), .bool(wishes.integration != nil),
                    .text(wishes.integration ?? nil), .bool(wishes.startAt != nil),
                    .timestamp(milliseconds: wishes.startAt ?? nil), .bool(wishes.endAt != nil),
                    .timestamp(milliseconds: wishes.endAt ?? nil), .bool(wishes.isRestricted),
                    .textArray(stuck.filter(\.1).map(\.0)),
                ])
            return try answer(rows)
        } mapping: {
            refusal(of: $0)
        }
    }

    /// `DELETE /api/v1/sections/:id`: one that nobody is enrolled in.
    static func delete(_ call: CourseCall) async throws -> WebResponse {
        let (section, _) = try await find(call)
        return try await call.commit { transaction in
            try await transaction.query(SectionQueries.hold, [call.tenant, .int(section.id)])
            let rows = try await transaction.query(SectionQueries.delete, [call.tenant, .int(section.id)])
            guard !rows.isEmpty else {
                throw WebError.conflict("Somebody is enrolled in this section.", code: "section_in_use")
            }
            return try answer(rows)
        }
    }

    /// `POST /api/v1/sections/:id/crosslist/:new_course_id`: into another course, of which the caller must be staff too.
    static func crossList(_ call: CourseCall) async throws -> WebResponse {
        guard let id = try await CourseAccess.named("new_course_id", in: call.call) else {
            throw WebError.notFound
        }
        _ = try await CourseAccess(pool: call.pool).membership(
            of: call.principal, in: id, for: "POST /api/v1/courses/:course_id/sections")
        return try await move(call, to: id)
    }

    /// `DELETE /api/v1/sections/:id/crosslist`: back to the course that it came from.
    static func undoCrossListing(_ call: CourseCall) async throws -> WebResponse {
        let (section, _) = try await find(call)
        guard let home = section.home else {
            throw WebError.invalid("The section is not cross-listed.", code: "not_crosslisted")
        }
        _ = try await CourseAccess(pool: call.pool).membership(
            of: call.principal, in: home, for: "POST /api/v1/courses/:course_id/sections")
        return try await move(call, to: home)
    }

    // MARK: Parts

    private static func move(_ call: CourseCall, to course: Int64) async throws -> WebResponse {
        let (section, _) = try await find(call)
        return try await call.commit { transaction in
            try answer(
                try await transaction.query(
                    SectionQueries.crossList, [call.tenant, .int(section.id), .int(course)]))
        }
    }

    /// The course of the section that the path names as `name`.
    static func course(ofSection name: String) -> Route.CourseFinder {
        { call in try await named(call.request.parameters[name] ?? "", call)?.section.course }
    }

    /// The section that a text names: by an id, or as `sis_section_id:…`; `nil` when there is none.
    static func named(
        _ text: String, _ call: Call
    ) async throws -> (section: Section, students: Int64)? {
        let rows: Rows
        switch ObjectReference(text) {
        case .id(let id): rows = try await call.query(SectionQueries.show, [.int(id)])
        case .foreign("sis_section_id", let value):
            rows = try await call.query(SectionQueries.bySIS, [.text(value)])
        default: return nil
        }
        return try rows.first.map { (try Section($0), try $0.int(10)) }
    }

    /// The section that the path names, of the call's course; those whom the caller may not see are not there.
    private static func find(_ call: CourseCall) async throws -> (section: Section, students: Int64) {
        guard let found = try await named(call.request.parameters["id"] ?? "", call.call),
            found.section.course == call.course
        else { throw WebError.notFound }
        if let visible = call.membership.visibleSections, !visible.contains(found.section.id) {
            throw WebError.forbidden
        }
        return found
    }

    private static func answer(_ rows: Rows) throws -> WebResponse {
        guard let row = rows.first else { throw WebError.notFound }
        let section = try Section(row)
        return .json { section.write(&$0, isStaff: true) }
    }

    /// What a request says of a section.
    private struct Wishes {
        let name: String?
        let sis: String??
        let integration: String??
        let startAt: Int64??
        let endAt: Int64??
        let isRestricted: Bool?

        init(_ call: CourseCall) throws {
            let fields = try call.request.fields().unwrapped("course_section")
            name = try CourseFields.name("name", fields)
            sis = try fields.textChange("sis_section_id", max: ObjectReference.longest)
            integration = try fields.textChange("integration_id", max: ObjectReference.longest)
            startAt = try fields.timeChange("start_at")
            endAt = try fields.timeChange("end_at")
            isRestricted = try fields.optionalBool("restrict_enrollments_to_section_dates")
            guard call.membership.isAdmin || (sis == nil && integration == nil) else {
                throw WebError.forbidden
            }
        }
    }

    private static func refusal(of error: PostgresError) -> WebError? {
        switch error.state {
        case .uniqueViolation:
            .invalid(
                "Another section has this SIS id.", field: "course_section.sis_section_id", code: "duplicate")
        case .checkViolation: .invalid("The section ends before it begins.", field: "course_section.end_at")
        default: nil
        }
    }
}
