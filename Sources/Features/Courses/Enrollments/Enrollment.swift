/// One active enrolment of a user in a section of a course.
package struct Enrollment: Hashable, Sendable {
    /// What it makes of the user.
    package let type: EnrollmentType
    /// The section's id.
    package let section: Int64
    /// Whether it lets the user see the section's people only.
    package let isLimitedToSection: Bool

    /// Describes an enrolment.
    package init(type: EnrollmentType, section: Int64, isLimitedToSection: Bool = false) {
        self.type = type
        self.section = section
        self.isLimitedToSection = isLimitedToSection
    }
}
