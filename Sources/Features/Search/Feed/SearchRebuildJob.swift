package import EventLoop
import JSON
package import JobQueue
import Postgres

/// Builds an institution's index anew beside the one that is shown, then shows it, then removes the old one.
///
/// Changes go on being written to both meanwhile. One that is interrupted goes on where it was.
package struct SearchRebuildJob: JobKind {
    package static let kind = "search.rebuild"
    /// The one key of each institution.
    static let key = "rebuild"
    /// Old documents that go in one statement.
    private static let broom = 2000

    package let name: String = kind
    package let policy: JobPolicy
    private let services: SearchWorker

    /// Makes the kind.
    ///
    /// - Parameters:
    ///   - services: What it works with.
    ///   - backoff: The pauses while the index is away.
    package init(
        _ services: SearchWorker, backoff: Backoff = Backoff(base: .seconds(1), limit: .seconds(60))
    ) {
        self.services = services
        policy = JobPolicy(
            lane: 2, attempts: .max, backoff: backoff, timeLimit: .seconds(6 * 3600), snoozes: .max)
    }

    package func run(_ run: JobRun) async throws -> JobOutcome {
        do {
            return .completed(results: try await build(run), effects: nil)
        } catch {
            throw try await services.failure(error, run)
        }
    }

    private func build(_ run: JobRun) async throws -> RawJSON? {
        let (feed, index, institution) = (services.feed, services.index, run.institution)
        // An institution that is gone needs no index.
        guard let plan = try await feed.plan(of: institution, from: run.pool) else { return nil }
        try await index.open(institution)
        // What was begun with another plan is begun anew.
        guard var building = try await index.begin("\(run.id) \(plan.text)", in: institution) else {
            throw IndexProblem.closed
        }
        let sources = feed.reader.sources
        let begun = sources.firstIndex { $0.kind == building.kind } ?? 0
        var count = 0
        for (place, source) in sources.enumerated().dropFirst(begun) {
            if building.kind != source.kind {
                building.kind = source.kind
                building.after = 0
            }
            run.report(
                completion: 100 * Double(place) / Double(sources.count), message: "reading: \(source.kind)")
            while let page = try await feed.build(source, building, of: institution, from: run.pool) {
                building = page.building
                count += page.count
                services.meters.wrote(page.count)
                try run.check()
            }
        }
        guard try await index.swap(building.key, plan: plan.text, in: institution) else {
            throw IndexProblem.superseded
        }
        while try await index.sweep(institution, most: Self.broom) > 0 { try run.check() }
        return RawJSON { json in json.object { json in json.member("documents", count) } }
    }
}
