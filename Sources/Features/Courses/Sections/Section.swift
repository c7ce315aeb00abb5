import JSON
import Postgres
import Tenancy

/// A section of a course: the part of its people that meets together.
package struct Section: Hashable, Sendable {
    /// Unique in the deployment.
    package let id: Int64
    /// The course that it belongs to now.
    package let course: Int64
    package let name: String
    /// The course that it came from when it was cross-listed.
    package let home: Int64?
    /// Milliseconds since 1970.
    package let startAt: Int64?
    package let endAt: Int64?
    package let isRestrictedToDates: Bool
    package let sisID: String?
    package let integrationID: String?
    package let createdAt: Int64

    /// The columns that ``init(_:)`` reads, of `sections s`.
    static let columns = """
        s.id, s.course_id, s.name, s.nonxlist_course_id, s.start_at, s.end_at, s.restrict_enrollments_to_section_dates,
        s.sis_section_id, s.integration_id, s.created_at
        """

    /// Reads a section from a row that begins with ``columns``.
    init(_ row: Row) throws(PostgresError) {
        id = try row.int(0)
        course = try row.int(1)
        name = try row.text(2)
        home = try row.intOrNil(3)
        startAt = try row.timestampMillisecondsOrNil(4)
        endAt = try row.timestampMillisecondsOrNil(5)
        isRestrictedToDates = try row.bool(6)
        sisID = try row.textOrNil(7)
        integrationID = try row.textOrNil(8)
        createdAt = try row.timestampMilliseconds(9)
    }

    /// Writes the section as Canvas has it; SIS ids to staff.
    func write(_ json: inout JSONWriter, isStaff: Bool, students: Int64? = nil) {
        json.object { json in
            json.member("id", id)
            json.member("course_id", course)
            json.member("name", name)
            json.orNull("nonxlist_course_id", home)
            json.timeOrNull("start_at", startAt)
            json.timeOrNull("end_at", endAt)
            json.member("restrict_enrollments_to_section_dates", isRestrictedToDates)
            json.member("created_at", ISO8601.text(milliseconds: createdAt))
            if isStaff {
                json.orNull("sis_section_id", sisID)
                json.orNull("integration_id", integrationID)
            }
            json.member("total_students", students)
        }
    }
}
