import Histogram
import Synchronization

/// How long something took, as a distribution: for ever, and of late.
///
/// Any thread may record.
///
/// Values are kept in microseconds with two significant digits, up to ten minutes; longer ones count as that.
package final class Distribution: Sendable {
    /// What a distribution looks like at one moment; durations in microseconds.
    package struct Summary: Sendable, Equatable {
        package var count: Int = 0
        package var p50: Int = 0
        package var p90: Int = 0
        package var p99: Int = 0
        package var max: Int = 0

        package init() {}
    }

    /// Prometheus' buckets, upper bounds in microseconds.
    static let bounds: [UInt64] = [
        500, 1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000,
        5_000_000,
        10_000_000,
    ]
    private static let highest: UInt64 = 600_000_000
    /// The recent window is made of so many slots, of so many seconds each.
    private static let slots = 6
    private static let slotSeconds: Int64 = 10

    private struct State {
        var buckets = [UInt64](repeating: 0, count: Distribution.bounds.count)
        var count: UInt64 = 0
        var sum: UInt64 = 0
        var recent: [(slot: Int64, values: Histogram<UInt32>)] = []
    }

    private let state = Mutex(State())

    package init() {}

    /// Records one duration.
    package func record(_ duration: Duration) { record(duration, at: .now) }

    /// Records one duration at a moment that is handed in.
    func record(_ duration: Duration, at now: ContinuousClock.Instant) {
        let (seconds, attoseconds) = duration.components
        record(microseconds: max(0, seconds * 1_000_000 + attoseconds / 1_000_000_000_000), at: now)
    }

    /// Records one duration in microseconds.
    package func record(microseconds: Int64) { record(microseconds: microseconds, at: .now) }

    private func record(microseconds: Int64, at now: ContinuousClock.Instant) {
        let value = min(UInt64(clamping: microseconds), Distribution.highest)
        let slot = Distribution.slot(at: now)
        state.withLock { state in
            state.count += 1
            state.sum += value
            if let bucket = Distribution.bounds.firstIndex(where: { value <= $0 }) {
                state.buckets[bucket] += 1
            }
            if state.recent.last?.slot != slot {
                state.recent.removeAll { $0.slot <= slot - Int64(Distribution.slots) }
                state.recent.append((slot, Distribution.empty()))
            }
            state.recent[state.recent.count - 1].values.record(value)
        }
    }

    /// The last minute.
    package var recent: Summary { recent(at: .now) }

    /// The last seconds, rounded up to tens and at most a minute; a part of ten seconds more.
    package func recent(within duration: Duration) -> Summary { recent(at: .now, within: duration) }

    func recent(at now: ContinuousClock.Instant, within duration: Duration = .seconds(50)) -> Summary {
        let wanted = (duration / .seconds(Distribution.slotSeconds)).rounded(.up)
        let oldest = Distribution.slot(at: now) - min(Int64(wanted) + 1, Int64(Distribution.slots))
        let parts = state.withLock { $0.recent.filter { $0.slot > oldest }.map(\.values) }
        var all = Distribution.empty()
        for part in parts { all.add(part) }
        var summary = Summary()
        guard all.totalCount > 0 else { return summary }
        summary.count = Int(all.totalCount)
        summary.p50 = Int(all.valueAtPercentile(50))
        summary.p90 = Int(all.valueAtPercentile(90))
        summary.p99 = Int(all.valueAtPercentile(99))
        summary.max = Int(all.max)
        return summary
    }

    /// Everything so far: counts up to each of ``bounds``, the count and the sum in microseconds.
    func total() -> (cumulative: [UInt64], count: UInt64, sum: UInt64) {
        state.withLock { state in
            var running: UInt64 = 0
            let cumulative = state.buckets.map { count in
                running += count
                return running
            }
            return (cumulative, state.count, state.sum)
        }
    }

    private static func slot(at now: ContinuousClock.Instant) -> Int64 {
        (now - Rate.origin).components.seconds / slotSeconds
    }

    private static func empty() -> Histogram<UInt32> {
        Histogram<UInt32>(highestTrackableValue: highest, numberOfSignificantValueDigits: .two)
    }
}
