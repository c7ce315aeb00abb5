import LiveHub

/// What the other nodes have said of themselves, for as long as it holds.
///
/// Messages may be lost, late or repeated. A node's numbers count for the time of a lease after its last beat; that it was
/// there is remembered for a minute more. It reads no clock: the time is handed in.
struct ClusterBook: Sendable {
    /// Another node, as it was last heard.
    struct Node: Sendable {
        let id: NodeID
        fileprivate(set) var beat: NodeBeat
        /// Who is there; empty when its lease is over.
        fileprivate(set) var rows = NodeRows()
        fileprivate(set) var heardAt: Duration

        fileprivate var number: UInt64
        fileprivate var round: UInt64 = 0
        fileprivate var gathering: Gathering?
        fileprivate(set) var isSilent = false
    }

    /// Pages of a round that is not complete.
    fileprivate struct Gathering: Sendable {
        let round: UInt64
        let pages: Int
        var parts: [Int: RowPage] = [:]
        var rows = 0
    }

    /// A node's numbers count for so long after its last beat.
    static let lease: Duration = .seconds(5)
    /// A node that was not heard for so long may be dead: what is summed up may then be too much.
    static let doubt: Duration = .milliseconds(1500)
    /// A node that fell silent is remembered for so long after its lease.
    static let remembrance: Duration = .seconds(60)
    /// Nodes that are known at most; whoever comes when there are as many is not taken while those live.
    static let mostNodes = 1000
    /// Rows of all nodes together at most: each is looked at every second, which takes a loop 14 ms for so many.
    static let mostRows = 50_000

    /// Silent nodes that others are told of at most.
    static let mostTold = 16

    private var nodes: [NodeID: Node] = [:]

    /// The node that keeps the book: what others say of it is not believed.
    private let owner: NodeID?

    init(of owner: NodeID? = nil) { self.owner = owner }

    /// Nodes whose numbers count.
    var living: some Collection<Node> { nodes.values.lazy.filter { !$0.isSilent } }

    /// Nodes that were heard of late, but are no more.
    var silent: some Collection<Node> { nodes.values.lazy.filter(\.isSilent) }

    /// Takes what a node says.
    ///
    /// - Returns: Whether it was news, rather than something late, repeated, or of a node that is not known.
    @discardableResult
    mutating func hear(_ news: NodeNews, from id: NodeID, at now: Duration) -> Bool {
        switch news {
        case .beat(let beat, let number, _): take(beat, number: number, from: id, at: now)
        case .rows(let page): take(page, from: id)
        case .gone(let node): take(node, at: now)
        }
    }

    /// Ends leases that are over, and forgets who was silent for long.
    mutating func expire(at now: Duration) {
        for (id, node) in nodes {
            let age = now - node.heardAt
            if age >= ClusterBook.lease + ClusterBook.remembrance {
                nodes[id] = nil
            } else if age >= ClusterBook.lease, !node.isSilent {
                nodes[id]?.isSilent = true
                nodes[id]?.rows = NodeRows()
                nodes[id]?.gathering = nil
            }
        }
    }

    /// Whether every node whose numbers count was heard just now.
    func isCertain(at now: Duration) -> Bool {
        living.allSatisfy { now - $0.heardAt < ClusterBook.doubt }
    }

    /// Nodes that fell silent, for those that did not hear them: the latest ones.
    func departed(at now: Duration) -> [NodeNews.Departed] {
        silent.sorted { ($1.heardAt, $0.id) < ($0.heardAt, $1.id) }.prefix(ClusterBook.mostTold).map { node in
            let ago = Int(max(.zero, now - node.heardAt) / .milliseconds(1))
            return NodeNews.Departed(id: node.id, beat: node.beat, number: node.number, ago: ago)
        }
    }

    // MARK: Taking

    private mutating func take(_ beat: NodeBeat, number: UInt64, from id: NodeID, at now: Duration) -> Bool {
        guard let known = nodes[id] else {
            guard hasRoom() else { return false }
            nodes[id] = Node(id: id, beat: beat, heardAt: now, number: number)
            return true
        }
        // One that is late or repeated says nothing of now.
        guard number > known.number else { return false }
        nodes[id]?.beat = beat
        nodes[id]?.number = number
        nodes[id]?.heardAt = now
        nodes[id]?.isSilent = false
        return true
    }

    /// Remembers a node that fell silent before this one could hear it; what was heard is known better.
    private mutating func take(_ departed: NodeNews.Departed, at now: Duration) -> Bool {
        let ago = Duration.milliseconds(departed.ago)
        guard departed.id != owner, nodes[departed.id] == nil, ago >= ClusterBook.lease,
            ago < ClusterBook.lease + ClusterBook.remembrance, hasRoom()
        else { return false }
        var node = Node(id: departed.id, beat: departed.beat, heardAt: now - ago, number: departed.number)
        node.isSilent = true
        nodes[departed.id] = node
        return true
    }

    /// Makes room for one more node; a silent one goes before its time.
    private mutating func hasRoom() -> Bool {
        if nodes.count < ClusterBook.mostNodes { return true }
        guard let oldest = silent.min(by: { $0.heardAt < $1.heardAt }) else { return false }
        nodes[oldest.id] = nil
        return true
    }

    private mutating func take(_ page: RowPage, from id: NodeID) -> Bool {
        guard var node = nodes[id], !node.isSilent, page.round > node.round else { return false }
        // Out of the table while it changes, so that nothing is copied.
        nodes[id] = nil
        defer { nodes[id] = node }
        var gathering =
            node.gathering.flatMap { $0.round >= page.round ? $0 : nil }
            ?? Gathering(round: page.round, pages: page.pages)
        guard gathering.round == page.round, gathering.pages == page.pages,
            gathering.parts[page.page] == nil,
            gathering.rows + page.rows.count <= 2 * NodeRows.most
        else { return false }
        gathering.parts[page.page] = page
        gathering.rows += page.rows.count
        guard gathering.parts.count == gathering.pages else {
            node.gathering = gathering
            return true
        }
        var rows = NodeRows()
        for part in gathering.parts.sorted(by: { $0.key < $1.key }) {
            rows.day = part.value.rows.day
            rows.institutions.merge(part.value.rows.institutions) { $1 }
            rows.classes += part.value.rows.classes
        }
        let others = nodes.values.reduce(0) { $0 + $1.rows.count }
        node.rows = rows.cut(to: ClusterBook.mostRows - others)
        node.round = page.round
        node.gathering = nil
        return true
    }
}
