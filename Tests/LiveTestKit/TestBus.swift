package import EventLoop
package import LiveHub
import Synchronization

/// The buses of several nodes in one process; carries at once, unless it is told to lose.
package final class TestBus: Sendable {
    private struct Ear: Sendable {
        let node: NodeID
        let kind: NodeMessage.Kind
        let loop: EventLoop
        let listener: LoopBound<NodeListener>
    }

    private struct State {
        var ears: [Ear] = []
        var carried: [(message: NodeMessage, sender: NodeID)] = []
        var cut: Set<NodeID> = []
        var losses = 0
    }

    private let state = Mutex(State())

    package init() {}

    /// The bus of one more node.
    package func endpoint() -> Endpoint { Endpoint(bus: self, node: NodeID()) }

    /// What one node has of the bus.
    package struct Endpoint: NodeBus {
        fileprivate let bus: TestBus
        package let node: NodeID
        package let isAlone = false

        package func tell(_ message: NodeMessage, to audience: NodeAudience) {
            bus.carry(message, from: node)
        }

        package func listen(
            to kind: NodeMessage.Kind, on loop: EventLoop, _ handler: @escaping NodeListener
        ) {
            let ear = Ear(node: node, kind: kind, loop: loop, listener: LoopBound(handler, loop: loop))
            bus.state.withLock { $0.ears.append(ear) }
        }
    }

    private func carry(_ message: NodeMessage, from sender: NodeID) {
        let ears = state.withLock { state -> [Ear] in
            if state.losses > 0 {
                state.losses -= 1
                return []
            }
            guard !state.cut.contains(sender) else { return [] }
            state.carried.append((message, sender))
            return state.ears.filter {
                $0.kind == message.kind && $0.node != sender && !state.cut.contains($0.node)
            }
        }
        for ear in ears { ear.loop.execute { ear.listener.value(message, sender) } }
    }

    /// Everything that was carried.
    package var carried: [(message: NodeMessage, sender: NodeID)] { state.withLock { $0.carried } }

    /// Loses the next messages, whoever sends them.
    package func lose(_ count: Int) { state.withLock { $0.losses = count } }

    /// A node is heard no more and hears nothing, as if it were dead.
    package func cut(_ node: NodeID) { state.withLock { _ = $0.cut.insert(node) } }

    /// A node that was cut off is heard and hears again.
    package func join(_ node: NodeID) { state.withLock { _ = $0.cut.remove(node) } }
}
