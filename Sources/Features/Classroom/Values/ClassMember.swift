/// Somebody who takes part in a class, in the role that they have there.
package struct ClassMember: Hashable, Sendable {
    /// What a member may do; the raw value is what events carry.
    package enum Role: String, Hashable, Sendable, CaseIterable {
        /// Staff of the course: teachers, assistants, designers and the institution's admins.
        case instructor
        case student
    }

    package let id: Int64
    package let name: String
    package let role: Role

    package init(id: Int64, name: String, role: Role) {
        self.id = id
        self.name = name
        self.role = role
    }

    var isStaff: Bool { role == .instructor }
}
