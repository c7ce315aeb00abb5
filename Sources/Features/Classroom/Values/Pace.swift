/// Limits how often something happens: so many at once, so many a second in the long run.
///
/// Time is handed in.
struct Pace: Sendable {
    private let perSecond: Int64
    private let burst: Int64
    private var millitokens: Int64
    private var filledAt: Int64

    /// A full bucket; `now` is in milliseconds.
    init(perSecond: Int, burst: Int, now: Int64) {
        self.perSecond = Int64(perSecond)
        self.burst = Int64(burst)
        millitokens = Int64(burst) * 1000
        filledAt = now
    }

    /// Takes one; `nil` when that was allowed, else the milliseconds after which it will be.
    mutating func take(at now: Int64) -> Int64? {
        if now > filledAt {
            millitokens = min(burst * 1000, millitokens + min(now - filledAt, 3_600_000) * perSecond)
            filledAt = now
        }
        guard millitokens < 1000 else {
            millitokens -= 1000
            return nil
        }
        return max(1, (1000 - millitokens + perSecond - 1) / perSecond)
    }
}
