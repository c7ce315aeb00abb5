/// Decides whether what a node sends through each shard of Redis comes back to it.
///
/// Pure. Time is counted in rounds, about a second each: a process that stood still has not missed what it could not read.
package struct Hearing: Sendable, Equatable {
    /// A shard that was not heard for so many rounds is not heard.
    package static let patience = 5
    /// A node hears again when it has heard every shard for so many rounds.
    static let proof = 3

    /// Whether all shards are heard.
    package private(set) var isIntact = true
    /// Rounds since each shard was heard last, by the name of the topic that is tried.
    private var unheard: [String: Int] = [:]
    private var heardNow: Set<String> = []
    private var round = 0
    private var proofs = 0

    package init() {}

    /// How many rounds ago the shard was heard that was not heard for longest; 0 when all were heard in the last one.
    package var longestSilence: Int { unheard.values.max() ?? 0 }

    /// How many shards are tried.
    var tried: Int { unheard.count }

    /// Shards that are not heard at present.
    package var silent: [String] { unheard.filter { $0.value >= Hearing.patience }.keys.sorted() }

    /// Begins a round in which these topics, one of each shard, are tried.
    ///
    /// - Returns: The round's number, which is sent.
    mutating func begin(_ topics: Set<String>) -> Int {
        // A shard that has just come is given its time.
        for topic in topics {
            unheard[topic] = heardNow.contains(topic) ? 0 : unheard[topic].map { $0 + 1 } ?? 0
        }
        for topic in unheard.keys where !topics.contains(topic) { unheard[topic] = nil }
        heardNow = []
        judge()
        round += 1
        return round
    }

    /// A number has come back; one that is older than the patience proves nothing.
    mutating func heard(_ number: Int, on topic: String) {
        guard unheard[topic] != nil, number <= round, number > round - Hearing.patience else { return }
        heardNow.insert(topic)
    }

    private mutating func judge() {
        guard round > 0 else { return }
        if longestSilence >= Hearing.patience {
            isIntact = false
            proofs = 0
        } else if !isIntact {
            proofs = longestSilence == 0 ? proofs + 1 : 0
            if proofs >= Hearing.proof { isIntact = true }
        }
    }
}

extension NodeStanding {
    /// Whether a node stands aside for being deaf.
    ///
    /// Where nobody hears, Redis is to blame: all nodes go on, and the log's watch brings what was said.
    ///
    /// - Parameters:
    ///   - now: Whether it stands aside already.
    ///   - hears: Whether it hears what it sends.
    ///   - others: Other nodes that hear at present; `nil` when that cannot be known, and nothing changes.
    /// - Returns: Whether it shall stand aside from now on.
    static func isDeaf(now: Bool, hears: Bool, others: Int?) -> Bool {
        if hears { return false }
        guard let others else { return now }
        return others > 0
    }
}
