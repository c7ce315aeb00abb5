/// Whose files they are: a course's or a user's.
package enum FileContext: Hashable, Sendable {
    case course(Int64)
    case user(Int64)

    /// The name of the root folder.
    package var rootName: String {
        switch self {
        case .course: "course files"
        case .user: "my files"
        }
    }

    /// `Course` or `User`, as answers name it.
    package var type: String {
        switch self {
        case .course: "Course"
        case .user: "User"
        }
    }

    /// The course's or the user's id.
    package var id: Int64 {
        switch self {
        case .course(let id), .user(let id): id
        }
    }

    var course: Int64? { if case .course(let id) = self { id } else { nil } }
    var user: Int64? { if case .user(let id) = self { id } else { nil } }
}
