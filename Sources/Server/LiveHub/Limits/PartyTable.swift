/// Everybody of one level who is on this node, and for a while who was: so that who goes and comes again is known.
///
/// A decision: the time is handed in, in seconds. Whoever has left is forgotten after ``memory`` seconds, a few with each
/// that comes, and at once when more than ``bound`` have left: memory is that of who is there and of `bound` besides.
struct PartyTable<Key: Hashable & Sendable> {
    /// Long enough for every burst of the limits to be paid for.
    static var memory: Int64 { 60 }

    private struct Entry {
        let party: Party
        /// Which leaving is the last one; an older one in the queue counts for nothing.
        var turn = 0
    }

    private let level: PartyLevel
    private let bound: Int
    private var entries: [Key: Entry] = [:]
    private var left: [(key: Key, turn: Int, at: Int64)] = []
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
        let entry = entries[key] ?? Entry(party: Party(level))
        let met = entry.party.join(at: now)
        if entries[key] == nil { entries[key] = entry }
        // Somebody new who is turned away is remembered as one who left: that is what bounds the table.
        if met != nil, entry.party.connections == 0 { note(key, at: now) }
        return (entry.party, met)
    }

    /// A session that came has gone.
    mutating func leave(_ key: Key, at now: Int64) {
        guard let entry = entries[key] else { return }
        entry.party.leave()
        if entry.party.connections == 0 { note(key, at: now) }
    }

    private mutating func note(_ key: Key, at now: Int64) {
        entries[key]?.turn += 1
        left.append((key, entries[key]?.turn ?? 0, now / 1_000_000_000))
    }

    private mutating func forget(at second: Int64) {
        // Two for one: what has gathered goes, however long nobody came.
        for _ in 0..<2 {
            guard first < left.count else { break }
            let oldest = left[first]
            guard second - oldest.at >= Self.memory || left.count - first > bound else { break }
            first += 1
            guard let entry = entries[oldest.key], entry.turn == oldest.turn, entry.party.connections == 0
            else {
                continue
            }
            entries[oldest.key] = nil
        }
        guard first > 1024, first * 2 > left.count else { return }
        left.removeFirst(first)
        first = 0
    }
}
