@testable import Cohort
import Testing

struct `Watch for the end of a storm` {
    /// The seconds, from 1 on, in which a storm has ended.
    private func ends(_ seconds: [(joins: Int, connections: Int)]) -> [Int] {
        var watch = StormWatch()
        return seconds.enumerated().compactMap {
            watch.tick(joins: $1.joins, connections: $1.connections) ? $0 + 1 : nil
        }
    }

    @Test func `sees it after some calm, once`() {
        let coming = (1...4).map { ($0 * 2500, $0 * 2500) }
        #expect(ends(coming + Array(repeating: (10_000, 10_000), count: 100)) == [4 + StormWatch.calm])
    }

    @Test func `sees it though some still come and go`() {
        let after = (1...10).map { (10_000 + 20 * $0, 10_000) }
        #expect(ends([(10_000, 10_000)] + after) == [1 + StormWatch.calm])
    }

    @Test func `sees those who leave, too`() {
        let there = Array(repeating: (5000, 5000), count: 10)
        let gone = Array(repeating: (5000, 0), count: 10)
        #expect(ends(there + gone) == [1 + StormWatch.calm, 11 + StormWatch.calm])
    }

    @Test func `takes what goes on all day for none, and nobody at all`() {
        #expect(ends((1...60).map { ($0 * 50, 100) }).isEmpty)
        #expect(ends(Array(repeating: (0, 0), count: 60)).isEmpty)
    }

    @Test func `waits while it lasts`() {
        #expect(ends((1...60).map { ($0 * 500, $0 * 500) }).isEmpty)
    }
}
