package import Postgres
package import Tenancy
package import WebServer

/// Says what a user may do in a course: the one question that every feature with courses asks first.
///
/// One statement, the same one and the only one for a course of another institution, a deleted one and an id that no
/// course has. Confined to the loop of its pool.
package struct CourseAccess {
    /// What the database knows of a user and a course.
    package enum Finding: Hashable, Sendable {
        /// No such course in the user's institution.
        case unknown
        /// The course exists and the user has nothing to do with it.
        case stranger
        case member(CourseMembership)
    }

    private let pool: PostgresPool

    /// Asks over these connections.
    package init(pool: PostgresPool) { self.pool = pool }

    /// Finds a user's standing.
    ///
    /// - Parameters:
    ///   - user: The user's id.
    ///   - roles: The user's roles in the institution; an admin is staff everywhere.
    ///   - course: Any number that a client sent.
    ///   - institution: The user's institution.
    ///   - way: The way in that is asked for; enrolments whose own role closes it do not count.
    /// - Returns: The finding.
    /// - Throws: What the database throws.
    package func find(
        user: Int64, roles: Set<Role>, course: Int64, in institution: InstitutionID,
        by way: String? = nil
    ) async throws(PostgresError) -> Finding {
        let rows = try await pool.query(
            CourseQueries.membership, [.int(institution.rawValue), .int(course), .int(user), .text(way)],
            tenant: institution)
        guard let first = rows.first, let known = try CourseQueries.course(first) else { return .unknown }
        var enrollments: [Enrollment] = []
        for row in rows {
            guard let type = try row.textOrNil(4).flatMap(EnrollmentType.init(rawValue:)),
                let phase = try row.textOrNil(8).flatMap(Enrollment.Phase.init(rawValue:))
            else { continue }
            if try row.bool(9) { continue }
            enrollments.append(
                Enrollment(
                    type: type, section: try row.int(5), isLimitedToSection: try row.bool(6), phase: phase))
        }
        // An admin of the institution, or of an account that the course is in.
        let isAccountAdmin = try first.bool(7)
        let isAdmin = roles.contains(.admin) || isAccountAdmin
        guard let membership = CourseMembership.of(known, enrollments: enrollments, isAdmin: isAdmin)
        else {
            return .stranger
        }
        return .member(membership)
    }

    /// The standing of a user who must have one.
    ///
    /// - Throws: ``WebError``: 404 for a course that is not there for the institution, 403 within it; or the database's.
    package func membership(
        of principal: Principal, in course: Int64, by way: String? = nil
    ) async throws -> CourseMembership {
        let found = try await find(
            user: principal.user, roles: Role.set(principal.roles), course: course, in: principal.institution,
            by: way)
        switch found {
        case .unknown: throw WebError.notFound
        case .stranger: throw WebError.forbidden
        case .member(let membership): return membership
        }
    }

    /// The standing of a user whom the table must let take a way.
    ///
    /// - Throws: As ``membership(of:in:by:)``; 403 for others.
    package func membership(
        of principal: Principal, in course: Int64, for way: String
    ) async throws -> CourseMembership {
        let membership = try await membership(of: principal, in: course, by: way)
        try Permissions.require(way, membership.standing)
        return membership
    }

    /// A user in a course, to ask for many at once.
    package struct Pair: Hashable, Sendable {
        /// The course's id.
        package let course: Int64
        /// The user's id.
        package let user: Int64

        /// Names a user in a course.
        package init(course: Int64, user: Int64) {
            self.course = course
            self.user = user
        }
    }

    /// The present standing of many users in many courses; who has none is missing.
    ///
    /// For open connections, which must feel a changed enrolment within two seconds. Who may only look is nobody here,
    /// unless looking is what it is for.
    package func roles(
        of pairs: [Pair], in institution: InstitutionID, toLook: Bool = false
    ) async throws(PostgresError) -> [Pair: CourseRole] {
        let rows = try await pool.query(
            CourseQueries.roles,
            [.int(institution.rawValue), .intArray(pairs.map(\.course)), .intArray(pairs.map(\.user))],
            tenant: institution)
        var roles: [Pair: CourseRole] = [:]
        for row in rows {
            let pair = Pair(course: try row.int(0), user: try row.int(1))
            guard let state = Course.State(rawValue: try row.text(3)) else { continue }
            var enrollments: [Enrollment] = []
            for (type, phase) in zip(try row.textArray(4), try row.textArray(5)) {
                guard let type = EnrollmentType(rawValue: type), let phase = Enrollment.Phase(rawValue: phase)
                else { continue }
                enrollments.append(Enrollment(type: type, section: 0, phase: phase))
            }
            let course = Course(id: pair.course, name: "", code: "", state: state)
            let membership = CourseMembership.of(
                course, enrollments: enrollments, isAdmin: try row.bool(2))
            guard let membership, toLook || !membership.isReadOnly else { continue }
            roles[pair] = membership.role
        }
        return roles
    }
}
