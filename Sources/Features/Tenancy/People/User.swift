/// A person in one institution.
package struct User: Hashable, Sendable {
    /// Unique in the deployment; another one in each institution.
    package let id: Int64
    /// The person, who may have users in other institutions too.
    package let person: Int64
    /// The name to show.
    package let name: String
    /// The name that lists are sorted by: `Lovelace, Ada`.
    package let sortableName: String
    /// The name where there is little room.
    package let shortName: String
    /// What the user is in the institution.
    package let roles: Set<Role>

    /// Describes a user.
    package init(
        id: Int64, person: Int64, name: String, sortableName: String, shortName: String, roles: Set<Role>
    ) {
        self.id = id
        self.person = person
        self.name = name
        self.sortableName = sortableName
        self.shortName = shortName
        self.roles = roles
    }

    /// Puts the last word of a name first: `Ada King Lovelace` becomes `Lovelace, Ada King`.
    package static func sortableName(of name: String) -> String {
        let words = name.split(separator: " ")
        guard words.count > 1, let last = words.last else { return name }
        return "\(last), \(words.dropLast().joined(separator: " "))"
    }
}
