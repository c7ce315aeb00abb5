import EventLoop
import JobQueue
package import Postgres
package import Telemetry

/// What a node that does jobs has of the index: its own connections, what it reads, what it counts.
///
/// Handed from thread to thread, used on the loop of `pool`.
package struct SearchWorker: Sendable {
    let meters: SearchMeters
    private let pool: LoopBound<PostgresPool>
    let reader: DocumentReader

    /// Puts it together; on the loop.
    ///
    /// - Parameters:
    ///   - pool: Connections to the index.
    ///   - sources: What is found.
    ///   - metrics: Where it counts.
    package init(pool: PostgresPool, sources: [SearchSource], metrics: Metrics) {
        self.pool = LoopBound(pool, loop: pool.loop)
        meters = SearchMeters(metrics)
        reader = DocumentReader(sources: sources, lane: WorkLane(label: "search", width: 1, backlog: 64))
    }

    var index: SearchIndex { SearchIndex(pool: pool.value) }
    var feed: IndexFeed { IndexFeed(index: index, reader: reader) }

    /// The one table of what becomes of an error: everything is tried again but what tells the job to end.
    func failure(_ error: any Error, _ run: JobRun) async throws -> any Error {
        switch error {
        case is JobStopped, is JobFailure: return error
        case IndexProblem.late(let applied):
            // Later versions than the primary gives: it was restored, or another writer was quicker.
            _ = try? await run.pool.query(FeedStatements.raise, [.int(applied)], tenant: run.institution)
            return JobFailure("search_late", "the index has a later version")
        case let problem as IndexProblem: return JobFailure("search_index", "\(problem)")
        default:
            let failure = JobFailure(error)
            return JobFailure(failure.errorClass, failure.message)
        }
    }
}
