import JSON
import Postgres
import Tenancy

/// One line of what somebody has to do.
struct TodoItem {
    let assignment: Assignment
    /// Submissions that wait for the user's grading; 0 where the user is to hand in.
    let waiting: Int64
    /// What the list is sorted by.
    let place: [String]

    /// Reads a row of ``DueQueries/todo``.
    init(_ row: Row) throws(PostgresError) {
        assignment = try Assignment(row)
        waiting = try row.int(Assignment.columnCount)
        place = ["\(try row.int(Assignment.columnCount + 1))", "\(try row.int(Assignment.columnCount + 2))"]
    }

    /// Writes it as Canvas has it.
    func write(_ json: inout JSONWriter, base: String) {
        json.object { json in
            json.member("type", waiting > 0 ? "grading" : "submitting")
            json.name("assignment")
            assignment.write(&json)
            if waiting > 0 { json.member("needs_grading_count", waiting) }
            json.member("context_type", "Course")
            json.member("course_id", assignment.course)
            json.member("html_url", base + assignment.path)
            // Nothing can be put away.
            json.nullMember("ignore")
            json.nullMember("ignore_permanently")
        }
    }
}
