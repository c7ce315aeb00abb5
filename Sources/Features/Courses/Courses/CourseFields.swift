import JSON
import Postgres
import Tenancy
import WebServer

/// What a request says of a course; read and checked, nothing done yet.
struct CourseFields: Hashable, Sendable {
    /// What happens to the course, in Canvas's words.
    enum Event: String, CaseIterable, Sendable {
        /// Takes it back from students.
        case claim
        /// Shows it to students.
        case offer
        case conclude
        case delete
        /// Brings a deleted one back, unpublished.
        case undelete
    }

    var name: String?
    var code: String?
    /// The account and the term as they are written: ids, or ids of the student information system.
    var account: String?
    var term: String?
    var event: Event?
    private var startAt: Int64??
    private var endAt: Int64??
    private var timeZone: String??
    private var isPublic: Bool?
    private var defaultView: String?
    private var format: String??
    private var sisID: String??
    private var integrationID: String??
    private var isSelfEnrolling: Bool?
    private var selfEnrollmentCode: String??
    private var selfEnrollmentLimit: Int??
    private var isRestrictedToDates: Bool?
    private var hidesFinalGrades: Bool?
    private var allowsStudentTopics: Bool?
    private var locale: String??
    /// Safe markup; empty takes it away.
    private var syllabus: String?

    /// Characters of a syllabus at most; the table says so, too.
    private static let longestSyllabus = 512_000
    static let views = ["feed", "wiki", "modules", "assignments", "syllabus"]
    private static let formats = ["on_campus", "online", "blended"]

    /// Reads the members of `course[…]`.
    ///
    /// - Throws: An error that names the field; 403 for what is an admin's to change.
    init(_ fields: JSONFields, isAdmin: Bool) throws {
        name = try Self.name("name", fields)
        code = try Self.name("course_code", fields)
        startAt = try fields.timeChange("start_at")
        endAt = try fields.timeChange("end_at")
        timeZone = try fields.textChange("time_zone", max: 64)
        if let zone = timeZone ?? nil, !TimeZoneName.isKnown(zone) {
            throw fields.error("time_zone", .other("must be a time zone such as Europe/Berlin"))
        }
        isPublic = try fields.optionalBool("is_public")
        defaultView = try fields.optionalString("default_view", oneOf: Self.views)
        format = try fields.textChange("course_format", max: 20)
        if let format = format ?? nil, !Self.formats.contains(format) {
            throw fields.error("course_format", .notOneOf(Self.formats))
        }
        isSelfEnrolling = try fields.optionalBool("self_enrollment")
        selfEnrollmentCode = try fields.textChange("self_enrollment_code", max: 64)
        if let code = selfEnrollmentCode ?? nil {
            guard code.utf8.count >= 4, code.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
                throw fields.error(
                    "self_enrollment_code", .other("must have 4 to 64 visible ASCII characters"))
            }
        }
        selfEnrollmentLimit =
            fields.object["self_enrollment_limit"] == nil
            ? .none : .some(try fields.optionalInt("self_enrollment_limit", in: 1...1_000_000))
        isRestrictedToDates = try fields.optionalBool("restrict_enrollments_to_course_dates")
        hidesFinalGrades = try fields.optionalBool("hide_final_grades")
        allowsStudentTopics = try fields.optionalBool("allow_student_discussion_topics")
        locale = try fields.localeChange("locale")
        syllabus = try RichText.optional("syllabus_body", in: fields)
        if let syllabus, syllabus.unicodeScalars.count > Self.longestSyllabus {
            throw fields.error("syllabus_body", .tooLong(Self.longestSyllabus))
        }
        event = try fields.optionalString("event", oneOf: Event.allCases.map(\.rawValue)).flatMap(
            Event.init(rawValue:))
        account = Self.reference("account_id", fields)
        term = Self.reference("term_id", fields) ?? Self.reference("enrollment_term_id", fields)
        sisID = try fields.textChange("sis_course_id", max: ObjectReference.longest)
        integrationID = try fields.textChange("integration_id", max: ObjectReference.longest)
        let isAdministrative = account != nil || term != nil || sisID != nil || integrationID != nil
        guard isAdmin || !isAdministrative else { throw WebError.forbidden }
    }

    /// A name that can be stored and read; `nil` when it is absent.
    static func name(_ field: String, _ fields: JSONFields) throws(FieldError) -> String? {
        guard let text = try fields.optionalString(field, in: 1...255) else { return nil }
        guard NewUser.isName(text) else {
            throw fields.error(field, .other("must have no control characters"))
        }
        return text
    }

    private static func reference(_ field: String, _ fields: JSONFields) -> String? {
        guard let value = fields.optionalValue(field) else { return nil }
        return value.string ?? value.number?.text
    }

    /// The parameters from `$3` on of ``CourseQueries/update``.
    ///
    /// - Parameters:
    ///   - state: The state that an event leads to.
    ///   - account: The account's id, where it changes.
    ///   - term: The term's id, where it changes.
    /// - Returns: The parameters.
    func values(state: String?, account: Int64?, term: Int64?) -> [PostgresValue] {
        let stuck = [
            ("name", name != nil), ("course_code", code != nil), ("start_at", startAt != nil),
            ("end_at", endAt != nil), ("account_id", account != nil), ("enrollment_term_id", term != nil),
            ("workflow_state", state != nil),
        ]
        return [
            .text(name), .text(code), .text(state), .int(account), .int(term),
            .bool(startAt != nil), .timestamp(milliseconds: startAt ?? nil),
            .bool(endAt != nil), .timestamp(milliseconds: endAt ?? nil),
            .bool(timeZone != nil), .text(timeZone ?? nil), .bool(isPublic), .text(defaultView),
            .bool(format != nil), .text(format ?? nil), .bool(sisID != nil), .text(sisID ?? nil),
            .bool(integrationID != nil), .text(integrationID ?? nil), .bool(isSelfEnrolling),
            .bool(selfEnrollmentCode != nil), .text(selfEnrollmentCode ?? nil), .bool(isRestrictedToDates),
            .bool(hidesFinalGrades), .bool(allowsStudentTopics), .bool(selfEnrollmentLimit != nil),
            .int((selfEnrollmentLimit ?? nil).map(Int64.init)), .bool(locale != nil), .text(locale ?? nil),
            .bool(syllabus != nil), .text(syllabus), .textArray(stuck.filter(\.1).map(\.0)),
        ]
    }

    /// What is told of a violated constraint.
    static func refusal(of error: PostgresError) -> WebError? {
        switch (error.state, error.constraint) {
        case (.uniqueViolation?, "courses_sis_id"?):
            .invalid("Another course has this SIS id.", field: "course.sis_course_id", code: "duplicate")
        case (.uniqueViolation?, "courses_self_enrollment_code"?):
            .invalid("Another course has this code.", field: "course.self_enrollment_code", code: "duplicate")
        case (.checkViolation?, "courses_dates"?):
            .invalid("The course ends before it begins.", field: "course.end_at")
        default: nil
        }
    }
}
