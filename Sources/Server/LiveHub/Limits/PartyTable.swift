import Synchronization

/// Everybody of one level who is on this node, and for a while who was: so that who goes and comes again is known.
///
/// A decision: the time is handed in, in seconds. Whoever has left is forgotten after ``memory`` seconds, a few with each
/// that comes, and at once when more than ``bound`` have left: memory is that of who is there and of `bound` besides.
struct PartyTable<Key: Hashable & Sendable> {
    /// Long enough for every burst of the limits to be paid for.
    static var memory: Int64 { 60 }

    private let level: PartyLevel
    private let bound: Int
    private var entries: [Key: Party] = [:]
    /// Which leaving each is: one that was not the last counts for nothing.
    private var left: [(key: Key, leaving: UInt32, at: Int64)] = []
    private var first = 0

    init(_ level: PartyLevel, bound: Int = 20_000) {
        self.level = level
        self.bound = bound
    }

    /// Entries, of who is there and who was.
    var count: Int { entries.count }

    /// A session comes; `now` in nanoseconds.
    mutating func join(_ key: Key, at now: Int64) -> (party: Party, met: LiveLimit?) {
        forget(at: now / 1_000_000_000)
        let party = entries[key] ?? Party(level)
        let met = party.join(at: now)
        if entries[key] == nil { entries[key] = party }
        // Somebody new who is turned away is remembered as one who left: that is what bounds the table.
        if met != nil, party.connections == 0 { note(key, party, at: now) }
        return (party, met)
    }

    /// A session that came has gone.
    mutating func leave(_ key: Key, at now: Int64) {
        guard let party = entries[key] else { return }
        party.leave()
        if party.connections == 0 { note(key, party, at: now) }
    }

    private mutating func note(_ key: Key, _ party: Party, at now: Int64) {
        left.append((key, party.leavings.wrappingAdd(1, ordering: .relaxed).newValue, now / 1_000_000_000))
    }

    private mutating func forget(at second: Int64) {
        // Two for one: what has gathered goes, however long nobody came.
        for _ in 0..<2 {
            guard first < left.count else { break }
            let oldest = left[first]
            guard second - oldest.at >= Self.memory || left.count - first > bound else { break }
            first += 1
            guard let party = entries[oldest.key], party.connections == 0,
                party.leavings.load(ordering: .relaxed) == oldest.leaving
            else { continue }
            entries[oldest.key] = nil
        }
        guard first > 1024, first * 2 > left.count else { return }
        left.removeFirst(first)
        first = 0
    }
}
