import Assessment
import Classroom
import Content
import Courses
import EventLoop
import JobQueue
import LiveHub
package import Postgres
import Privacy
import Rostering
import Search
import Tenancy

/// The schema of the whole program: every feature's migrations in one list.
package enum Schema {
    /// All migrations, in the order of their numbers.
    package static let migrations: [Migration] =
        (TenancyMigrations.all + LiveHubMigrations.all + JobQueueMigrations.all + CourseMigrations.all
        + ContentMigrations.all + SearchMigrations.primary + AssessmentMigrations.all
        + ClassroomMigrations.all + RosteringMigrations.all + PrivacyMigrations.all).sorted {
            $0.number < $1.number
        }

    /// What every table is to people's privacy; exports and erasures know no other list.
    ///
    /// A feature's tables stand behind those that they refer to.
    package static let tables: [TableDeclaration] =
        TenancyTables.all + LiveHubTables.all + JobQueueTables.all + CourseTables.all + ContentTables.all
        + SearchTables.all + AssessmentTables.all + ClassroomTables.all + RosteringTables.all
        + PrivacyTables.all

    /// Reviewed tables without an institution's policy, each with its reason.
    package static let globalTables = TenancyExceptions.globalTables.merging([
        "live_log": "One row: the epoch of the log of live events, the same for every institution.",
        "live_nodes": "A line for each node that serves all institutions: its name, and how well it hears.",
    ]) { own, _ in own }.merging(JobQueueMigrations.globalTables) { own, _ in own }

    /// Reviewed functions with their owner's rights, each with its reason.
    package static let definerFunctions = TenancyExceptions.definerFunctions.merging(
        JobQueueMigrations.definerFunctions
    ) { own, _ in own }.merging(SearchMigrations.definerFunctions) { own, _ in own }

    /// Which migrations are applied; asked with the server's role.
    private static let applied: Statement = "SELECT number FROM cohort_migrations"

    /// Finds out whether a database has the whole schema, and is the one that the settings say; on the pool's loop.
    ///
    /// Asks the pool's own database.
    ///
    /// - Throws: ``ServerProblem/schema(_:)`` with what to do about it.
    static func check(_ pool: PostgresPool) async throws {
        let place = pool.configuration.display
        let known: Set<Int>
        do {
            let rows = try await pool.query(applied, [], tenant: nil)
            known = Set(try rows.map { Int(try $0.int(0)) })
        } catch let error as PostgresError {
            guard error.state != nil else { throw ServerProblem.database(place, error) }
            throw ServerProblem.schema(
                "the database \(place) has no schema that this role may see: run cohort migrate (\(error))")
        }
        let missing = migrations.filter { !known.contains($0.number) }
        guard missing.isEmpty else {
            throw ServerProblem.schema(
                "the database \(place) lacks \(missing.map(\.label).joined(separator: ", ")): run cohort migrate"
            )
        }
        let strangers = known.subtracting(migrations.map(\.number))
        guard strangers.isEmpty else {
            throw ServerProblem.schema(
                "the database \(place) has migrations that this program lacks: start a newer one")
        }
        let identity = try await pool.query(ShardQueries.identity, tenant: nil).first
        let (shard, prepared) = (try identity?.int(0) ?? 0, try identity?.int(1) ?? 0)
        guard shard == pool.shard else {
            throw ServerProblem.schema("the database \(place) is shard \(shard), not shard \(pool.shard)")
        }
        guard shard == ShardMap.home || prepared >= migrations.map(\.number).max() ?? 0 else {
            throw ServerProblem.schema(
                "the database \(place) is not prepared as shard \(shard): run cohort migrate")
        }
    }
}
