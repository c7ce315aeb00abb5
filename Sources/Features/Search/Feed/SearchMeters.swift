import EventLoop
import Synchronization
import Telemetry

/// What is told of the index's feed.
///
/// Any thread may use it.
final class SearchMeters: Sendable {
    private let lags = Mutex<[Int: SearchLag]>([:])
    private let written: Counter
    private let discarded: Counter

    init(_ metrics: Metrics) {
        written = metrics.counter(
            "cohort_search_documents_total", "Documents written to the search index or removed from it")
        discarded = metrics.counter(
            "cohort_search_discarded_total",
            "Changes dropped unread after a day: their institutions are built anew")
        metrics.gauge(
            "cohort_search_lag_seconds", "Age of the oldest change that the search index has not read"
        ) { [weak self] in
            Double((self?.lags.withLock { $0.values.map(\.age).max() } ?? .zero).wholeMilliseconds) / 1000
        }
        metrics.gauge(
            "cohort_search_unread_changes",
            "Changes that the search index has not read; of each institution up to 10,000 are counted"
        ) { [weak self] in
            Double(self?.lags.withLock { $0.values.reduce(0) { $0 + $1.waiting } } ?? 0)
        }
    }

    /// How far the index is behind one of the databases.
    func show(_ found: SearchLag, shard: Int) { lags.withLock { $0[shard] = found } }
    func wrote(_ count: Int) { written.add(count) }
    func dropped(_ count: Int) { discarded.add(count) }
}

/// How far the index is behind, over all institutions.
struct SearchLag: Hashable, Sendable {
    /// The age of the oldest unread change; zero when there is none.
    var age: Duration = .zero
    var waiting = 0
}
