/// One row of the table of permissions: a way in, and who may take it on whose data.
package struct Permission: Hashable, Sendable {
    /// What makes a user somebody who may.
    package enum Rule: Hashable, Sendable {
        /// Everybody, known or not.
        case anyone
        /// Whoever is signed in, on what is their own: the answer depends on who asks, and shows nobody else's.
        case own
        /// Users who hold one of these roles in the institution.
        case institution(Set<Role>)
        /// Admins of the account that the path names, or of one above it.
        case account
        /// Users who stand in one of these ways to the user that the path names.
        case user(Set<UserRelation>)
        /// Users who have one of these standings in the course that the path names, or that what it names belongs to.
        case course(Set<CourseRole>)
    }

    /// The way in: `GET /api/v1/courses/:id`, `rpc chat.send`, `signal chat.typing` or `channel chat`.
    package let way: String
    /// Who may.
    package let rule: Rule

    init(_ way: String, _ rule: Rule) {
        self.way = way
        self.rule = rule
    }

    /// Whether the way is a route of the REST surface.
    package var isRoute: Bool { way.contains(" /") }

    /// What an access token must hold to take the way, as `url:GET|/api/v1/courses/:id`; `nil` for what is no route.
    package var scope: String? {
        guard isRoute else { return nil }
        let parts = way.split(separator: " ", maxSplits: 1)
        return "url:\(parts[0])|\(parts[1])"
    }
}

/// How one user stands to another.
package enum UserRelation: String, Hashable, Sendable, CaseIterable {
    /// Is the same user.
    case oneself
    /// Is linked to them as their parent.
    case parent
    /// Administers the institution.
    case admin
}
