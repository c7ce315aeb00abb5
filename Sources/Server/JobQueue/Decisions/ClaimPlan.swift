/// Decides what a worker asks for: which kinds in which order, how many of each, and from which institution on.
///
/// Pure. Kinds of a lower lane come first; within a lane every claim begins with another kind, and for each kind with the
/// institution after the last that was served: so nobody is always first.
struct ClaimPlan {
    /// What one claim asks for.
    struct Ask: Equatable {
        var kinds: [String]
        /// Most of each kind.
        var rooms: [Int]
        /// Running jobs of the kind on all nodes; 0 for no limit.
        var caps: [Int]
        /// The institution that was served last.
        var cursors: [Int64]
        /// Most in all.
        var most: Int
    }

    private struct Row {
        let name: String
        let lane: Int
        let cap: Int
        var cursor: Int64 = 0
    }

    /// Jobs of one claim at most: they are loaded and begun together.
    static let batch = 200

    private let slots: Int
    private var rows: [Row]
    private var turn = 0

    /// Makes the plan of a worker that runs `slots` jobs at a time.
    init(_ catalogue: JobCatalogue, slots: Int) {
        self.slots = max(1, slots)
        rows = catalogue.kinds.map { Row(name: $0.name, lane: $0.policy.lane, cap: $0.policy.cap ?? 0) }
        rows.sort { $0.lane < $1.lane }
    }

    /// The next claim; `nil` when there is no room.
    ///
    /// It asks for half of the slots at most, so that one half is claimed while the other is done.
    mutating func ask(running: Int) -> Ask? {
        let free = min(slots - running, (slots + 1) / 2, ClaimPlan.batch)
        guard free > 0, !rows.isEmpty else { return nil }
        turn &+= 1
        var ordered: [Row] = []
        var rest = rows[...]
        while let first = rest.first {
            let lane = Array(rest.prefix { $0.lane == first.lane })
            rest = rest.dropFirst(lane.count)
            let start = turn % lane.count
            ordered += lane[start...] + lane[..<start]
        }
        return Ask(
            kinds: ordered.map(\.name), rooms: ordered.map { $0.cap > 0 ? min(free, $0.cap) : free },
            caps: ordered.map(\.cap), cursors: ordered.map(\.cursor), most: free)
    }

    /// Notes whom a claim has served, in the order of the answer.
    mutating func served(_ jobs: [(kind: String, institution: Int64)]) {
        var last: [String: Int64] = [:]
        for job in jobs { last[job.kind] = job.institution }
        for place in rows.indices {
            if let institution = last[rows[place].name] { rows[place].cursor = institution }
        }
    }

    /// Whether it is time to claim more, when more may be there: batches are cheaper than single jobs, so a worker that
    /// has other things to do waits until half of it is free.
    func isWorthwhile(running: Int) -> Bool { running <= slots / 2 }
}
