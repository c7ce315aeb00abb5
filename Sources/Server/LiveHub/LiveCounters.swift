import EventLoop
package import Postgres
package import Sockets
import Synchronization
package import WebSocket

/// What has happened on one loop, as running totals (`connections` is the present number).
package struct LiveCounters: Sendable {
    package var connections = 0
    package var connectionsByInstitution: [TenantID: Int] = [:]
    package var joins: UInt64 = 0
    package var commands: UInt64 = 0
    package var publications: UInt64 = 0
    package var deliveries: UInt64 = 0
    package var ephemeralDrops: UInt64 = 0
    package var slowDisconnects: UInt64 = 0
    package var refusedByRate: UInt64 = 0
    package var recoveries: UInt64 = 0
    package var failedRecoveries: UInt64 = 0
    package var gapFills: UInt64 = 0
    /// Reads of a channel's past, and answers that did not need one of their own.
    package var pastReads: UInt64 = 0
    package var sharedReads: UInt64 = 0
    /// Messages that were compressed, each once for all that get it.
    package var compressed = MessageDeflater.Totals()
    /// What the loop's connections have done, those without the live protocol included.
    package var streams = StreamTotals()

    package init() {}

    /// Both together.
    package static func + (left: LiveCounters, right: LiveCounters) -> LiveCounters {
        var sum = left
        sum.connections += right.connections
        sum.connectionsByInstitution.merge(right.connectionsByInstitution, uniquingKeysWith: +)
        sum.joins += right.joins
        sum.commands += right.commands
        sum.publications += right.publications
        sum.deliveries += right.deliveries
        sum.ephemeralDrops += right.ephemeralDrops
        sum.slowDisconnects += right.slowDisconnects
        sum.refusedByRate += right.refusedByRate
        sum.recoveries += right.recoveries
        sum.failedRecoveries += right.failedRecoveries
        sum.gapFills += right.gapFills
        sum.pastReads += right.pastReads
        sum.sharedReads += right.sharedReads
        sum.compressed = left.compressed + right.compressed
        sum.streams = left.streams + right.streams
        return sum
    }
}

/// The loops' counters, stored once a second, for readers on any thread.
package final class CounterBoard: Sendable {
    private let stored = Mutex<[Int: LiveCounters]>([:])

    func store(_ counters: LiveCounters, of loop: EventLoop) {
        stored.withLock { $0[loop.index] = counters }
    }

    /// The sum over all loops, at most a second old.
    package var sum: LiveCounters { stored.withLock { $0.values.reduce(LiveCounters(), +) } }

    /// Each loop's counters, by the loop's index.
    package var byLoop: [Int: LiveCounters] { stored.withLock { $0 } }
}
