package import Postgres
package import WebServer

/// Tells which users of open connections are still who they were: asked every second or so, for many at once.
///
/// One statement per institution. Confined to the loop of its pool.
package struct Revocation {
    private let pool: PostgresPool

    /// Asks over these connections.
    package init(pool: PostgresPool) { self.pool = pool }

    /// For each of these users, in their order: whether session or token, user and institution are alive and the roles
    /// are the same.
    package func areCurrent(_ principals: [Principal]) async throws(PostgresError) -> [Bool] {
        var current = [Bool](repeating: false, count: principals.count)
        var places: [InstitutionID: [Int]] = [:]
        for (place, principal) in principals.enumerated() {
            places[principal.institution, default: []].append(place)
        }
        for (institution, places) in places {
            var sessions: [Int64] = []
            var tokens: [Int64] = []
            for place in places {
                switch principals[place].credential {
                case .cookie(let session, _): sessions.append(session)
                case .bearer(let token): tokens.append(token)
                }
            }
            let rows = try await pool.query(
                SessionQueries.alive, [.int(institution.rawValue), .intArray(sessions), .intArray(tokens)],
                tenant: institution)
            var alive: [Int64: [Int64: Set<String>]] = [:]
            for row in rows {
                alive[try row.int(0), default: [:]][try row.int(1)] = Set(try row.textArray(2))
            }
            for place in places {
                let roles =
                    switch principals[place].credential {
                    case .cookie(let session, _): alive[0]?[session]
                    case .bearer(let token): alive[1]?[token]
                    }
                current[place] = roles == principals[place].roles
            }
        }
        return current
    }

    /// The roles of those of these users who may still be here; the others are missing.
    ///
    /// For connections that were opened with a live token, which no session stands behind.
    package func roles(
        of users: [Int64], in institution: InstitutionID
    ) async throws(PostgresError) -> [Int64: Set<Role>] {
        let rows = try await pool.query(
            SessionQueries.roles, [.int(institution.rawValue), .intArray(users)], tenant: institution)
        var roles: [Int64: Set<Role>] = [:]
        for row in rows { roles[try row.int(0)] = Role.set(try row.textArray(1)) }
        return roles
    }
}
