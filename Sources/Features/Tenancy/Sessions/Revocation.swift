package import Postgres
package import WebServer

/// Tells which users of open connections are still who they were, for many at once.
///
/// One statement per institution. Confined to the loop of its pool.
package struct Revocation {
    private let pool: PostgresPool

    /// Asks over these connections.
    package init(pool: PostgresPool) { self.pool = pool }

    /// What was withdrawn since an earlier look.
    package struct Changes: Sendable {
        /// What the next look begins with: a snapshot of the database's transactions.
        package let mark: String
        /// Users of each institution that was asked about; 0 stands for everybody there.
        package let users: [InstitutionID: Set<Int64>]
    }

    /// Whose credentials or roles may be less than before, in some institutions.
    ///
    /// - Parameters:
    ///   - mark: That of the earlier look; `nil` only reads where things stand.
    ///   - institutions: Of these; one question each, all in one round trip.
    /// - Returns: Users of those institutions; each change may show several times.
    /// - Throws: ``PostgresError``.
    package func changes(
        since mark: String?, in institutions: [InstitutionID]
    ) async throws(PostgresError) -> Changes {
        var batch = TransactionBatch()
        // First, so that what is committed meanwhile is seen by the next look, too.
        batch.append(SessionQueries.snapshot, tenant: nil)
        if let mark {
            for institution in institutions {
                batch.append(
                    SessionQueries.revoked, [.int(institution.rawValue), .text(mark)], tenant: institution)
            }
        }
        let results = try await pool.run(batch)
        guard let now = try results.first?.first?.text(0) else {
            throw .unavailable("the snapshot cannot be read")
        }
        var users: [InstitutionID: Set<Int64>] = [:]
        for (institution, rows) in zip(institutions, results.dropFirst()) {
            var found: Set<Int64> = []
            for row in rows { found.insert(try row.int(0)) }
            if !found.isEmpty { users[institution] = found }
        }
        return Changes(mark: now, users: users)
    }

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

    /// Of these sessions and access tokens, those that have ended.
    package func ended(
        sessions: [Int64], tokens: [Int64], in institution: InstitutionID
    ) async throws(PostgresError) -> (sessions: Set<Int64>, tokens: Set<Int64>) {
        let rows = try await pool.query(
            SessionQueries.ended, [.int(institution.rawValue), .intArray(sessions), .intArray(tokens)],
            tenant: institution)
        var ended: (sessions: Set<Int64>, tokens: Set<Int64>) = ([], [])
        for row in rows {
            if try row.int(0) == 0 {
                ended.sessions.insert(try row.int(1))
            } else {
                ended.tokens.insert(try row.int(1))
            }
        }
        return ended
    }

    /// Of these users, those who are not here any more.
    ///
    /// For connections that were opened with a live token; what it was got with is asked about by ``ended(sessions:tokens:in:)``.
    package func gone(
        of users: [Int64], in institution: InstitutionID
    ) async throws(PostgresError) -> Set<Int64> {
        let rows = try await pool.query(
            SessionQueries.gone, [.int(institution.rawValue), .intArray(users)], tenant: institution)
        var gone: Set<Int64> = []
        for row in rows { gone.insert(try row.int(0)) }
        return gone
    }

    /// The roles of those of these users who may still be here; the others are missing.
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
