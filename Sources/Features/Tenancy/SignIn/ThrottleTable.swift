/// Token buckets by key: each key may do so many things at once and regains one per interval.
///
/// A decision: the time is handed in. The table has a bound; at the bound the keys that were idle for longest are
/// forgotten, and a forgotten key begins with a full bucket.
package struct ThrottleTable<Key: Hashable & Sendable>: Sendable {
    /// What one key may do.
    package struct Limit: Hashable, Sendable {
        /// Things at once.
        package let burst: Int
        /// The time after which one more is granted.
        package let interval: Duration

        /// Sets a limit.
        package init(burst: Int, interval: Duration) {
            self.burst = burst
            self.interval = interval
        }
    }

    private struct Bucket {
        var tokens: Double
        var filledAt: ContinuousClock.Instant
    }

    private let limit: Limit
    private var buckets: BoundedCache<Key, Bucket>

    /// Makes a table.
    ///
    /// - Parameters:
    ///   - limit: What each key may do.
    ///   - entries: Keys that are remembered at most.
    package init(_ limit: Limit, entries: Int) {
        self.limit = limit
        buckets = BoundedCache(bound: entries)
    }

    /// Keys remembered now.
    package var count: Int { buckets.count }

    /// Takes one token of the key's.
    ///
    /// - Returns: `nil` when there was one; otherwise how long until there is.
    package mutating func take(_ key: Key, at now: ContinuousClock.Instant) -> Duration? {
        var bucket = refilled(key, at: now)
        defer { buckets[key] = bucket }
        guard bucket.tokens < 1 else {
            bucket.tokens -= 1
            return nil
        }
        return limit.interval * (1 - bucket.tokens)
    }

    /// How long until the key has a token; `nil` when it has one.
    ///
    /// Takes nothing.
    package mutating func wait(_ key: Key, at now: ContinuousClock.Instant) -> Duration? {
        let tokens = refilled(key, at: now).tokens
        return tokens >= 1 ? nil : limit.interval * (1 - tokens)
    }

    /// Gives back a token that was taken for something that turned out not to count.
    package mutating func giveBack(_ key: Key, at now: ContinuousClock.Instant) {
        var bucket = refilled(key, at: now)
        bucket.tokens = min(Double(limit.burst), bucket.tokens + 1)
        buckets[key] = bucket
    }

    private mutating func refilled(_ key: Key, at now: ContinuousClock.Instant) -> Bucket {
        guard var bucket = buckets[key] else { return Bucket(tokens: Double(limit.burst), filledAt: now) }
        guard now > bucket.filledAt else { return bucket }
        bucket.tokens = min(Double(limit.burst), bucket.tokens + (now - bucket.filledAt) / limit.interval)
        bucket.filledAt = now
        return bucket
    }
}
