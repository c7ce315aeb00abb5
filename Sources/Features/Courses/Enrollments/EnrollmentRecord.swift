import JSON
import Postgres
import Tenancy

/// Everything that is known of an enrolment, and of whom it enrols.
package struct EnrollmentRecord: Hashable, Sendable {
    /// Where an enrolment is in its life, in Canvas's words.
    package enum State: String, Hashable, Sendable, CaseIterable {
        case invited
        case active
        case inactive
        case completed
        case rejected
        case deleted
    }

    package let id: Int64
    package let course: Int64
    package let section: Int64
    package let user: Int64
    package let type: EnrollmentType
    package let state: State
    package let isLimitedToSection: Bool
    /// Whom an observer looks on for.
    package let associatedUser: Int64?
    /// Milliseconds since 1970, as all times here.
    package let createdAt: Int64
    package let updatedAt: Int64
    package let startAt: Int64?
    package let endAt: Int64?
    package let lastActivityAt: Int64?
    /// A role of the institution's own; `nil` for the built-in one of the type.
    package let role: Int64?
    private let roleLabel: String?
    private let name: String
    private let sortableName: String
    private let shortName: String
    private let userSIS: String?
    private let courseSIS: String?
    private let sectionSIS: String?

    /// The columns that ``init(_:)`` reads, of ``tables``.
    static let columns = """
        e.id, e.course_id, e.section_id, e.user_id, e.type, e.workflow_state, e.limit_privileges_to_course_section,
        e.associated_user_id, e.created_at, e.updated_at, e.start_at, e.end_at, e.last_activity_at,
        u.name, u.sortable_name, u.short_name, u.sis_user_id, c.sis_course_id, s.sis_section_id,
        e.role_id, r.label
        """

    /// What the columns come from; `$1` is the institution.
    static let tables = """
        FROM enrollments e
        JOIN users u ON u.institution_id = $1 AND u.id = e.user_id
        JOIN courses c ON c.institution_id = $1 AND c.id = e.course_id
        JOIN sections s ON s.institution_id = $1 AND s.id = e.section_id
        LEFT JOIN course_roles r ON r.institution_id = $1 AND r.id = e.role_id
        """

    /// Reads an enrolment from a row that begins with ``columns``.
    init(_ row: Row) throws(PostgresError) {
        id = try row.int(0)
        course = try row.int(1)
        section = try row.int(2)
        user = try row.int(3)
        let typeName = try row.text(4)
        let stateName = try row.text(5)
        guard let type = EnrollmentType(rawValue: typeName), let state = State(rawValue: stateName) else {
            throw .decoding(.init(column: "type", expected: "a type and a state of enrolments", type: 0))
        }
        (self.type, self.state) = (type, state)
        isLimitedToSection = try row.bool(6)
        associatedUser = try row.intOrNil(7)
        createdAt = try row.timestampMilliseconds(8)
        updatedAt = try row.timestampMilliseconds(9)
        startAt = try row.timestampMillisecondsOrNil(10)
        endAt = try row.timestampMillisecondsOrNil(11)
        lastActivityAt = try row.timestampMillisecondsOrNil(12)
        name = try row.text(13)
        sortableName = try row.text(14)
        shortName = try row.text(15)
        userSIS = try row.textOrNil(16)
        courseSIS = try row.textOrNil(17)
        sectionSIS = try row.textOrNil(18)
        role = try row.intOrNil(19)
        roleLabel = try row.textOrNil(20)
    }

    /// Writes the enrolment as Canvas has it; SIS ids to staff.
    func write(_ json: inout JSONWriter, institution: InstitutionID, isStaff: Bool) {
        json.object { json in
            json.member("id", id)
            json.member("course_id", course)
            json.member("course_section_id", section)
            json.member("user_id", user)
            json.member("type", type.rawValue)
            json.member("role", roleLabel ?? type.rawValue)
            json.member("role_id", role ?? RoleIDs.of(type.rawValue))
            json.member("enrollment_state", state.rawValue)
            json.member("limit_privileges_to_course_section", isLimitedToSection)
            json.orNull("associated_user_id", associatedUser)
            json.member("root_account_id", institution.rawValue)
            json.member("created_at", ISO8601.text(milliseconds: createdAt))
            json.member("updated_at", ISO8601.text(milliseconds: updatedAt))
            json.timeOrNull("start_at", startAt)
            json.timeOrNull("end_at", endAt)
            json.timeOrNull("last_activity_at", lastActivityAt)
            if isStaff {
                json.orNull("sis_user_id", userSIS)
                json.orNull("sis_course_id", courseSIS)
                json.orNull("sis_section_id", sectionSIS)
            }
            json.object("user") { json in
                json.member("id", user)
                json.member("name", name)
                json.member("sortable_name", sortableName)
                json.member("short_name", shortName)
            }
        }
    }
}
