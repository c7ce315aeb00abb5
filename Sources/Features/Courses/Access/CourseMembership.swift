package import Tenancy

/// What one user may do in one course: everything that deciding needs, from one query.
package struct CourseMembership: Hashable, Sendable {
    /// The course, for its name and state.
    package let course: Course
    /// The highest standing that an enrolment, or being the institution's admin, gives.
    package let role: CourseRole
    /// What makes the user staff; empty for who is not.
    package let kinds: Set<StaffKind>
    /// The sections of the enrolments that give this standing, ascending; empty for an admin who is not enrolled.
    package let sections: [Int64]
    /// Whether the user sees nobody outside of ``sections``.
    package let isLimitedToSections: Bool
    /// Whether the standing is of the present: not that of somebody whose enrolment is over, or yet to begin.
    package let isCurrent: Bool

    /// States a standing as it is.
    package init(
        course: Course, role: CourseRole, kinds: Set<StaffKind>, sections: [Int64], isLimitedToSections: Bool,
        isCurrent: Bool = true
    ) {
        self.course = course
        self.role = role
        self.kinds = kinds
        self.sections = sections
        self.isLimitedToSections = isLimitedToSections
        self.isCurrent = isCurrent
    }

    /// Whether the user teaches, assists, designs or administers.
    package var isStaff: Bool { role == .staff }
    /// Whether the user administers the institution, or an account that the course is in.
    package var isAdmin: Bool { kinds.contains(.admin) }

    /// The sections whose people the user may see; `nil` for all.
    package var visibleSections: [Int64]? { isLimitedToSections ? sections : nil }

    /// What the table of permissions asks for.
    package var standing: CourseStanding {
        CourseStanding(
            role: role, kinds: kinds, isLimitedToSections: isLimitedToSections, isCurrent: isCurrent,
            isConcluded: course.state == .completed)
    }

    /// Whether the user may look and change nothing.
    package var isReadOnly: Bool { standing.isReadOnly }

    /// Whether the user may enrol people as a type, and end such enrolments.
    func mayEnroll(as type: EnrollmentType) -> Bool {
        !kinds.isDisjoint(with: PermissionTable.enrolling[type.rawValue] ?? [])
    }

    /// Works out the standing of a user.
    ///
    /// What is in force counts; where nothing is, what was or will be lets one look. Staff who are yet to begin are
    /// nobody.
    ///
    /// - Parameters:
    ///   - course: The course.
    ///   - enrollments: The user's active and concluded enrolments in the course.
    ///   - isAdmin: Whether the user is an admin of the institution.
    /// - Returns: `nil` for a user who has no standing, or for whom the course is not yet published.
    static func of(
        _ course: Course, enrollments: [Enrollment], isAdmin: Bool
    ) -> CourseMembership? {
        let current = enrollments.filter { $0.phase == .current }
        let others = enrollments.filter { $0.phase == .past || $0.type.role != .staff }
        let counted = current.isEmpty ? others : current
        let role = isAdmin ? .staff : counted.map(\.type.role).max()
        guard let role, role == .staff || course.isPublished else { return nil }
        let deciding = counted.filter { $0.type.role == role }
        let isLimited = !isAdmin && !deciding.isEmpty && deciding.allSatisfy(\.isLimitedToSection)
        return CourseMembership(
            course: course, role: role,
            kinds: Set(deciding.compactMap(\.type.staffKind) + (isAdmin ? [.admin] : [])),
            sections: Set(deciding.map(\.section)).sorted(), isLimitedToSections: isLimited,
            isCurrent: isAdmin || !current.isEmpty)
    }
}
