package import Postgres

/// One of a person's users: in which institution, and as what.
package struct Membership: Hashable, Sendable {
    /// Where.
    package let institution: Institution
    /// The user's id there.
    package let user: Int64
    /// The user's name there.
    package let name: String
    /// What the person signs in with, everywhere.
    package let login: String
    /// What the user is there.
    package let roles: Set<Role>

    /// A person's users in all active institutions, by the institution's name.
    package static func all(
        of person: Int64, _ pool: PostgresPool
    ) async throws(PostgresError) -> [Membership] {
        let rows = try await pool.query(DirectoryQueries.usersOfPerson, [.int(person)], tenant: nil)
        var all: [Membership] = []
        for row in rows {
            let institution = Institution(
                id: InstitutionID(rawValue: try row.int(0)), name: try row.text(1), accent: try row.text(2))
            all.append(
                Membership(
                    institution: institution, user: try row.int(3), name: try row.text(4),
                    login: try row.text(5),
                    roles: Role.set(try row.textArray(6))))
        }
        return all
    }
}
