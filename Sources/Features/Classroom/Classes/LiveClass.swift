package import JSON
import Tenancy

/// One live class as the database holds it.
///
/// Times are milliseconds since 1970.
package struct LiveClass: Hashable, Sendable {
    /// Where a class is in its life; the raw value is what routes and snapshots carry.
    package enum Phase: String, Hashable, Sendable, CaseIterable {
        /// Not yet begun: members may be there and wait.
        case scheduled
        case live
        /// Over: to be read, not changed.
        case ended
    }

    package let id: Int64
    package let course: Int64
    package let courseName: String
    package var title: String
    package var phase: Phase
    package var scheduledAt: Int64?
    package var startedAt: Int64?
    package var endedAt: Int64?
    package let createdAt: Int64

    /// Writes the class as routes answer with it.
    package func write(_ json: inout JSONWriter) {
        func time(_ name: String, _ value: Int64?, _ json: inout JSONWriter) {
            if let value {
                json.member(name, ISO8601.text(milliseconds: value))
            } else {
                json.nullMember(name)
            }
        }
        json.object { json in
            json.member("id", id)
            json.member("course_id", course)
            json.member("title", title)
            json.member("workflow_state", phase.rawValue)
            time("scheduled_at", scheduledAt, &json)
            time("started_at", startedAt, &json)
            time("ended_at", endedAt, &json)
            time("created_at", createdAt, &json)
        }
    }
}
