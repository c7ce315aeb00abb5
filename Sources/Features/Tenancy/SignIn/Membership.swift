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
    ///
    /// Home says in which other databases there may be some; those of a database that cannot be asked are missing, so that
    /// it keeps nobody from the others.
    ///
    /// - Parameters:
    ///   - person: The person.
    ///   - pool: The loop's pool.
    ///   - wanted: The institution that it is about, if any.
    /// - Returns: The users.
    /// - Throws: ``PostgresError``; also of a database that cannot be asked, when nothing was found elsewhere, or not the
    ///   institution that it is about.
    package static func all(
        of person: Int64, _ pool: PostgresPool, for wanted: InstitutionID? = nil
    ) async throws(PostgresError) -> [Membership] {
        var all = try await here(person, pool.home)
        guard pool.isSharded else { return all }
        var failure: PostgresError?
        for row in try await pool.home.query(ShardQueries.ofPerson, [.int(person)], tenant: nil) {
            let shard = Int(try row.int(0))
            do throws(PostgresError) {
                all += try await here(person, try pool.member(shard))
            } catch {
                failure = failure ?? error
            }
        }
        let isFound = wanted.map { one in all.contains { $0.institution.id == one } } ?? !all.isEmpty
        if let failure, !isFound { throw failure }
        all.sort {
            ($0.institution.name, $0.institution.id.rawValue) < (
                $1.institution.name, $1.institution.id.rawValue
            )
        }
        return all
    }

    /// The person's users in the institutions of one database.
    private static func here(_ person: Int64, _ pool: PostgresPool) async throws(PostgresError)
        -> [Membership]
    {
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
