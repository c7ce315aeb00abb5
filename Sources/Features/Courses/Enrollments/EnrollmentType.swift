package import Tenancy

/// What an enrolment makes of a user, in Canvas's words.
package enum EnrollmentType: String, Hashable, Sendable, CaseIterable {
    case student = "StudentEnrollment"
    case teacher = "TeacherEnrollment"
    case ta = "TaEnrollment"
    case designer = "DesignerEnrollment"
    case observer = "ObserverEnrollment"

    /// The short form of lists and filters, as `student`.
    package var shortName: String {
        switch self {
        case .student: "student"
        case .teacher: "teacher"
        case .ta: "ta"
        case .designer: "designer"
        case .observer: "observer"
        }
    }

    /// Reads the short form.
    package init?(shortName: String) {
        guard let type = EnrollmentType.allCases.first(where: { $0.shortName == shortName }) else {
            return nil
        }
        self = type
    }

    /// What it makes of staff; `nil` where it makes none.
    package var staffKind: StaffKind? {
        switch self {
        case .teacher: .teacher
        case .ta: .assistant
        case .designer: .designer
        case .student, .observer: nil
        }
    }

    /// The standing that such an enrolment gives.
    package var role: CourseRole {
        switch self {
        case .student: .student
        case .teacher, .ta, .designer: .staff
        case .observer: .observer
        }
    }
}
