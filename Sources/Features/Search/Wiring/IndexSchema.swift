package import Postgres

/// Whether the index's database has the schema that this program knows.
package enum IndexSchema {
    /// What was found.
    package enum Finding: Equatable, Sendable {
        case fits
        /// It cannot be reached now; it may later.
        case away(String)
        /// A sentence for the person who starts the server.
        case unfit(String)
    }

    /// Looks; on the pool's loop.
    ///
    /// - Parameters:
    ///   - pool: Connections with the server's role.
    ///   - wait: How long it may take until it answers.
    /// - Returns: The finding.
    package static func check(_ pool: PostgresPool, wait: Duration) async -> Finding {
        let place = pool.configuration.display
        do throws(PostgresError) {
            try await pool.waitUntilOpen(atMost: wait)
            var known: Set<Int> = []
            for row in try await pool.query(IndexStatements.applied, tenant: nil) {
                known.insert(Int(try row.int(0)))
            }
            let all = SearchMigrations.index
            let missing = all.filter { !known.contains($0.number) }
            guard missing.isEmpty else {
                return .unfit(
                    "the search index \(place) lacks \(missing.map(\.label).joined(separator: ", ")): run cohort migrate"
                )
            }
            guard known.isSubset(of: all.map(\.number)) else {
                return .unfit(
                    "the search index \(place) has migrations that this program lacks: start a newer one")
            }
            return .fits
        } catch {
            // A refused statement tells of a schema that is not there; all else, of a server that is not.
            guard error.state?.errorClass == "42" else { return .away("\(error)") }
            return .unfit(
                "the search index \(place) has no schema that this role may see: run cohort migrate (\(error))"
            )
        }
    }
}
