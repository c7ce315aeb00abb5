import JSON
import Postgres

/// Somebody who can be written to.
struct Recipient: Hashable, Sendable {
    let id: Int64
    let fullName: String
    let name: String
    let sortableName: String
    let avatar: String?
    /// What they are in the courses that the caller has in common with them.
    let courses: [(course: Int64, types: [String])]

    init(_ row: Row) throws(PostgresError) {
        id = try row.int(0)
        fullName = try row.text(1)
        name = try row.text(2)
        sortableName = try row.text(3)
        avatar = try row.textOrNil(4)
        var courses: [(course: Int64, types: [String])] = []
        for (course, type) in zip(try row.intArray(5), try row.textArray(6)) {
            if courses.last?.course == course {
                courses[courses.count - 1].types.append(type)
            } else {
                courses.append((course, [type]))
            }
        }
        self.courses = courses
    }

    static func == (left: Recipient, right: Recipient) -> Bool { left.id == right.id }
    func hash(into hasher: inout Hasher) { hasher.combine(id) }

    func write(_ json: inout JSONWriter) {
        json.object { json in
            json.member("id", id)
            json.member("name", name)
            json.member("full_name", fullName)
            json.object("common_courses") { json in
                for (course, types) in courses { json.array("\(course)", of: types) { $0.string($1) } }
            }
            json.object("common_groups") { _ in }
            if let avatar { json.member("avatar_url", avatar) } else { json.nullMember("avatar_url") }
        }
    }
}

/// A course whose people can be written to together.
struct RecipientContext: Hashable, Sendable {
    let id: Int64
    let name: String
    let count: Int64

    init(_ row: Row) throws(PostgresError) {
        id = try row.int(0)
        name = try row.text(1)
        count = try row.int(2)
    }

    func write(_ json: inout JSONWriter) {
        json.object { json in
            json.member("id", "course_\(id)")
            json.member("name", name)
            json.member("type", "context")
            json.member("user_count", count)
        }
    }
}
