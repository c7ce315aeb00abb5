package import Postgres
package import Tenancy

/// Removes content for good: rows of files that nobody sees any more, and the bytes that nothing names then.
///
/// Equal contents are stored once, so bytes go only with the last row that names them. Whoever is about to name some holds the
/// same lock (`ContentSweepQueries.hold`) and looks whether they are still there. Each content is a transaction of its own: what dies
/// in the middle leaves rows whose bytes are gone at most, and those rows go the next time.
///
/// Confined to the loop of its pool.
package struct ContentSweep {
    /// Contents that one call looks at.
    package static let most = 200

    /// What goes.
    package enum Target: Hashable, Sendable {
        /// Files that were removed so many days ago.
        case removed(days: Int64)
        /// Artifacts whose time is over.
        case expired
        /// A user's own files and artifacts, at once.
        case user(Int64)
    }

    private let pool: PostgresPool
    private let storage: (any ContentStorage)?
    private let institution: InstitutionID

    /// Works in one institution.
    ///
    /// - Parameters:
    ///   - pool: Connections.
    ///   - storage: Where the bytes are; without one only rows go.
    ///   - institution: Whose content.
    package init(pool: PostgresPool, storage: (any ContentStorage)?, institution: InstitutionID) {
        self.pool = pool
        self.storage = storage
        self.institution = institution
    }

    /// What was removed.
    package struct Outcome: Hashable, Sendable {
        package var rows = 0
        package var bytes: Int64 = 0
        /// Whether there may be more.
        package var isPartial = false
    }

    /// Removes ``most`` contents at most.
    ///
    /// - Throws: What the database or the storage throws; what went is gone.
    package func run(_ target: Target) async throws -> Outcome {
        var outcome = Outcome()
        let found = try await pool.query(
            target.find, [.int(institution.rawValue), target.value, .int(Int64(ContentSweep.most))],
            tenant: institution)
        for row in found {
            guard let key = ContentKey(institution: institution, sha256: try row.text(0)) else { continue }
            let (rows, bytes) = try await remove(key, target)
            outcome.rows += rows
            outcome.bytes += bytes
        }
        outcome.isPartial = found.count == ContentSweep.most
        return outcome
    }

    private func remove(_ key: ContentKey, _ target: Target) async throws -> (Int, Int64) {
        let tenant = PostgresValue.int(institution.rawValue)
        return try await pool.transaction(tenant: institution) { transaction in
            try await transaction.query(ContentSweepQueries.hold, [tenant, .text(key.sha256)])
            let gone = try await transaction.query(target.remove, [tenant, target.value, .text(key.sha256)])
            for row in gone where try row.intOrNil(1) != nil {
                // Files that were still counted: a user's own, of whom nothing stays.
                try await transaction.query(
                    ContentSweepQueries.uncharge, [tenant, .int(try row.intOrNil(1))])
            }
            guard !gone.isEmpty, try await drop(key, transaction) else { return (gone.count, 0) }
            return (gone.count, try gone[0].int(0))
        }
    }

    /// Removes the bytes of a content that was stored for a file which then was refused, unless something else names them.
    ///
    /// - Throws: What the database or the storage throws.
    package func drop(_ key: ContentKey) async throws {
        try await pool.transaction(tenant: institution) { transaction in
            try await transaction.query(
                ContentSweepQueries.hold, [.int(institution.rawValue), .text(key.sha256)])
            _ = try await drop(key, transaction)
        }
    }

    /// Removes bytes that are held and that nothing names; says whether it did.
    private func drop(_ key: ContentKey, _ transaction: PostgresTransaction) async throws -> Bool {
        let rest = try await transaction.query(
            ContentSweepQueries.isNamed, [.int(institution.rawValue), .text(key.sha256)])
        guard rest.isEmpty else { return false }
        try await storage?.remove(key)
        return true
    }
}

extension ContentSweep.Target {
    fileprivate var value: PostgresValue {
        switch self {
        case .removed(let days): .int(days)
        case .expired: .int(0)
        case .user(let id): .int(id)
        }
    }

    fileprivate var find: Statement {
        switch self {
        case .removed: ContentSweepQueries.findRemoved
        case .expired: ContentSweepQueries.findExpired
        case .user: ContentSweepQueries.findOfUser
        }
    }

    fileprivate var remove: Statement {
        switch self {
        case .removed: ContentSweepQueries.removeRemoved
        case .expired: ContentSweepQueries.removeExpired
        case .user: ContentSweepQueries.removeOfUser
        }
    }
}

/// The SQL of removing; `$1` is the institution throughout.
enum ContentSweepQueries {
    /// Until the transaction's end nobody else names, or removes, what has this digest.
    ///
    /// $2 sha256.
    static let hold: Statement = "SELECT pg_advisory_xact_lock(hashtextextended($2, $1::bigint))::text"

    /// $2 sha256; a row where something names it.
    static let isNamed: Statement = """
        (SELECT 1::bigint FROM files WHERE institution_id = $1 AND sha256 = $2 LIMIT 1)
        UNION ALL
        (SELECT 1::bigint FROM artifacts WHERE institution_id = $1 AND sha256 = $2 LIMIT 1)
        """

    /// $2 bytes that the institution uses no more.
    static let uncharge: Statement = """
        UPDATE content_usage SET bytes_used = greatest(bytes_used - $2, 0)
        WHERE institution_id = $1 AND course_id IS NULL AND user_id IS NULL
        """

    private static let removed =
        "workflow_state = 'deleted' AND updated_at <= now() - $2::bigint * interval '1 day'"
    private static let expired = "expires_at <= now() AND $2::bigint IS NOT NULL"

    /// $2 days, $3 most.
    static let findRemoved = Statement(
        "SELECT DISTINCT sha256 FROM files WHERE institution_id = $1 AND \(removed) LIMIT $3")
    /// $2 days, $3 sha256: size, and what is uncharged: nothing, for removing has done that.
    static let removeRemoved = Statement(
        """
        DELETE FROM files WHERE institution_id = $1 AND sha256 = $3 AND \(removed) RETURNING size, NULL::bigint
        """)
    /// $2 anything, $3 most.
    static let findExpired = Statement(
        "SELECT DISTINCT sha256 FROM artifacts WHERE institution_id = $1 AND \(expired) LIMIT $3")
    /// $2 anything, $3 sha256.
    static let removeExpired = Statement(
        """
        DELETE FROM artifacts WHERE institution_id = $1 AND sha256 = $3 AND \(expired) RETURNING size, NULL::bigint
        """)
    /// $2 user, $3 most.
    static let findOfUser: Statement = """
        SELECT sha256 FROM (
            SELECT sha256 FROM files WHERE institution_id = $1 AND user_id = $2
            UNION
            SELECT sha256 FROM artifacts WHERE institution_id = $1 AND user_id = $2
        ) f LIMIT $3
        """
    /// $2 user, $3 sha256.
    static let removeOfUser: Statement = """
        WITH f AS (
            DELETE FROM files WHERE institution_id = $1 AND user_id = $2 AND sha256 = $3
            RETURNING size, CASE WHEN workflow_state <> 'deleted' THEN size END AS counted
        ), a AS (
            DELETE FROM artifacts WHERE institution_id = $1 AND user_id = $2 AND sha256 = $3 RETURNING size
        )
        SELECT size, counted FROM f UNION ALL SELECT size, NULL FROM a
        """
}
