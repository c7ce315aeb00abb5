/// A user's standing in one course.
package enum CourseRole: String, Hashable, Sendable, CaseIterable, Comparable {
    /// Looks on for a child.
    case observer
    case student
    /// Teachers, assistants, designers, and the institution's admins.
    case staff

    private var rank: Int {
        switch self {
        case .observer: 0
        case .student: 1
        case .staff: 2
        }
    }

    /// Who may do more is greater.
    package static func < (left: CourseRole, right: CourseRole) -> Bool { left.rank < right.rank }
}
