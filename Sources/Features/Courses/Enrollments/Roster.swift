package import Postgres
package import Tenancy

/// Everybody who is actively enrolled in a course, for the features that expect them: who has not answered yet, whose
/// row the gradebook shows.
///
/// Confined to the loop of its pool.
package struct Roster {
    /// One person in a course; several enrolments of one user are one entry.
    package struct Entry: Hashable, Sendable {
        /// The user's id.
        package let user: Int64
        /// The name to show.
        package let name: String
        /// The name to sort by.
        package let sortableName: String
        /// The highest standing among the enrolments.
        package let role: CourseRole
        /// The sections of the enrolments that give the standing.
        package let sections: [Int64]
    }

    private let pool: PostgresPool

    /// Asks over these connections.
    package init(pool: PostgresPool) { self.pool = pool }

    /// All entries, by the name that lists are sorted by.
    package func entries(course: Int64, in institution: InstitutionID) async throws(PostgresError) -> [Entry]
    {
        let rows = try await pool.query(
            EnrollmentQueries.roster, [.int(institution.rawValue), .int(course)], tenant: institution)
        var entries: [Entry] = []
        for row in rows {
            guard let type = EnrollmentType(rawValue: try row.text(3)) else { continue }
            let entry = Entry(
                user: try row.int(0), name: try row.text(1), sortableName: try row.text(2), role: type.role,
                sections: [try row.int(4)])
            if let last = entries.last, last.user == entry.user {
                entries[entries.count - 1] = last.merged(entry)
            } else {
                entries.append(entry)
            }
        }
        return entries
    }
}

extension Roster.Entry {
    /// One entry of two of the same user: the higher standing, and the sections that give it.
    func merged(_ other: Roster.Entry) -> Roster.Entry {
        if role != other.role { return role > other.role ? self : other }
        return Roster.Entry(
            user: user, name: name, sortableName: sortableName, role: role,
            sections: Set(sections + other.sections).sorted())
    }
}
