/// A token bucket: so many at once, so many a second in the long run.
///
/// Time is handed in.
struct TokenBucket {
    private var millitokens: Int64
    private var filledAt: Int64

    /// A full bucket.
    ///
    /// `now` is in milliseconds of any clock that does not go back.
    init(burst: Int, now: Int64) {
        millitokens = Int64(burst) * 1000
        filledAt = now
    }

    /// Takes one token; `false` when there is none.
    mutating func take(perSecond: Int, burst: Int, now: Int64) -> Bool {
        if now > filledAt {
            millitokens = min(Int64(burst) * 1000, millitokens + (now - filledAt) * Int64(perSecond))
            filledAt = now
        }
        guard millitokens >= 1000 else { return false }
        millitokens -= 1000
        return true
    }
}
