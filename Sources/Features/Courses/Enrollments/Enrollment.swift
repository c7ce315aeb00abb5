/// One enrolment of a user in a section of a course that gives a standing there, or gave one.
package struct Enrollment: Hashable, Sendable {
    /// How an enrolment stands to the present: see ``EnrollmentDates``.
    package enum Phase: String, Hashable, Sendable, CaseIterable {
        /// Yet to begin.
        case future
        case current
        /// Concluded, or over by its dates.
        case past
    }

    /// What it makes of the user.
    package let type: EnrollmentType
    /// The section's id.
    package let section: Int64
    /// Whether it lets the user see the section's people only.
    package let isLimitedToSection: Bool
    /// Whether it is in force.
    package let phase: Phase

    /// Describes an enrolment.
    package init(
        type: EnrollmentType, section: Int64, isLimitedToSection: Bool = false, phase: Phase = .current
    ) {
        self.type = type
        self.section = section
        self.isLimitedToSection = isLimitedToSection
        self.phase = phase
    }
}
