/// What a user is in one institution; a user may be several things.
package enum Role: String, Hashable, Sendable, CaseIterable, Comparable {
    case student
    case instructor
    case admin
    case parent

    /// Reads stored names; names that no role has are dropped.
    package static func set(_ names: some Sequence<String>) -> Set<Role> {
        Set(names.compactMap(Role.init(rawValue:)))
    }

    /// Roles in the order in which one of them stands for a user that has several, the first for all.
    package static let byPrecedence: [Role] = [.admin, .instructor, .student, .parent]

    /// The one role that stands for all, as in a live token; `nil` for a user without any.
    package static func leading(of roles: Set<Role>) -> Role? { byPrecedence.first(where: roles.contains) }

    private var rank: Int { Role.byPrecedence.firstIndex(of: self) ?? Role.byPrecedence.count }

    /// Who stands for others comes first.
    package static func < (left: Role, right: Role) -> Bool { left.rank < right.rank }
}
