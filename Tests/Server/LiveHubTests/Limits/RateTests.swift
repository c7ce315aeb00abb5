@testable import LiveHub
import Testing

private let second: Int64 = 1_000_000_000

struct `Rate of a limit` {
    /// How many of `count` wishes at one moment are granted.
    private func taken(
        _ rate: Rate, _ count: Int, from paid: inout Int64, at now: Int64, keepsReserve: Bool = false
    ) -> Int {
        (0..<count).count { _ in rate.take(from: &paid, now: now, keepsReserve: keepsReserve) == nil }
    }

    @Test(arguments: [(1, 1), (3, 7), (10, 10), (50, 200), (1_000_000, 1000), (7, 50_000)])
    func `gives its burst at once, not one more, and then its rate`(perSecond: Int, burst: Int) {
        let rate = Rate(perSecond, burst: burst)
        var paid: Int64 = 0
        #expect(taken(rate, burst + 10, from: &paid, at: 5 * second) == burst)
        #expect(taken(rate, burst + 10, from: &paid, at: 6 * second) == min(perSecond, burst))
        #expect(taken(rate, burst + 10, from: &paid, at: 1_000_000 * second) == burst)
    }

    @Test func `says when the next may come, and keeps its word`() throws {
        let rate = Rate(4, burst: 2)
        var paid: Int64 = 0
        _ = taken(rate, 2, from: &paid, at: second)
        let wait = try #require(rate.take(from: &paid, now: second))
        #expect(wait == second / 4)
        #expect(rate.take(from: &paid, now: second + wait - 1) != nil)
        #expect(rate.take(from: &paid, now: second + wait) == nil)
    }

    @Test func `charges by cost, and lets through what costs more than the whole when nothing else has come`()
    {
        let rate = Rate(1000, burst: 5000)
        var paid: Int64 = 0
        #expect(rate.take(4000, from: &paid, now: second) == nil)
        #expect(rate.take(1001, from: &paid, now: second) != nil)
        #expect(rate.take(1000, from: &paid, now: second) == nil)
        #expect(rate.take(1_000_000, from: &paid, now: 6 * second - 1) != nil)
        #expect(rate.take(1_000_000, from: &paid, now: 6 * second) == nil)
    }

    @Test func `keeps a fifth of the burst for who has priority, however many others want it`() {
        let rate = Rate(10, burst: 100)
        var paid: Int64 = 0
        for moment in 0..<50 {
            _ = taken(rate, 1000, from: &paid, at: Int64(moment) * second / 10, keepsReserve: true)
        }
        let now = 5 * second
        #expect(taken(rate, 1000, from: &paid, at: now) >= 20)
        #expect(taken(rate, 10, from: &paid, at: now, keepsReserve: true) == 0)
    }

    @Test func `shuts nobody out when the clock is set back`() {
        let rate = Rate(10, burst: 20)
        var paid: Int64 = 0
        #expect(rate.take(20, from: &paid, now: 1_000_000 * second) == nil)
        // A burst that is owed whole is no sign of that.
        #expect(rate.take(from: &paid, now: 1_000_000 * second) == second / 10)
        #expect(rate.take(20, from: &paid, now: 10 * second) == nil)
        #expect(rate.take(from: &paid, now: 10 * second) == second / 10)
        #expect(rate.take(from: &paid, now: 11 * second) == nil)
    }

    @Test func `takes numbers at their bounds without an overflow`() {
        let rate = Rate(1, burst: .max)
        var paid: Int64 = 0
        #expect(rate.take(.max, from: &paid, now: 10_000_000 * second) == nil)
        #expect(Rate(0, burst: 0) == Rate(1, burst: 1))
    }
}
