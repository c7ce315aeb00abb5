package import Postgres

/// Decides which kept answers may be given, who reads a new one, and what is forgotten.
///
/// Pure; time is handed in.
///
/// An answer is *fresh* for ``Limits/fresh`` from the instant before it was read, and *usable* for ``Limits/usable``: in
/// between it is given while one caller reads it anew. So no answer is older than that, whether or not anybody is told of
/// changes. ``invalidate(_:)`` ends all answers of an institution at once, and those that are being read: what was read
/// before a change is never kept after it, and who asks after it never waits for a reading that began before.
package struct SnapshotCache: Sendable {
    /// The bounds.
    package struct Limits: Sendable {
        /// For how long an answer is given without a second thought.
        package var fresh: Duration = .seconds(1)
        /// For how long it is given at all: less than the two seconds within which a withdrawn right must be felt.
        package var usable: Duration = .milliseconds(1900)
        /// Bytes of answers and keys; what was not used for longest goes first, roughly.
        package var bytes = 64 << 20
        /// Callers that may wait for one reading; those beyond are turned away.
        package var waiters = 1000

        package init() {}
    }

    /// One reading of one answer.
    package struct Flight: Hashable, Sendable {
        package let number: UInt64
        let key: SnapshotKey
        let began: ContinuousClock.Instant
        let generation: UInt64
    }

    /// What a caller does.
    package enum Finding: Sendable {
        /// Give this.
        case fresh(Snapshot)
        /// Give this, and read it anew where a flight is handed over.
        case stale(Snapshot, refresh: Flight?)
        /// Read it, then call ``land(_:_:)``.
        case read(Flight)
        /// Wait until that reading has ended.
        case wait(Flight)
        /// Too many wait already.
        case full
    }

    private struct Entry {
        let snapshot: Snapshot
        let readAt: ContinuousClock.Instant
        let generation: UInt64
        let size: Int
    }

    /// Bytes that an entry takes besides its body and its key, as measured roughly.
    private static let overhead = 700

    private let limits: Limits
    // Two generations of half the bound each, as in a clock with two hands: what is looked up moves to the younger one.
    private var young: [SnapshotKey: Entry] = [:]
    private var old: [SnapshotKey: Entry] = [:]
    private var youngBytes = 0
    private var oldBytes = 0
    private var youngSince: ContinuousClock.Instant?
    private var flights: [SnapshotKey: (flight: Flight, waiters: Int)] = [:]
    /// How often each institution's answers were ended; one number for each institution that ever changed.
    private var generations: [TenantID: UInt64] = [:]
    private var lastNumber: UInt64 = 0

    /// Makes an empty cache.
    package init(_ limits: Limits = Limits()) { self.limits = limits }

    /// Answers that are held, those that may not be given any more counted until they are dropped.
    package var count: Int { young.count + old.count }
    /// Bytes that are held; never above the bound.
    package var bytes: Int { youngBytes + oldBytes }
    /// Readings that have not ended.
    package var flightCount: Int { flights.count }

    /// What is to be done about a request at `now`.
    package mutating func find(_ key: SnapshotKey, at now: ContinuousClock.Instant) -> Finding {
        turnOver(at: now)
        if let finding = ready(key, at: now) { return finding }
        let generation = generations[key.institution] ?? 0
        guard let (flight, waiters) = flights[key], flight.generation == generation else {
            return .read(begin(key, generation, now))
        }
        guard waiters < limits.waiters else { return .full }
        flights[key]?.waiters += 1
        return .wait(flight)
    }

    /// What can be given without waiting, fresh or stale; `nil` where there is nothing.
    package mutating func ready(_ key: SnapshotKey, at now: ContinuousClock.Instant) -> Finding? {
        guard let entry = entry(key), entry.generation == generations[key.institution] ?? 0 else {
            return nil
        }
        let age = now - entry.readAt
        if age < limits.fresh { return .fresh(entry.snapshot) }
        guard age < limits.usable else { return nil }
        let isFlying = flights[key]?.flight.generation == entry.generation
        return .stale(entry.snapshot, refresh: isFlying ? nil : begin(key, entry.generation, now))
    }

    /// Ends a flight, with what was read; `nil` where nothing is to be kept, as after an error.
    ///
    /// - Returns: Whether it is kept: not when the institution has changed since the flight began.
    @discardableResult
    package mutating func land(_ flight: Flight, _ snapshot: Snapshot?) -> Bool {
        if flights[flight.key]?.flight.number == flight.number { flights[flight.key] = nil }
        guard let snapshot, flight.generation == generations[flight.key.institution] ?? 0 else {
            return false
        }
        let size = snapshot.bytes.count + flight.key.size + SnapshotCache.overhead
        guard size <= limits.bytes / 2 else { return false }
        remove(flight.key)
        insert(
            Entry(snapshot: snapshot, readAt: flight.began, generation: flight.generation, size: size),
            flight.key, at: flight.began)
        return true
    }

    /// Something of the institution's catalogue has changed: nothing that was read before is given any more.
    package mutating func invalidate(_ institution: TenantID) { generations[institution, default: 0] += 1 }

    // MARK: Parts

    private mutating func begin(
        _ key: SnapshotKey, _ generation: UInt64, _ now: ContinuousClock.Instant
    ) -> Flight {
        lastNumber += 1
        let flight = Flight(number: lastNumber, key: key, began: now, generation: generation)
        flights[key] = (flight, 0)
        return flight
    }

    private mutating func entry(_ key: SnapshotKey) -> Entry? {
        if let entry = young[key] { return entry }
        guard let entry = old.removeValue(forKey: key) else { return nil }
        oldBytes -= entry.size
        insert(entry, key, at: youngSince)
        return entry
    }

    private mutating func remove(_ key: SnapshotKey) {
        if let entry = young.removeValue(forKey: key) { youngBytes -= entry.size }
        if let entry = old.removeValue(forKey: key) { oldBytes -= entry.size }
    }

    private mutating func insert(_ entry: Entry, _ key: SnapshotKey, at now: ContinuousClock.Instant?) {
        if youngBytes + entry.size > limits.bytes / 2 { turnOver(since: now) }
        young[key] = entry
        youngBytes += entry.size
        if youngSince == nil { youngSince = now }
    }

    /// Drops the older half when all that is in it is too old to be given.
    private mutating func turnOver(at now: ContinuousClock.Instant) {
        guard let since = youngSince, now - since >= limits.usable else { return }
        turnOver(since: now)
    }

    private mutating func turnOver(since now: ContinuousClock.Instant?) {
        (old, oldBytes) = (young, youngBytes)
        (young, youngBytes, youngSince) = ([:], 0, now)
    }
}
