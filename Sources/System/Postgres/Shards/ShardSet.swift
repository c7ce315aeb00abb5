import EventLoop

/// The pools of one loop, one for each database; held by each of them until home is closed.
///
/// Confined to the loop.
final class ShardSet {
    let home: PostgresPool
    let others: [Int: PostgresPool]
    let directory: ShardDirectory
    private let lookup: Statement

    init(home: PostgresPool, others: [Int: PostgresPool], plan: ShardPlan) {
        self.home = home
        self.others = others
        directory = plan.directory
        lookup = plan.lookup
    }

    /// All pools, home first, then by number.
    var all: [PostgresPool] { [home] + others.sorted { $0.key < $1.key }.map(\.value) }

    /// The pool of a database.
    ///
    /// Home's callers wait for a connection. Those of another database that cannot be reached do not: what is asked of
    /// several databases must not wait for the one that is away.
    func pool(_ shard: Int) throws(PostgresError) -> PostgresPool {
        guard shard != ShardMap.home else { return home }
        guard let pool = others[shard] else { throw .unavailable("shard \(shard) is not configured here") }
        if let reason = directory.refusal(of: shard) { throw .unavailable("shard \(shard): \(reason)") }
        if pool.openConnections == 0, let error = pool.lastError {
            throw .unavailable("shard \(shard): \(error)")
        }
        return pool
    }

    /// The pool of an institution, when that is known.
    func known(_ tenant: TenantID) throws(PostgresError) -> PostgresPool? {
        switch directory.place(of: tenant) {
        case .shard(let shard): try pool(shard)
        case .unknown: nil
        }
    }

    /// The pool of an institution; home is asked once about one that may have been placed just now.
    func pool(of tenant: TenantID) async throws(PostgresError) -> PostgresPool {
        if let known = try known(tenant) { return known }
        var question = TransactionBatch()
        question.append(lookup, [.int(tenant.rawValue)], tenant: nil)
        let row = try await home.runHere(question)[0].first
        var shard: Int?
        if let row { shard = Int(try row.int(0)) }
        directory.learn(shard, of: tenant)
        return try known(tenant) ?? home
    }

    /// The one pool of a batch's institutions, when all are known; `usual` for a batch without any.
    func known(_ tenants: [TenantID], usual: PostgresPool) throws(PostgresError) -> PostgresPool? {
        var found: PostgresPool?
        for tenant in tenants {
            guard let pool = try known(tenant) else { return nil }
            guard found == nil || found === pool else {
                // A mistake of the program, which must not bring the process down.
                throw .encoding("a batch for institutions in several databases")
            }
            found = pool
        }
        return found ?? usual
    }

    /// The one pool of a batch's institutions; those that are not known are asked for.
    func pool(of tenants: [TenantID], usual: PostgresPool) async throws(PostgresError) -> PostgresPool {
        if let known = try known(tenants, usual: usual) { return known }
        for tenant in tenants { _ = try await pool(of: tenant) }
        return try known(tenants, usual: usual) ?? home
    }
}
