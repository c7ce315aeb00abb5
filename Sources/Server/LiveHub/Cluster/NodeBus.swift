package import EventLoop
package import JSON

/// What nodes tell each other besides publications: presence, counts, control.
///
/// Messages may be lost, repeated or late, as with ``Broker``: whoever sends them says often enough where it stands, and
/// whoever receives them asks when something is missing. A node does not hear itself. With a single node nothing is
/// ever heard.
package protocol NodeBus: Sendable {
    /// This node's present life.
    var node: NodeID { get }
    /// Whether there can be no other node: nobody is waited for, and nothing need be told.
    var isAlone: Bool { get }

    /// Tells other nodes something; from any thread.
    ///
    /// At the bound of what may wait for Redis the message is dropped and counted.
    func tell(_ message: NodeMessage, to audience: NodeAudience)

    /// Has `handler` called on `loop` for each message of a kind; before any loop serves, once per kind and loop.
    func listen(to kind: NodeMessage.Kind, on loop: EventLoop, _ handler: @escaping NodeListener)
}

/// Hears a message of another node, on the loop that it was registered for.
package typealias NodeListener = (_ message: NodeMessage, _ sender: NodeID) -> Void

/// Who is told.
package enum NodeAudience: Hashable, Sendable {
    /// Every node.
    case everyone
    /// Nodes that carry this channel, and perhaps others: those that share its partition.
    case followers(of: ChannelKey)
}

/// Something that one node tells others.
package struct NodeMessage: Sendable, Hashable {
    /// What it is about; each has one owner, which reads and writes its body.
    package enum Kind: String, Sendable, CaseIterable {
        /// A node lives, and how it is.
        case beat
        /// Carried once a second through every shard, to hear whether it comes back.
        case probe
        /// Who is in a class on the sender.
        case presence
        /// Do something at once: end sessions, expel, look again at credentials.
        case control
        /// There are jobs to do.
        case jobs
    }

    package let kind: Kind
    /// A JSON object; at most ``longestBody`` bytes.
    package let body: RawJSON

    /// A longer body is dropped by the receiver.
    package static let longestBody = 1 << 20

    package init(_ kind: Kind, _ body: RawJSON) {
        self.kind = kind
        self.body = body
    }
}

/// The bus of a single node: nobody is there to be told.
package struct SilentBus: NodeBus {
    package let node = NodeID()
    package let isAlone = true

    package init() {}

    package func tell(_ message: NodeMessage, to audience: NodeAudience) {}

    package func listen(to kind: NodeMessage.Kind, on loop: EventLoop, _ handler: @escaping NodeListener) {}
}
