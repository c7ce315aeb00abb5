/// What a user, a class or an institution may do on one node, all their connections together; `nil` is no limit.
package struct PartyLimits: Hashable, Sendable {
    /// Sessions that are connected.
    package var connections: Int?
    /// Subscriptions of those.
    package var subscriptions: Int?
    /// Sessions that come.
    package var joins: Rate?
    /// Calls (`rpc`).
    package var calls: Rate?
    /// Signals (`send`).
    package var signals: Rate?
    /// Publications (`publish`).
    package var publications: Rate?
    /// Reads (`history`, `presence`, `presence_stats`).
    package var reads: Rate?
    /// Bytes of messages that come in.
    package var bytes: Rate?

    /// No limit at all.
    package init() {}

    /// Those of a user; what one connection may send is bounded besides (``LiveSettings``).
    package static let user: PartyLimits = {
        var limits = PartyLimits()
        limits.connections = 100
        limits.subscriptions = 4096
        limits.joins = Rate(10, burst: 200)
        return limits
    }()

    /// Those of a class: what a lecture of 10,000 needs that comes in one second, and no more than a fifth of its
    /// institution's messages.
    package static let group: PartyLimits = {
        var limits = PartyLimits()
        limits.connections = 50_000
        limits.joins = Rate(5000, burst: 25_000)
        limits.calls = Rate(5000, burst: 50_000)
        limits.signals = Rate(5000, burst: 25_000)
        limits.reads = Rate(1000, burst: 25_000)
        limits.bytes = Rate(8 << 20, burst: 64 << 20)
        return limits
    }()

    /// Those of an institution.
    package static let institution: PartyLimits = {
        var limits = PartyLimits()
        limits.connections = 250_000
        limits.subscriptions = 2_000_000
        limits.joins = Rate(10_000, burst: 50_000)
        limits.calls = Rate(25_000, burst: 250_000)
        limits.signals = Rate(25_000, burst: 125_000)
        limits.publications = Rate(25_000, burst: 125_000)
        limits.reads = Rate(5000, burst: 125_000)
        limits.bytes = Rate(40 << 20, burst: 320 << 20)
        return limits
    }()

    /// Gives a user twice of what one connection may send, where nothing else is set.
    package mutating func allowTwice(commandsPerSecond: Int, burst: Int) {
        let commands = Rate(2 * commandsPerSecond, burst: 2 * burst)
        let connection = ConnectionRates(commandsPerSecond: commandsPerSecond, burst: burst, messageBytes: 0)
        calls = calls ?? commands
        signals = signals ?? commands
        publications = publications ?? commands
        reads = reads ?? Rate(2 * connection.reads.perSecond, burst: 2 * connection.reads.burst)
        bytes = bytes ?? Rate(2 * connection.bytes.perSecond, burst: 2 * connection.bytes.burst)
    }
}

/// What one connection may send; all follows from the commands that it may send.
package struct ConnectionRates: Hashable, Sendable {
    /// Commands of any kind.
    package let commands: Rate
    /// Reads among them: a fifth.
    package let reads: Rate
    /// Bytes: 8 KiB for each command, and at least the largest message.
    package let bytes: Rate
    /// Commands that are refused for their rate, and malformed ones, before the connection is closed.
    package let faults = Rate(20, burst: 1000)

    package init(commandsPerSecond: Int, burst: Int, messageBytes: Int) {
        commands = Rate(commandsPerSecond, burst: burst)
        reads = Rate(commandsPerSecond / 5, burst: burst / 5)
        bytes = Rate(commandsPerSecond << 13, burst: max(messageBytes, burst << 13))
    }
}
