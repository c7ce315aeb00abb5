/// What makes somebody staff of a course; what each may do is Canvas's default.
package enum StaffKind: String, Hashable, Sendable, CaseIterable {
    /// Of the institution, or of an account that the course is in.
    case admin
    case teacher
    /// Grades and keeps the contents; does not change the course itself.
    case assistant
    /// Keeps the contents; sees no grades.
    case designer
}
