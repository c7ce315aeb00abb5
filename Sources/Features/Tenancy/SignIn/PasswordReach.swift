import Postgres

/// Finds the institutions where a person's password is the very same one, in whichever database they live.
struct PasswordReach {
    let pool: PostgresPool

    /// Where the password that a person has in one institution is good: there, and wherever the stored text is the same.
    ///
    /// - Throws: ``PostgresError`` of home or the institution's own database; another one that is away has no places.
    func places(of person: Int64, from institution: InstitutionID) async throws -> Set<InstitutionID> {
        var places: Set<InstitutionID> = [institution]
        let row = try await pool.query(
            DirectoryQueries.ownPassword, [.int(person)], tenant: institution
        ).first
        guard let hash = try row?.textOrNil(0) else { return places }
        var databases = [pool.home]
        if pool.isSharded {
            for row in try await pool.home.query(ShardQueries.ofPerson, [.int(person)], tenant: nil) {
                if let member = try? pool.member(Int(try row.int(0))) { databases.append(member) }
            }
        }
        for database in databases {
            guard
                let rows = try? await database.query(
                    DirectoryQueries.passwordPlaces, [.int(person), .text(hash)], tenant: nil)
            else { continue }
            for row in rows { places.insert(InstitutionID(rawValue: try row.int(0))) }
        }
        return places
    }
}
