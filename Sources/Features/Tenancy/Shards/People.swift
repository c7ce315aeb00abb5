package import Postgres

/// Makes the people behind new users, within the transaction that makes the users.
///
/// People are made at home. For users of an institution that lives there it is one transaction. For others home commits
/// first: the people, and that they may have users in that shard; then the shard notes id and login, and makes the users.
/// What is lost in between leaves people without users, whom the next try finds by their logins. Passwords are the institutions'.
package enum People {
    private static let mostClaims = 3

    /// Makes the people that do not exist yet.
    ///
    /// - Parameters:
    ///   - logins: What they sign in with; each person is found by it, without case.
    ///   - transaction: That of the institution whose users they become.
    /// - Returns: The people's ids, in the order of the logins; fewer when another transaction made or erased one just now.
    /// - Throws: ``PostgresError``.
    package static func make(
        _ logins: [String], _ transaction: PostgresTransaction
    ) async throws(PostgresError) -> [Int64] {
        let given: [PostgresValue] = [.textArray(logins)]
        var ids: [Int64] = []
        guard let home = transaction.home else {
            for row in try await transaction.query(DirectoryQueries.createPeople, given) {
                ids.append(try row.int(0))
            }
            return ids
        }
        var known: [String] = []
        var claims: [Int64] = []
        // Whoever is erased in the shard just now has to be claimed anew, once as a rule.
        for _ in 0..<People.mostClaims {
            (ids, known, claims) = ([], [], [])
            for row in try await home.query(
                ShardQueries.claim, given + [.int(Int64(transaction.shard))], tenant: nil)
            {
                ids.append(try row.int(0))
                known.append(try row.text(1))
                claims.append(try row.int(2))
            }
            let refused = try await transaction.query(
                ShardQueries.mirror, [.intArray(ids), .textArray(known), .intArray(claims)])
            if refused.isEmpty { return ids }
        }
        return []
    }
}
