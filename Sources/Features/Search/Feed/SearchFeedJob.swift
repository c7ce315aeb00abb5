package import EventLoop
package import JobQueue
import Postgres

/// Brings an institution's changes into its index, until there are none that can be read.
///
/// At most one waits per institution. Whatever fails is tried again, for as long as it takes: nothing is lost while the index
/// is away, and nobody has to send anything on its way again.
package struct SearchFeedJob: JobKind {
    package static let kind = "search.feed"
    /// The one key of each institution.
    static let key = "feed"

    package let name: String = kind
    package let policy: JobPolicy
    private let services: SearchWorker

    /// Makes the kind.
    ///
    /// - Parameters:
    ///   - services: What it works with.
    ///   - backoff: The pauses while the index is away.
    package init(
        _ services: SearchWorker, backoff: Backoff = Backoff(base: .seconds(1), limit: .seconds(30))
    ) {
        self.services = services
        policy = JobPolicy(attempts: .max, backoff: backoff, snoozes: .max)
    }

    package func run(_ run: JobRun) async throws -> JobOutcome {
        let feed = services.feed
        do {
            while let count = try await feed.bring(of: run.institution, from: run.pool) {
                services.meters.wrote(count)
                try run.check()
            }
            return .completed
        } catch IndexProblem.closed {
            // Its first building opens it.
            return .snoozed(.seconds(2))
        } catch {
            throw try await services.failure(error, run)
        }
    }
}
