import EventLoop
import Postgres
import Search
import Tenancy

/// `cohort migrate`: brings the schema up to date, as its owner: home's first, then each further database's, then the search
/// index's where there is one.
package enum SchemaUpdate {
    /// Applies what is missing and tells of each step.
    ///
    /// - Returns: How many migrations were applied.
    /// - Throws: ``ConfigurationProblem`` or `MigrationError`, both sentences.
    package static func run(
        _ configuration: Configuration, report: @escaping @Sendable (String) -> Void
    ) async throws -> Int {
        guard let owner = configuration.owner else {
            throw ConfigurationProblem.missing(
                key: ConfigurationKeys.databaseOwnerURL.name, reason: "migrations run as the schema's owner")
        }
        guard configuration.search.owner != nil || configuration.search.database == nil else {
            throw ConfigurationProblem.missing(
                key: ConfigurationKeys.searchDatabaseOwnerURL.name,
                reason: "migrations of the search index run as its owner")
        }
        for number in configuration.shards.keys.sorted() where configuration.shardOwners[number] == nil {
            throw ConfigurationProblem.missing(
                key: ConfigurationKeys.databaseShardOwners.name,
                reason: "migrations of shard \(number) run as the schema's owner")
        }
        let loop = try EventLoop(index: 0, label: "cohort.migrate")
        return try await loop.carryOut {
            var count = try await apply(Schema.migrations, owner, on: loop, report)
            for (number, shard) in configuration.shardOwners.sorted(by: { $0.key < $1.key }) {
                count += try await apply(Schema.migrations, shard, on: loop, report)
                try await prepare(number, shard, on: loop)
            }
            if let index = configuration.search.owner {
                count += try await apply(SearchMigrations.index, index, on: loop, report)
            }
            return count
        }
    }

    private static func prepare(
        _ number: Int, _ owner: PostgresConfiguration, on loop: EventLoop
    ) async throws {
        do throws(PostgresError) {
            try await ShardPreparation.run(
                shard: number, migration: Schema.migrations.map(\.number).max() ?? 0, on: loop, owner)
        } catch {
            throw ServerProblem.database(owner.display, error)
        }
    }

    private static func apply(
        _ migrations: [Migration], _ owner: PostgresConfiguration, on loop: EventLoop,
        _ report: @Sendable (String) -> Void
    ) async throws -> Int {
        report("migrating \(owner.display)")
        let applied = try await Migrator(migrations).run(on: loop, configuration: owner) { progress in
            switch progress {
            case .waiting: report("waiting for another process that migrates")
            case .pending(let count): report("\(count) to apply")
            case .applying(let migration): report("applying \(migration.label)")
            case .applied: break
            }
        }
        return applied.count
    }
}
