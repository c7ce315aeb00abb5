import Courses
import Tenancy

/// An enrolment, as far as imports go.
struct EnrollmentImage: RosterRecord {
    var state = "active"
    var isLimited = false
    var startAt: Int64?
    var endAt: Int64?
    var associated: Int64?
    /// A role of the institution's own; `nil` for the built-in one of the type.
    var role: Int64?
    var stuck: [String] = []
    var isKnown = true
}

/// A role of an account's own, as far as imports go.
struct RosterRole: Hashable, Sendable {
    let id: Int64
    /// The account whose courses, and those below it, it is for.
    let account: Int64
    let label: String
    /// What it is a built-in role with less of.
    let base: EnrollmentType
    /// Whether it is still given.
    let isActive: Bool
}

/// A row of enrollments.csv.
struct EnrollmentRow: Hashable, Sendable {
    let number: Int
    /// What the row names; to be looked up.
    let course: String?
    let section: String?
    let user: String?
    let userIntegration: String?
    let associated: String?
    let type: EnrollmentType
    /// The role of the institution's own that the row names; `nil` for the built-in one of the type.
    let role: RosterRole?
    private let status: String
    private let isLimited: Bool?
    private let startAt: Int64??
    private let endAt: Int64??

    /// Reads a row.
    ///
    /// - Parameters:
    ///   - row: The row.
    ///   - roles: The institution's own roles.
    /// - Throws: A refusal.
    init(_ row: RosterRow, _ roles: [RosterRole] = []) throws(RowRefusal) {
        number = row.number
        guard row.text(.rootAccount) == nil else {
            throw RowRefusal("root_account: users of other institutions are not supported")
        }
        course = try row.optionalSISID(.courseID)
        section = try row.optionalSISID(.sectionID)
        guard course != nil || section != nil else { throw RowRefusal("course_id and section_id are empty") }
        user = try row.optionalSISID(.userID)
        userIntegration = try row.optionalSISID(.userIntegrationID)
        guard user != nil || userIntegration != nil else { throw RowRefusal("user_id is empty") }
        (type, role) = try EnrollmentRow.role(row, roles)
        associated = type == .observer ? try row.optionalSISID(.associatedUserID) : nil
        status = try row.status(["active", "inactive", "completed", "deleted"])
        isLimited = try row.truth(.limitsPrivileges)
        startAt = try row.time(.startDate)
        endAt = try row.time(.endDate)
    }

    var isDeleted: Bool { status == "deleted" }

    /// By `role_id`, else by `role`, which may be the name of a role of the institution's own.
    private static func role(
        _ row: RosterRow, _ roles: [RosterRole]
    ) throws(RowRefusal) -> (EnrollmentType, RosterRole?) {
        if let text = row.text(.roleID) {
            if let id = Int64(text),
                let type = EnrollmentType.allCases.first(where: { RoleIDs.of($0.rawValue) == id })
            {
                return (type, nil)
            }
            guard let role = roles.first(where: { String($0.id) == text }) else {
                throw RowRefusal("role_id names no role")
            }
            return (role.base, role)
        }
        guard let name = row.text(.role)?.lowercased() else { throw RowRefusal("role is empty") }
        let type =
            EnrollmentType(shortName: name)
            ?? EnrollmentType.allCases.first { $0.rawValue.lowercased() == name }
        if let type { return (type, nil) }
        let own = roles.filter { $0.label.lowercased() == name }
        guard let role = own.first else {
            throw RowRefusal(
                "role is none of student, teacher, ta, observer, designer, and no other role's name")
        }
        guard own.count == 1 else { throw RowRefusal("role names several roles: role_id tells them apart") }
        return (role.base, role)
    }

    /// What the enrolment shall be; `nil` where there is none and shall be none.
    ///
    /// - Parameters:
    ///   - now: The enrolment as it is.
    ///   - associatedID: The user that ``associated`` names; `nil` where it names none that is there.
    ///   - rules: What is done with stuck fields.
    /// - Returns: The enrolment.
    /// - Throws: A refusal.
    func wanted(
        now: EnrollmentImage?, associatedID: Int64?, _ rules: StickyRules
    ) throws(RowRefusal) -> EnrollmentImage? {
        if now == nil, isDeleted { return nil }
        guard associated == nil || associatedID != nil else {
            throw RowRefusal("associated_user_id names no user")
        }
        if let role, !role.isActive, !isDeleted, now?.role != role.id {
            throw RowRefusal("the role is not given any more")
        }
        var record = now ?? EnrollmentImage(state: status)
        var sticky = StickyFields(record.stuck, rules)
        record.state = sticky.settle("workflow_state", record.state, status)
        if record.state != "deleted" {
            record.startAt = sticky.settle("start_at", record.startAt, startAt)
            record.endAt = sticky.settle("end_at", record.endAt, endAt)
            record.role = sticky.settle("role_id", record.role, .some(role?.id))
            if let isLimited { record.isLimited = isLimited }
            if let associatedID { record.associated = associatedID }
            try RosterRow.checkDates(record.startAt, record.endAt)
        }
        record.stuck = sticky.names
        record.isKnown = true
        return record
    }
}

/// A row of user_observers.csv.
struct ObserverRow: Hashable, Sendable {
    let number: Int
    let observer: String
    let student: String
    let isDeleted: Bool

    init(_ row: RosterRow) throws(RowRefusal) {
        number = row.number
        observer = try row.sisID(.observerID)
        student = try row.sisID(.studentID)
        isDeleted = try row.status(["active", "deleted"]) == "deleted"
        guard observer != student else { throw RowRefusal("observer_id and student_id are the same") }
    }
}
