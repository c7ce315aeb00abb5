import HTTPTypes
import JSON
import Postgres
import Tenancy
import WebServer

/// What a request says of an enrolment to be made; read and checked, nothing done yet.
struct NewEnrollment {
    private let user: Int64
    let type: EnrollmentType
    let section: Int64
    private let state: String
    private let isLimited: Bool
    private let associatedUser: Int64?
    private let startAt: Int64?
    private let endAt: Int64?
    /// A role of the institution's own; `nil` for the built-in one.
    private let role: Int64?

    private static let states = ["active", "invited", "inactive"]

    /// Reads and checks the members of `enrollment[…]`.
    ///
    /// - Throws: An error that names the field; 403 for a section that the caller may not see.
    init(_ fields: JSONFields, section text: String?, _ call: CourseCall) async throws {
        user = try await Self.user("user_id", fields, call)
        let own = try await Self.role(fields, call)
        let typeName =
            try own?.base ?? fields.optionalString("type", max: 40) ?? fields.optionalString("role", max: 40)
        guard let typeName else { throw fields.error("type", .missing) }
        role = own?.id
        guard let type = EnrollmentType(rawValue: typeName) else {
            throw fields.error("type", .notOneOf(EnrollmentType.allCases.map(\.rawValue)))
        }
        self.type = type
        state = try fields.optionalString("enrollment_state", oneOf: Self.states) ?? "invited"
        let isLimited = try fields.optionalBool("limit_privileges_to_course_section") ?? false
        startAt = try fields.timeChange("start_at") ?? nil
        endAt = try fields.timeChange("end_at") ?? nil
        if let startAt, let endAt, endAt < startAt {
            throw fields.error("end_at", .other("must not be before start_at"))
        }
        if fields.has("associated_user_id") {
            guard type == .observer else {
                throw fields.error("associated_user_id", .other("is for observers only"))
            }
            associatedUser = try await Self.user("associated_user_id", fields, call)
        } else {
            associatedUser = nil
        }
        section = try await Self.section(text ?? Self.text("course_section_id", fields), fields, call)
        guard call.membership.visibleSections?.contains(section) ?? true else { throw WebError.forbidden }
        guard call.membership.isLimitedToSections, type.role == .staff else {
            self.isLimited = isLimited
            return
        }
        // Who sees one section makes nobody see more, and takes nobody's sight: least of all their own limit.
        let known = try await call.query(
            EnrollmentQueries.limit,
            [call.courseValue, .int(section), .int(user), .text(type.rawValue)])
        self.isLimited = try known.first?.bool(0) ?? true
    }

    /// The parameters of ``EnrollmentQueries/enrollOne``.
    func values(_ call: CourseCall) -> [PostgresValue] {
        [
            call.tenant, call.courseValue, .int(section), .int(user), .text(type.rawValue), .text(state),
            .bool(isLimited), .int(associatedUser), .timestamp(milliseconds: startAt),
            .timestamp(milliseconds: endAt), .bool(false), .int(role),
        ]
    }

    /// What is told of a violated constraint.
    static func refusal(of error: PostgresError) -> WebError? {
        error.state == .foreignKeyViolation
            ? .invalid("The user or the section is not there any more.", field: "enrollment.user_id") : nil
    }

    /// The role that `role_id` names: of its own, or built in, which leaves the id away.
    private static func role(
        _ fields: JSONFields, _ call: CourseCall
    ) async throws -> (id: Int64?, base: String)? {
        guard let wanted = try fields.optionalID("role_id") else { return nil }
        let type = try fields.optionalString("type", max: 40)
        let found: (id: Int64?, base: String)
        if let name = RoleIDs.name(of: wanted), EnrollmentType(rawValue: name) != nil {
            found = (nil, name)
        } else {
            let rows = try await call.query(EnrollmentQueries.role, [call.courseValue, .int(wanted)])
            guard let row = rows.first else {
                throw fields.error("role_id", .other("names no active role of the course's accounts"))
            }
            found = (try row.int(0), try row.text(1))
        }
        guard type == nil || type == found.base else {
            throw fields.error("role_id", .other("names a role that is based on \(found.base)"))
        }
        return found
    }

    private static func text(_ name: String, _ fields: JSONFields) -> String? {
        fields.optionalValue(name).flatMap { $0.string ?? $0.number?.text }
    }

    private static func user(_ name: String, _ fields: JSONFields, _ call: CourseCall) async throws -> Int64 {
        guard let text = text(name, fields), !text.isEmpty else { throw fields.error(name, .missing) }
        do {
            return try await UserLookup(call.call).find(text)
        } catch let error as WebError where error.status == .notFound {
            throw fields.error(name, .other("names no user of the institution"))
        }
    }

    private static func section(
        _ text: String?, _ fields: JSONFields, _ call: CourseCall
    ) async throws -> Int64 {
        guard let text, !text.isEmpty else {
            // Staff of one section enrol into it.
            if let own = call.membership.visibleSections?.first { return own }
            let rows = try await call.query(EnrollmentQueries.firstSection, [call.courseValue])
            guard let id = try rows.first?.int(0) else {
                throw fields.error("course_section_id", .other("is needed: the course has no section"))
            }
            return id
        }
        let found = try await SectionRoutes.named(text, call.call)
        guard let section = found?.section, section.course == call.course else {
            throw fields.error("course_section_id", .other("names no section of the course"))
        }
        return section.id
    }
}
