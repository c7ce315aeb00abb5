package import WebServer

/// Looks the table of permissions up.
package enum Permissions {
    private static let byWay: [String: Permission] = Dictionary(
        uniqueKeysWithValues: PermissionTable.all.map { ($0.way, $0) })

    /// The row of a way in.
    ///
    /// Traps for a way that has none: what the table does not name does not exist.
    package static func of(_ way: String) -> Permission {
        guard let permission = byWay[way] else { preconditionFailure("no permission is written for \(way)") }
        return permission
    }

    /// The standings in a course that a way is open to.
    ///
    /// Traps for a way whose rule is another.
    package static func courseRoles(_ way: String) -> Set<CourseRole> {
        guard case .course(let roles) = of(way).rule else {
            preconditionFailure("\(way) is not about a course")
        }
        return roles
    }

    /// Lets pass whose standing in the course may.
    ///
    /// - Throws: 403 for all others.
    package static func require(_ way: String, _ standing: CourseStanding) throws(WebError) {
        guard of(way).admits(standing) else { throw .forbidden }
    }

    /// Every scope that a token can be given, in the order of the table.
    package static let scopes: [String] = PermissionTable.all.compactMap(\.scope)
}
