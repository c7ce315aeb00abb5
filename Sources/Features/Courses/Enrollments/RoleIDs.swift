/// The ids that Canvas's clients know roles by.
package enum RoleIDs {
    /// The id of the built-in role that an enrolment of a type has.
    package static func of(_ type: EnrollmentType) -> Int64 {
        switch type {
        case .student: 2
        case .teacher: 3
        case .ta: 4
        case .designer: 5
        case .observer: 6
        }
    }
}
