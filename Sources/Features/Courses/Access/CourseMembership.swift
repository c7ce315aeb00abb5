package import Tenancy

/// What one user may do in one course: everything that deciding needs, from one query.
package struct CourseMembership: Hashable, Sendable {
    /// The course, for its name and state.
    package let course: Course
    /// The highest standing that an active enrolment, or being the institution's admin, gives.
    package let role: CourseRole
    /// The sections of the enrolments that give this standing, ascending; empty for an admin who is not enrolled.
    package let sections: [Int64]
    /// Whether the user sees nobody outside of ``sections``.
    package let isLimitedToSections: Bool
    /// Whether the user administers the institution, or an account that the course is in.
    package let isAdmin: Bool

    /// States a standing as it is.
    package init(
        course: Course, role: CourseRole, sections: [Int64], isLimitedToSections: Bool, isAdmin: Bool = false
    ) {
        self.course = course
        self.role = role
        self.sections = sections
        self.isLimitedToSections = isLimitedToSections
        self.isAdmin = isAdmin
    }

    /// Whether the user teaches, assists, designs or administers.
    package var isStaff: Bool { role == .staff }

    /// The sections whose people the user may see; `nil` for all.
    package var visibleSections: [Int64]? { isLimitedToSections ? sections : nil }

    /// Works out the standing of a user.
    ///
    /// - Parameters:
    ///   - course: The course.
    ///   - enrollments: The user's active enrolments in the course.
    ///   - isAdmin: Whether the user is an admin of the institution.
    /// - Returns: `nil` for a user who has no standing, or for whom the course is not yet published.
    static func of(
        _ course: Course, enrollments: [Enrollment], isAdmin: Bool
    ) -> CourseMembership? {
        let role = isAdmin ? .staff : enrollments.map(\.type.role).max()
        guard let role, role == .staff || course.isPublished else { return nil }
        let deciding = enrollments.filter { $0.type.role == role }
        let isLimited = !isAdmin && !deciding.isEmpty && deciding.allSatisfy(\.isLimitedToSection)
        return CourseMembership(
            course: course, role: role, sections: Set(deciding.map(\.section)).sorted(),
            isLimitedToSections: isLimited, isAdmin: isAdmin)
    }
}
