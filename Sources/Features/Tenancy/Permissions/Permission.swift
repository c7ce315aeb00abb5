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

    /// What taking a way does, where it is about a course.
    package enum Effect: Hashable, Sendable {
        /// Nothing that others see: open to members who may only look, too.
        case reads
        case changes
        /// Opens a concluded course again, which its handler sees to.
        case restores
    }

    /// What a change has to know for certain of who makes it.
    ///
    /// A request's user may be known from ``CredentialCache``; what decides over others' ways in does not rely on that.
    package enum Care: Hashable, Sendable {
        /// What was known when the request came.
        case usual
        /// The credential, its user and roles are as good within the change's transaction: see ``Standing``.
        case standing
        /// The same, and no other change of this kind in the institution runs beside it: two admins cannot take each
        /// other's powers at once.
        case alone
    }

    /// The way in: `GET /api/v1/courses/:id`, `rpc chat.send`, `signal chat.typing` or `channel chat`.
    package let way: String
    /// Who may.
    package let rule: Rule
    /// What changes have to know of who makes them.
    package let care: Care
    /// Of a course's staff, who may; all of them where nothing else is said.
    package let staff: Set<StaffKind>
    /// What it does; for routes their method tells, where nothing else is said.
    package let effect: Effect
    /// Whether it concerns people of all sections, so that who is limited to some may not.
    package let isOfAllSections: Bool

    init(
        _ way: String, _ rule: Rule, _ care: Care = .usual, staff: Set<StaffKind> = Set(StaffKind.allCases),
        effect: Effect? = nil, isOfAllSections: Bool = false
    ) {
        self.way = way
        self.rule = rule
        self.care = care
        self.staff = staff
        self.isOfAllSections = isOfAllSections
        let isLooking = way.hasPrefix("GET ") || way.hasPrefix("channel ")
        self.effect = effect ?? (isLooking ? .reads : .changes)
    }

    /// Whether somebody with a standing in the course may take the way.
    ///
    /// False for a way whose rule is not about courses.
    package func admits(_ standing: CourseStanding) -> Bool {
        guard case .course(let roles) = rule, roles.contains(standing.role) else { return false }
        if standing.role == .staff {
            guard !staff.isDisjoint(with: standing.kinds) else { return false }
            guard !isOfAllSections || !standing.isLimitedToSections else { return false }
        }
        return switch effect {
        case .reads: true
        case .changes: !standing.isReadOnly
        case .restores: standing.isCurrent
        }
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
