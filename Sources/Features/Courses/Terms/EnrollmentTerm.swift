import JSON
import Postgres
import Tenancy

/// A term of an institution, as "Autumn 2026".
package struct EnrollmentTerm: Hashable, Sendable {
    /// Unique in the deployment.
    package let id: Int64
    /// What people call it.
    package let name: String
    /// When it begins and ends, in milliseconds since 1970.
    package let startAt: Int64?
    package let endAt: Int64?
    /// What the student information system calls it.
    package let sisID: String?
    /// `active` or `deleted`.
    package let state: String
    /// Milliseconds since 1970.
    package let createdAt: Int64

    /// The columns that ``init(_:at:)`` reads, of `enrollment_terms t`.
    static let columns = "t.id, t.name, t.start_at, t.end_at, t.sis_term_id, t.workflow_state, t.created_at"

    /// Reads a term from a row whose columns begin at a place.
    init(_ row: Row, at place: Int = 0) throws(PostgresError) {
        id = try row.int(place)
        name = try row.text(place + 1)
        startAt = try row.timestampMillisecondsOrNil(place + 2)
        endAt = try row.timestampMillisecondsOrNil(place + 3)
        sisID = try row.textOrNil(place + 4)
        state = try row.text(place + 5)
        createdAt = try row.timestampMilliseconds(place + 6)
    }

    /// Writes the term as Canvas has it; the SIS id to staff.
    func write(_ json: inout JSONWriter, withSIS: Bool) {
        json.object { json in
            json.member("id", id)
            json.member("name", name)
            json.timeOrNull("start_at", startAt)
            json.timeOrNull("end_at", endAt)
            json.member("workflow_state", state)
            json.member("created_at", ISO8601.text(milliseconds: createdAt))
            if withSIS { json.orNull("sis_term_id", sisID) }
        }
    }
}
