/// The frames that one round of a loop hands to its streams, as a tree: each node is what a stream is owed whose frames are
/// those on the way from the root.
///
/// Members of one cohort are owed the same frames in the same order, so they share a node, and what leaves is made once: a
/// frame for ten thousand members costs each of them the change of one number. Frames are the same when they are the same
/// array; content is never compared.
///
/// Confined to its loop; it ends with the round's flush.
struct RoundFrames {
    /// A stream's place in the tree.
    struct Place {
        fileprivate var node: Int32 = 0

        /// Nothing is owed.
        var isEmpty: Bool { node == 0 }
    }

    private struct Node {
        let parent: Int32
        /// Frames on the way from the root, and their bytes.
        let depth: Int32
        let size: Int
        let frame: [UInt8]
        /// Where the frame is, for it stays there as long as it is held here.
        let address: UnsafeRawPointer?
        /// The child that was made last: almost always the one that is looked for.
        var child: Int32 = 0
        /// What leaves, once it was made.
        var joined: [UInt8] = []
    }

    /// Nodes of one round at most; what is beyond is kept by the streams themselves.
    static let bound = 1 << 16

    private var nodes = [RoundFrames.root]
    /// Set while what is here is given out: what comes then is kept by the streams for the next round.
    var isLeaving = false

    private static var root: Node { Node(parent: 0, depth: 0, size: 0, frame: [], address: nil) }

    /// Moves a stream's place on by one frame; `false`, with nothing changed, when there is no room, or not in this round.
    mutating func add(_ frame: [UInt8], to place: inout Place) -> Bool {
        guard !isLeaving else { return false }
        let address = frame.withUnsafeBytes { $0.baseAddress }
        let at = Int(place.node)
        let child = nodes[at].child
        if child != 0, nodes[Int(child)].address == address, nodes[Int(child)].frame.count == frame.count {
            place.node = child
            return true
        }
        guard nodes.count < RoundFrames.bound else { return false }
        let node = Int32(nodes.count)
        nodes.append(
            Node(
                parent: place.node, depth: nodes[at].depth + 1, size: nodes[at].size + frame.count,
                frame: frame, address: address))
        nodes[at].child = node
        place.node = node
        return true
    }

    /// The frames on the way to a place, which is empty then.
    func take(_ place: inout Place) -> [[UInt8]] {
        defer { place = Place() }
        return frames(to: Int(place.node))
    }

    private func frames(to node: Int) -> [[UInt8]] {
        var found: [[UInt8]] = []
        found.reserveCapacity(Int(nodes[node].depth))
        var node = node
        while node != 0 {
            found.append(nodes[node].frame)
            node = Int(nodes[node].parent)
        }
        found.reverse()
        return found
    }

    /// The bytes on the way to a place, which is empty then; streams of one place get one array.
    mutating func joined(_ place: inout Place) -> [UInt8] {
        let node = Int(place.node)
        place = Place()
        guard nodes[node].depth > 1 else { return nodes[node].frame }
        if nodes[node].joined.isEmpty {
            var bytes: [UInt8] = []
            bytes.reserveCapacity(nodes[node].size)
            for frame in frames(to: node) { bytes.append(contentsOf: frame) }
            nodes[node].joined = bytes
        }
        return nodes[node].joined
    }

    /// The round is over: nothing is owed to anybody.
    mutating func end() {
        isLeaving = false
        guard nodes.count > 1 else { return }
        nodes.removeAll(keepingCapacity: nodes.count <= 4096)
        nodes.append(RoundFrames.root)
    }
}
