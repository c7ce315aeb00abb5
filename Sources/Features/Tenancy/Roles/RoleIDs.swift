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
        guard let id = find(name) else { preconditionFailure("\(name) is no built-in role") }
        return id
    }

    /// The id of a built-in role; `nil` for a name that none has.
    package static func find(_ name: String) -> Int64? {
        names.firstIndex(of: name).map { Int64($0) + 1 }
    }

    /// The name of a built-in role; `nil` for an id that none has.
    package static func name(of id: Int64) -> String? {
        (1...Int64(names.count)).contains(id) ? names[Int(id) - 1] : nil
    }
}
