import JobQueue
import Postgres

/// A job that may change an institution's courses: whoever keeps answers is told whenever an attempt has ended, and again
/// after the commit of what completes it.
///
/// What an attempt commits in its middle shows when the answers that are kept are too old.
struct CatalogueJob: JobKind {
    let kind: any JobKind
    let didChange: @Sendable (TenantID) -> Void

    var name: String { kind.name }
    var policy: JobPolicy { kind.policy }

    func run(_ run: JobRun) async throws -> JobOutcome {
        let institution = run.institution
        defer { didChange(institution) }
        let outcome = try await kind.run(run)
        guard case .completed(let results, let effects?) = outcome else { return outcome }
        return .completed(results: results) { transaction in
            try await effects(transaction)
            transaction.afterCommit { didChange(institution) }
        }
    }
}
