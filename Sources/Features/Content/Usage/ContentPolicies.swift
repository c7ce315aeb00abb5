package import Postgres
package import Tenancy

/// What an institution decides about its files: for commands.
///
/// Confined to the loop of its pool.
package struct ContentPolicies {
    /// Whose quota it is.
    package enum Place: Hashable, Sendable {
        case institution
        case files(FileContext)

        fileprivate var ids: [PostgresValue] {
            switch self {
            case .institution: [.int(nil), .int(nil)]
            case .files(let context): [.int(context.course), .int(context.user)]
            }
        }
    }

    private let pool: PostgresPool

    /// Works over these connections.
    package init(pool: PostgresPool) { self.pool = pool }

    /// Says whether files of an institution wait for a scan, where the node lets institutions decide.
    ///
    /// - Throws: What the database throws; a violated foreign key for an institution that is not there.
    package func setRequiresScan(_ requiresScan: Bool, in institution: InstitutionID)
        async throws(PostgresError)
    {
        try await pool.query(
            UsageQueries.setPolicy, [.int(institution.rawValue), .bool(requiresScan)], tenant: institution)
    }

    /// Gives a quota of its own, or takes it away.
    ///
    /// - Parameters:
    ///   - bytes: The quota; `nil` for the node's usual one.
    ///   - place: Whose.
    ///   - institution: The institution.
    /// - Throws: What the database throws; a violated foreign key for what is not there.
    package func setQuota(_ bytes: Int64?, of place: Place, in institution: InstitutionID)
        async throws(PostgresError)
    {
        try await pool.query(
            UsageQueries.setQuota, [.int(institution.rawValue)] + place.ids + [.int(bytes)],
            tenant: institution)
    }
}
