import Synchronization

/// Whose commands are counted together: the level, and the names that its limits bear.
package final class PartyLevel: Sendable {
    /// What is counted.
    package enum Item: Int, Sendable, CaseIterable {
        case connections, subscriptions, joins, calls, signals, publications, reads, bytes

        fileprivate var nature: LiveLimit.Nature {
            switch self {
            case .connections, .subscriptions: .count
            case .signals: .drop
            default: .rate
            }
        }
    }

    let limits: PartyLimits
    private let names: [LiveLimit]

    /// - Parameters:
    ///   - name: What limits' names begin with, such as `user`.
    ///   - limits: The limits.
    package init(_ name: String, _ limits: PartyLimits) {
        self.limits = limits
        names = Item.allCases.map { LiveLimit("\(name).\($0)", $0.nature) }
    }

    /// The name of one limit.
    package func limit(_ item: Item) -> LiveLimit { names[item.rawValue] }

    /// All names.
    package var all: [LiveLimit] { names }

    func rate(_ item: Item) -> Rate? {
        switch item {
        case .connections, .subscriptions: nil
        case .joins: limits.joins
        case .calls: limits.calls
        case .signals: limits.signals
        case .publications: limits.publications
        case .reads: limits.reads
        case .bytes: limits.bytes
        }
    }
}

/// What one user, class or institution does on this node, on all its loops; from any thread.
///
/// A number for each thing that is counted, changed atomically: no lock, and the same cost however many share it. Numbers of what
/// most never do are made when it is done.
package final class Party: Sendable {
    /// Until when is paid for what is sent.
    private final class Account: Sendable {
        let calls = Atomic<Int64>(0)
        let signals = Atomic<Int64>(0)
        let publications = Atomic<Int64>(0)
        let reads = Atomic<Int64>(0)
        let bytes = Atomic<Int64>(0)
    }

    private let level: PartyLevel
    private let joins = Atomic<Int64>(0)
    private let opened = AtomicLazyReference<Account>()
    private let connected = Atomic<Int32>(0)
    private let subscribed = Atomic<Int32>(0)
    /// How often the last one has left, for ``PartyTable``, which changes it under its lock.
    let leavings = Atomic<UInt32>(0)

    /// Somebody of whom nothing is known yet.
    package init(_ level: PartyLevel) { self.level = level }

    private var account: Account { opened.load() ?? opened.storeIfNil(Account()) }

    /// Sessions that are connected.
    package var connections: Int { Int(connected.load(ordering: .relaxed)) }
    /// Their subscriptions.
    package var subscriptions: Int { Int(subscribed.load(ordering: .relaxed)) }

    /// A session comes: `nil`, and it is counted, or the limit that it meets; who has priority meets none.
    package func join(at now: Int64, hasPriority: Bool = false) -> LiveLimit? {
        guard !hasPriority else {
            connected.add(1, ordering: .relaxed)
            return nil
        }
        guard Party.add(1, to: connected, most: level.limits.connections) else {
            return level.limit(.connections)
        }
        guard let met = take(.joins, at: now, hasPriority: false) else { return nil }
        connected.subtract(1, ordering: .relaxed)
        return met
    }

    /// A session that came has gone.
    package func leave() { connected.subtract(1, ordering: .relaxed) }

    /// A subscription begins: `nil`, and it is counted, or the limit that it meets.
    package func subscribe() -> LiveLimit? {
        Party.add(1, to: subscribed, most: level.limits.subscriptions) ? nil : level.limit(.subscriptions)
    }

    /// A subscription has begun that nobody may refuse any more.
    package func noteSubscription() { subscribed.add(1, ordering: .relaxed) }

    /// Subscriptions that began have ended.
    package func unsubscribe(_ count: Int = 1) { subscribed.subtract(Int32(count), ordering: .relaxed) }

    /// Something is sent: `nil`, and it is paid for, or the limit that it meets.
    package func take(
        _ item: PartyLevel.Item, _ cost: Int = 1, at now: Int64, hasPriority: Bool
    ) -> LiveLimit? {
        guard let rate = level.rate(item) else { return nil }
        let isTaken =
            switch item {
            case .connections, .subscriptions: true
            case .joins: Party.take(rate, cost, from: joins, now, hasPriority)
            case .calls: Party.take(rate, cost, from: account.calls, now, hasPriority)
            case .signals: Party.take(rate, cost, from: account.signals, now, hasPriority)
            case .publications: Party.take(rate, cost, from: account.publications, now, hasPriority)
            case .reads: Party.take(rate, cost, from: account.reads, now, hasPriority)
            case .bytes: Party.take(rate, cost, from: account.bytes, now, hasPriority)
            }
        return isTaken ? nil : level.limit(item)
    }

    private static func add(_ count: Int32, to number: borrowing Atomic<Int32>, most: Int?) -> Bool {
        var known = number.load(ordering: .relaxed)
        while most.map({ Int(known) + Int(count) <= $0 }) ?? true {
            let (isDone, found) = number.weakCompareExchange(
                expected: known, desired: known + count, ordering: .relaxed)
            if isDone { return true }
            known = found
        }
        return false
    }

    private static func take(
        _ rate: Rate, _ cost: Int, from paidUntil: borrowing Atomic<Int64>, _ now: Int64, _ hasPriority: Bool
    ) -> Bool {
        var known = paidUntil.load(ordering: .relaxed)
        while case .taken(let end) = rate.take(cost, paidUntil: known, now: now, keepsReserve: !hasPriority) {
            let (isDone, found) = paidUntil.weakCompareExchange(
                expected: known, desired: end, ordering: .relaxed)
            if isDone { return true }
            known = found
        }
        return false
    }
}
