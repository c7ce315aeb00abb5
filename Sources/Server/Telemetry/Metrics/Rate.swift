import Synchronization

/// Events per second over a sliding window.
///
/// Any thread may count.
package final class Rate: Sendable {
    /// The moment that windows count their seconds from.
    static let origin = ContinuousClock.Instant.now

    private let window: Mutex<RateWindow>

    /// Makes a rate over the last `seconds` whole seconds.
    package init(seconds: Int = 10) { window = Mutex(RateWindow(seconds: seconds)) }

    /// Counts `amount` events now.
    package func add(_ amount: Int = 1) {
        let second = Rate.second(at: .now)
        window.withLock { $0.add(amount, at: second) }
    }

    /// Events per second over the window; the second that is still running does not count.
    package var perSecond: Double {
        let second = Rate.second(at: .now)
        return window.withLock { $0.perSecond(at: second) }
    }

    static func second(at now: ContinuousClock.Instant) -> Int64 { (now - origin).components.seconds }
}

/// The counts of the last few seconds.
///
/// A plain value for one owner; the time is handed in as whole seconds.
package struct RateWindow: Sendable {
    private var counts: [Int]
    private var latest: Int64

    /// Makes a window over `seconds` whole seconds (1 … 3600), beginning at the second `start`.
    package init(seconds: Int, start: Int64 = 0) {
        counts = Array(repeating: 0, count: min(max(seconds, 1), 3600) + 1)
        latest = start
    }

    /// Counts `amount` events within the second `second`; what lies before the window is dropped.
    package mutating func add(_ amount: Int, at second: Int64) {
        advance(to: second)
        guard second > latest - Int64(counts.count), second >= 0 else { return }
        counts[Int(second % Int64(counts.count))] += amount
    }

    /// Events per second over the whole seconds before `second`.
    package mutating func perSecond(at second: Int64) -> Double {
        advance(to: second)
        let running = counts[Int(latest % Int64(counts.count))]
        return Double(counts.reduce(0, +) - running) / Double(counts.count - 1)
    }

    private mutating func advance(to second: Int64) {
        guard second > latest else { return }
        let size = Int64(counts.count)
        for passed in max(latest + 1, second - size + 1)...second { counts[Int(passed % size)] = 0 }
        latest = second
    }
}
