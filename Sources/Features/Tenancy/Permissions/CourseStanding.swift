/// Everything about a user in a course that the table of permissions asks for.
package struct CourseStanding: Hashable, Sendable {
    /// The highest that an enrolment, or being an admin, gives.
    package let role: CourseRole
    /// What makes the user staff; empty for who is not.
    package let kinds: Set<StaffKind>
    /// Whether the user sees the people of some sections only.
    package let isLimitedToSections: Bool
    /// Whether the enrolment is in force: neither concluded nor, by its dates, over or yet to begin.
    package let isCurrent: Bool
    /// Whether the course is concluded.
    package let isConcluded: Bool

    /// States a standing.
    package init(
        role: CourseRole, kinds: Set<StaffKind>, isLimitedToSections: Bool, isCurrent: Bool, isConcluded: Bool
    ) {
        self.role = role
        self.kinds = kinds
        self.isLimitedToSections = isLimitedToSections
        self.isCurrent = isCurrent
        self.isConcluded = isConcluded
    }

    /// Whether the user may look and do nothing: what is over, or has not begun, changes for admins only.
    package var isReadOnly: Bool { !kinds.contains(.admin) && (!isCurrent || isConcluded) }
}
