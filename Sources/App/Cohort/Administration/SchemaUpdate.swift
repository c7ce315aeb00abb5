import EventLoop
import Postgres

/// `cohort migrate`: brings the schema up to date, as its owner.
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
        let loop = try EventLoop(index: 0, label: "cohort.migrate")
        report("migrating \(owner.display)")
        return try await loop.carryOut {
            let applied = try await Migrator(Schema.migrations).run(on: loop, configuration: owner) {
                progress in
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
}
