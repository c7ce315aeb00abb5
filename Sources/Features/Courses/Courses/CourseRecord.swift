import JSON
package import Postgres
import Tenancy

/// Everything that is known of a course.
package struct CourseRecord: Hashable, Sendable {
    package let course: Course
    package let uuid: PostgresUUID
    package let account: Int64
    package let term: Int64
    /// Milliseconds since 1970, as all times here.
    package let startAt: Int64?
    package let endAt: Int64?
    package let timeZone: String?
    package let isPublic: Bool
    package let defaultView: String
    package let format: String?
    package let sisID: String?
    package let integrationID: String?
    package let isSelfEnrolling: Bool
    package let isRestrictedToDates: Bool
    package let hidesFinalGrades: Bool
    package let createdAt: Int64
    /// The language that it is held in; `nil` for its account's.
    package let locale: String?

    package var id: Int64 { course.id }

    /// The columns that ``init(_:)`` reads, of `courses c`.
    static let columns = """
        c.id, c.name, c.course_code, c.workflow_state, c.uuid, c.account_id, c.enrollment_term_id, c.start_at, c.end_at,
        c.time_zone, c.is_public, c.default_view, c.course_format, c.sis_course_id, c.integration_id, c.self_enrollment,
        c.restrict_enrollments_to_course_dates, c.hide_final_grades, c.created_at, c.locale
        """

    /// Reads a course; `nil` for one that is deleted.
    init?(_ row: Row) throws(PostgresError) {
        guard let course = try CourseQueries.course(row) else { return nil }
        self.course = course
        uuid = try row.uuid(4)
        account = try row.int(5)
        term = try row.int(6)
        startAt = try row.timestampMillisecondsOrNil(7)
        endAt = try row.timestampMillisecondsOrNil(8)
        timeZone = try row.textOrNil(9)
        isPublic = try row.bool(10)
        defaultView = try row.text(11)
        format = try row.textOrNil(12)
        sisID = try row.textOrNil(13)
        integrationID = try row.textOrNil(14)
        isSelfEnrolling = try row.bool(15)
        isRestrictedToDates = try row.bool(16)
        hidesFinalGrades = try row.bool(17)
        createdAt = try row.timestampMilliseconds(18)
        locale = try row.textOrNil(19)
    }

    /// Writes the course's members into an open object, as Canvas has them; SIS ids to staff.
    func write(institution: InstitutionID, isStaff: Bool, _ json: inout JSONWriter) {
        json.member("id", id)
        json.member("uuid", "\(uuid)")
        json.member("name", course.name)
        json.member("course_code", course.code)
        json.member("workflow_state", course.state.rawValue)
        json.member("account_id", account)
        json.member("root_account_id", institution.rawValue)
        json.member("enrollment_term_id", term)
        json.timeOrNull("start_at", startAt)
        json.timeOrNull("end_at", endAt)
        json.member("created_at", ISO8601.text(milliseconds: createdAt))
        json.orNull("time_zone", timeZone)
        json.orNull("locale", locale)
        json.member("is_public", isPublic)
        json.member("default_view", defaultView)
        json.orNull("course_format", format)
        json.member("hide_final_grades", hidesFinalGrades)
        json.member("restrict_enrollments_to_course_dates", isRestrictedToDates)
        guard isStaff else { return }
        json.orNull("sis_course_id", sisID)
        json.orNull("integration_id", integrationID)
        json.member("self_enrollment", isSelfEnrolling)
    }
}
