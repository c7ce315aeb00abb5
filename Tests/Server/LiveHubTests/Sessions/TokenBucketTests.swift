@testable import LiveHub
import Testing

struct `Token bucket` {
    @Test func `gives its burst at once and then its rate`() {
        var bucket = TokenBucket(burst: 3, now: 1000)
        var taken = 0
        for _ in 0..<5 where bucket.take(perSecond: 2, burst: 3, now: 1000) { taken += 1 }
        #expect(taken == 3)
        let later = [1499, 1500, 1500].map { bucket.take(perSecond: 2, burst: 3, now: $0) }
        #expect(later == [false, true, false])
    }

    @Test func `never holds more than its burst, and survives a clock that goes back`() {
        var bucket = TokenBucket(burst: 2, now: 0)
        _ = bucket.take(perSecond: 1, burst: 2, now: 0)
        var taken = 0
        for _ in 0..<10 where bucket.take(perSecond: 1, burst: 2, now: 1_000_000) { taken += 1 }
        #expect(taken == 2)
        let earlier = bucket.take(perSecond: 1, burst: 2, now: 500)
        #expect(!earlier)
    }
}
