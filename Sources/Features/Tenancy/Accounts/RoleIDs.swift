/// The ids that Canvas's clients know the built-in roles by; they stay as they are, since clients keep them.
package enum RoleIDs {
    private static let names = [
        "AccountAdmin", "StudentEnrollment", "TeacherEnrollment", "TaEnrollment", "DesignerEnrollment",
        "ObserverEnrollment",
    ]

    /// The id of a built-in role, from 1 on, by its name.
    ///
    /// Traps for a name that no built-in role has.
    package static func of(_ name: String) -> Int64 {
        guard let place = names.firstIndex(of: name) else {
            preconditionFailure("\(name) is no built-in role")
        }
        return Int64(place) + 1
    }
}
