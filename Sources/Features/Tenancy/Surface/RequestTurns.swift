import DequeModule

/// Decides whose requests may use a loop's connections to the database now, and who goes on when one has ended.
///
/// Each user may have so many requests under way; the rest wait, first come, first served. A user counts, not a token or
/// session: who has more of them gets no more. What is under way uses one connection at a time, so where the bound is half
/// of the pool, the other half is never one user's.
///
/// A decision: it waits for nothing. Of a user without a request it knows nothing.
struct RequestTurns {
    /// A user of an institution.
    struct User: Hashable, Sendable {
        let institution: Int64
        let user: Int64
    }

    /// What becomes of a request that comes.
    enum Verdict: Equatable {
        case go
        /// It is in line under its ticket, until ``end(_:)`` names it or ``giveUp(_:ticket:)`` takes it out.
        case wait
        /// The line is full.
        case refuse
    }

    private struct Line {
        var underWay = 0
        var waiting = Deque<UInt64>()
    }

    /// Requests of one user under way at once.
    let atOnce: Int
    /// Requests of one user in line.
    let room: Int
    private var lines: [User: Line] = [:]

    /// Sets the bounds.
    init(atOnce: Int, room: Int) {
        self.atOnce = atOnce
        self.room = room
    }

    /// The bound for a pool of so many connections: half of them, at least one.
    static func share(ofPool size: Int) -> Int { max(1, size / 2) }

    /// Users who have requests now.
    var count: Int { lines.count }

    /// A request of `user` has come, with a ticket that no other has.
    mutating func ask(_ user: User, ticket: UInt64) -> Verdict {
        var line = lines[user] ?? Line()
        defer { lines[user] = line }
        if line.underWay < atOnce {
            line.underWay += 1
            return .go
        }
        guard line.waiting.count < room else { return .refuse }
        line.waiting.append(ticket)
        return .wait
    }

    /// A request of `user` that was under way has ended.
    ///
    /// - Returns: The ticket of the one that goes on in its place.
    mutating func end(_ user: User) -> UInt64? {
        guard var line = lines[user] else { preconditionFailure("nothing of the user's is under way") }
        let next = line.waiting.popFirst()
        if next == nil { line.underWay -= 1 }
        lines[user] = line.underWay == 0 ? nil : line
        return next
    }

    /// A request of `user` waits no more.
    ///
    /// - Returns: Whether it was still in line.
    mutating func giveUp(_ user: User, ticket: UInt64) -> Bool {
        guard let place = lines[user]?.waiting.firstIndex(of: ticket) else { return false }
        lines[user]?.waiting.remove(at: place)
        return true
    }
}
