import EventLoop

/// Several databases behind one pool.
///
/// What names a tenant goes to the database of that tenant, whichever of the loop's pools is asked. What names none goes to
/// the database of the pool that is asked: home, unless somebody went over ``members``. So each use without a tenant says
/// by the pool it takes whether it means home or every database.
extension PostgresPool {
    /// Whether there are other databases than home.
    package var isSharded: Bool { shards != nil }

    /// The pool of home.
    package var home: PostgresPool { shards?.home ?? self }

    /// The pools of all databases, home first, then by number; also of those that cannot be reached.
    package var members: [PostgresPool] { shards?.all ?? [self] }

    /// The pool of a database.
    ///
    /// - Throws: ``PostgresError/unavailable(_:)`` for one that is not configured or cannot be used now.
    package func member(_ shard: Int) throws(PostgresError) -> PostgresPool {
        if let shards { return try shards.pool(shard) }
        guard shard == self.shard else { throw .unavailable("shard \(shard) is not configured here") }
        return self
    }

    /// The pool of a tenant's database.
    ///
    /// - Throws: ``PostgresError``, when it cannot be used now or home cannot be asked.
    package func member(of tenant: TenantID) async throws(PostgresError) -> PostgresPool {
        try await shards?.pool(of: tenant) ?? self
    }

    /// Whether a tenant's rows are in this pool's own database, as far as is known without asking; of one that is not
    /// known its id tells.
    package func hasRows(of tenant: TenantID) -> Bool {
        guard let shards else { return true }
        return switch shards.directory.place(of: tenant) {
        case .shard(let shard): shard == self.shard
        case .unknown: shard == ShardMap.shard(ofID: tenant.rawValue)
        }
    }

    /// Takes notice of where a tenant was placed just now.
    package func learn(_ shard: Int, of tenant: TenantID) { shards?.directory.learn(shard, of: tenant) }

    /// Why this pool's database cannot be used now; `nil` when it can, or when that is not known yet.
    package var obstacle: String? {
        if let reason = shards?.directory.refusal(of: shard) { return reason }
        return openConnections == 0 ? lastError.map { "\($0)" } : nil
    }

    /// Hands a tenant's pool to `then`, at once when it is known; the callback face of ``member(of:)``.
    package func withMember(
        of tenant: TenantID, then: @escaping (Result<PostgresPool, PostgresError>) -> Void
    ) {
        guard let shards else { return then(.success(self)) }
        do throws(PostgresError) {
            if let known = try shards.known(tenant) { return then(.success(known)) }
        } catch {
            return then(.failure(error))
        }
        loop.run {
            do throws(PostgresError) {
                then(.success(try await shards.pool(of: tenant)))
            } catch {
                then(.failure(error))
            }
        }
    }

    /// Runs statements of tenants that may be in several databases: where there is one, as one transaction, else each by
    /// itself.
    ///
    /// All of them are tried; what one database refuses is thrown when the others are done.
    package func runApart(
        _ calls: [(statement: Statement, values: [PostgresValue], tenant: TenantID)]
    ) async throws(PostgresError) {
        guard !calls.isEmpty else { return }
        guard isSharded else {
            var batch = TransactionBatch()
            for call in calls { batch.append(call.statement, call.values, tenant: call.tenant) }
            try await run(batch)
            return
        }
        var failure: PostgresError?
        for call in calls {
            do throws(PostgresError) {
                try await query(call.statement, call.values, tenant: call.tenant)
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
    }
}
