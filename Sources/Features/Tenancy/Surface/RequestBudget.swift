/// How much one credential may ask of the server: a leaky bucket of cost, as Canvas has it.
///
/// A request costs the seconds that answering it takes, and while it is under way a fixed sum on top, so that many at
/// once cost much and many in a row little. The bucket leaks all the time; a request that finds it full is refused.
///
/// A decision: the time is handed in. The table has a bound; at the bound the credentials that were idle for longest are
/// forgotten, and begin with an empty bucket.
package struct RequestBudget: Sendable {
    /// How large the buckets are.
    package struct Limits: Hashable, Sendable {
        /// What a bucket holds.
        package var capacity: Double
        /// What leaks out of it within a second.
        package var leak: Double
        /// What a request costs while it is under way.
        package var reserve: Double

        /// Sets limits.
        package init(capacity: Double = 700, leak: Double = 10, reserve: Double = 50) {
            self.capacity = capacity
            self.leak = leak
            self.reserve = reserve
        }
    }

    /// Whose bucket: an institution, and a session or token of it.
    package struct Key: Hashable, Sendable {
        let institution: Int64
        let isToken: Bool
        let credential: Int64
    }

    private struct Bucket {
        var level: Double
        var at: ContinuousClock.Instant
    }

    private let limits: Limits
    private var buckets: BoundedCache<Key, Bucket>

    /// Makes the table.
    ///
    /// - Parameters:
    ///   - limits: What each bucket holds.
    ///   - entries: Buckets that are remembered at most.
    package init(_ limits: Limits = Limits(), entries: Int = 100_000) {
        self.limits = limits
        buckets = BoundedCache(bound: entries)
    }

    /// Begins a request: `nil` when it may be made, else how long until it may.
    package mutating func begin(_ key: Key, at now: ContinuousClock.Instant) -> Duration? {
        var bucket = drained(key, at: now)
        let excess = bucket.level + limits.reserve - limits.capacity
        guard excess <= 0 else {
            buckets[key] = bucket
            return .seconds(excess / limits.leak)
        }
        bucket.level += limits.reserve
        buckets[key] = bucket
        return nil
    }

    /// Ends a request that was begun and has taken so long.
    ///
    /// - Parameters:
    ///   - key: Whose.
    ///   - seconds: How long it took.
    ///   - now: The time.
    /// - Returns: How much is left in the bucket's room.
    package mutating func end(_ key: Key, cost seconds: Double, at now: ContinuousClock.Instant) -> Double {
        var bucket = drained(key, at: now)
        bucket.level = max(0, bucket.level - limits.reserve) + seconds
        buckets[key] = bucket
        return max(0, limits.capacity - bucket.level)
    }

    /// Charges a request that was answered at once, without ever being under way.
    ///
    /// - Parameters:
    ///   - key: Whose.
    ///   - seconds: How long it took.
    ///   - now: The time.
    /// - Returns: How much is left in the bucket's room; `nil` when the request may not be made, and nothing is charged.
    package mutating func pay(_ key: Key, cost seconds: Double, at now: ContinuousClock.Instant) -> Double? {
        var bucket = drained(key, at: now)
        guard bucket.level + limits.reserve <= limits.capacity else { return nil }
        bucket.level += seconds
        buckets[key] = bucket
        return max(0, limits.capacity - bucket.level)
    }

    private mutating func drained(_ key: Key, at now: ContinuousClock.Instant) -> Bucket {
        guard var bucket = buckets[key] else { return Bucket(level: 0, at: now) }
        guard now > bucket.at else { return bucket }
        bucket.level = max(0, bucket.level - (now - bucket.at) / .seconds(1) * limits.leak)
        bucket.at = now
        return bucket
    }
}
