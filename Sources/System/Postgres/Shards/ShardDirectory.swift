import Synchronization

/// What a process knows of the routing table, and which databases it may use: one for all loops.
///
/// Any thread may use it.
package final class ShardDirectory: Sendable {
    private struct State {
        var map = ShardMap()
        var refusals: [Int: String] = [:]
    }

    private let state = Mutex(State())

    /// Makes a directory that knows nothing yet.
    package init() {}

    /// Where an institution's rows are.
    package func place(of tenant: TenantID) -> ShardMap.Place { state.withLock { $0.map.place(of: tenant) } }

    /// Takes the whole routing table.
    package func replace(with rows: [TenantID: Int]) { state.withLock { $0.map.replace(with: rows) } }

    /// Takes home's answer about one institution; `nil` when the table does not name it.
    package func learn(_ shard: Int?, of tenant: TenantID) {
        state.withLock { $0.map.learn(shard, of: tenant) }
    }

    /// Says why a database is not used for now, or, with `nil`, that it is.
    package func refuse(_ shard: Int, because reason: String?) {
        state.withLock { $0.refusals[shard] = reason }
    }

    /// Why a database is not used; `nil` when it is.
    package func refusal(of shard: Int) -> String? { state.withLock { $0.refusals[shard] } }
}

/// A deployment's databases besides home, as pools need to know them.
package struct ShardPlan: Sendable {
    /// Where they are, by number; without any, pools are those of one database.
    package let configurations: [Int: PostgresConfiguration]
    /// What the process knows.
    package let directory: ShardDirectory
    /// Asks home for the shard of the institution `$1`; no row when the routing table does not name it.
    let lookup: Statement

    /// Describes the databases.
    package init(
        _ configurations: [Int: PostgresConfiguration], directory: ShardDirectory, lookup: Statement
    ) {
        self.configurations = configurations
        self.directory = directory
        self.lookup = lookup
    }
}
