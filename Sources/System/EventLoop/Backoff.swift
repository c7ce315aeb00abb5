/// Exponential pauses with full jitter, so that a thousand clients do not come back at once.
package struct Backoff: Sendable {
    /// The longest first pause.
    package var base: Duration
    /// The longest pause of all.
    package var limit: Duration

    package init(base: Duration = .milliseconds(50), limit: Duration = .seconds(5)) {
        self.base = base
        self.limit = limit
    }

    /// The pause before an attempt.
    ///
    /// - Parameters:
    ///   - failures: Attempts that failed since the last success.
    ///   - fraction: The jitter, 0...1; the pause is this part of its longest.
    /// - Returns: The pause, ``limit`` at most.
    package func pause(afterFailures failures: Int, fraction: Double) -> Duration {
        let doublings = min(max(0, failures), 20)
        return min(limit, base * (1 << doublings)) * fraction
    }
}
