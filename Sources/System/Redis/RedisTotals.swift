/// What a client did since it was made.
package struct RedisTotals: Sendable, Equatable {
    /// Commands that were answered by anything but an error.
    package var succeeded: UInt64 = 0
    /// Commands that the server refused, by the error's first word; a bounded set, since only capitals count as one.
    package var refused: [String: UInt64] = [:]
    /// Commands in flight when their connection was lost.
    package var disconnected: UInt64 = 0
    /// Commands that found a bound reached.
    package var overloaded: UInt64 = 0
    /// Commands, and waits in line, that took too long.
    package var timedOut: UInt64 = 0
    /// Commands that failed for want of a connection.
    package var unavailable: UInt64 = 0
    /// Connections that were made.
    package var connections: UInt64 = 0
    /// Connections that were lost, and attempts that failed.
    package var losses: UInt64 = 0
    /// Commands that another node was asked for (`MOVED`, `ASK`, `TRYAGAIN`).
    package var redirections: UInt64 = 0
    /// Messages that came for a subscribed channel.
    package var messages: UInt64 = 0
    package var bytesSent: UInt64 = 0
    package var bytesReceived: UInt64 = 0

    package init() {}

    /// Kinds of refusals that are counted apart; what comes beyond counts as `OTHER`.
    private static let refusalKinds = 64

    mutating func note(_ error: RedisError) {
        switch error {
        case .server(let error):
            let isKnown = refused[error.code] != nil || refused.count < RedisTotals.refusalKinds
            refused[isKnown ? error.code : "OTHER", default: 0] += 1
        case .disconnected, .garbage: disconnected += 1
        case .overloaded: overloaded += 1
        case .timeout: timedOut += 1
        case .unavailable, .closed, .configuration: unavailable += 1
        }
    }
}

/// The totals of one client, shared by its connections.
///
/// Confined to their loop.
final class RedisCounters {
    var totals = RedisTotals()
}
