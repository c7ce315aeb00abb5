/// Which master serves which slot, as far as is known.
///
/// Pure. Read as a whole from `CLUSTER SLOTS`, mended slot by slot from `MOVED`.
package struct ClusterTopology: Sendable, Equatable {
    /// Masters that serve at least one slot.
    package var masters: Set<RedisEndpoint> {
        Set(owners.indices.filter { counts[$0] > 0 }.map { owners[$0] })
    }

    /// Masters by number; one that lost its last slot keeps its number.
    private var owners: [RedisEndpoint] = []
    private var counts: [Int] = []
    /// The master's number of each slot, -1 where nobody is known.
    private var bySlot = [Int32](repeating: -1, count: KeySlot.count)

    package init() {}

    /// Reads the reply to `CLUSTER SLOTS`; `nil` when it is none, or names no slot.
    ///
    /// - Parameters:
    ///   - reply: An array of ranges: first slot, last slot, master, replicas.
    ///   - source: The node that replied, whose host stands where none is named.
    package init?(slots reply: RedisValue, from source: RedisEndpoint) {
        guard let ranges = reply.elements, !ranges.isEmpty else { return nil }
        for range in ranges {
            guard let parts = range.elements, parts.count >= 3, let first = parts[0].integer,
                let last = parts[1].integer, first >= 0, first <= last, last < Int64(KeySlot.count),
                let node = parts[2].elements, node.count >= 2, let port = node[1].integer,
                let port = UInt16(exactly: port)
            else { return nil }
            // A host that the node does not know itself is null, or empty, or a question mark.
            let host = node[0].text.flatMap { $0 == "?" ? nil : $0 } ?? ""
            let owner = RedisEndpoint(host: host, port: port).orHost(of: source)
            let number = number(of: owner)
            for slot in Int(first)...Int(last) { assign(slot, to: number) }
        }
    }

    /// The master of a slot; `nil` when nobody is known to serve it.
    package func master(of slot: Int) -> RedisEndpoint? {
        bySlot[slot] < 0 ? nil : owners[Int(bySlot[slot])]
    }

    /// Notes that a slot is served by another master, as `MOVED` says.
    package mutating func apply(moved slot: Int, to owner: RedisEndpoint) {
        assign(slot, to: number(of: owner))
    }

    /// Whether every slot is served.
    package var isComplete: Bool { !bySlot.contains(-1) }

    private mutating func number(of owner: RedisEndpoint) -> Int {
        if let known = owners.firstIndex(of: owner) { return known }
        owners.append(owner)
        counts.append(0)
        return owners.count - 1
    }

    private mutating func assign(_ slot: Int, to number: Int) {
        let before = Int(bySlot[slot])
        if before >= 0 { counts[before] -= 1 }
        counts[number] += 1
        bySlot[slot] = Int32(number)
    }

    package static func == (left: ClusterTopology, right: ClusterTopology) -> Bool {
        if left.owners == right.owners { return left.bySlot == right.bySlot }
        return (0..<KeySlot.count).allSatisfy { left.master(of: $0) == right.master(of: $0) }
    }
}
