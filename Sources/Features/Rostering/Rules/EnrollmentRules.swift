import Courses
import Tenancy

/// An enrolment, as far as imports go.
struct EnrollmentImage: RosterRecord {
    var state = "active"
    var isLimited = false
    var startAt: Int64?
    var endAt: Int64?
    var associated: Int64?
    var stuck: [String] = []
    var isKnown = true
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
    private let status: String
    private let isLimited: Bool?
    private let startAt: Int64??
    private let endAt: Int64??

    init(_ row: RosterRow) throws(RowRefusal) {
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
        type = try EnrollmentRow.type(row)
        associated = type == .observer ? try row.optionalSISID(.associatedUserID) : nil
        status = try row.status(["active", "inactive", "completed", "deleted"])
        isLimited = try row.truth(.limitsPrivileges)
        startAt = try row.time(.startDate)
        endAt = try row.time(.endDate)
    }

    var isDeleted: Bool { status == "deleted" }

    private static func type(_ row: RosterRow) throws(RowRefusal) -> EnrollmentType {
        if let role = row.text(.role)?.lowercased() {
            let type =
                EnrollmentType(shortName: role)
                ?? EnrollmentType.allCases.first { $0.rawValue.lowercased() == role }
            guard let type else {
                throw RowRefusal("role is none of student, teacher, ta, observer, designer")
            }
            return type
        }
        guard let text = row.text(.roleID) else { throw RowRefusal("role is empty") }
        guard let id = Int64(text),
            let type = EnrollmentType.allCases.first(where: { RoleIDs.of($0.rawValue) == id })
        else { throw RowRefusal("role_id names no role") }
        return type
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
        var record = now ?? EnrollmentImage(state: status)
        var sticky = StickyFields(record.stuck, rules)
        record.state = sticky.settle("workflow_state", record.state, status)
        if record.state != "deleted" {
            record.startAt = sticky.settle("start_at", record.startAt, startAt)
            record.endAt = sticky.settle("end_at", record.endAt, endAt)
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
