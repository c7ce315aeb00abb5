import EventLoop
package import LiveProtocol
package import Postgres
import Synchronization
import Telemetry

/// What a node does together with the others, and without them.
extension LiveHub {
    // MARK: Standing aside

    /// Has `tell` called whenever this node's standing changes, one after the other; it does not call back.
    package func onStanding(_ tell: @escaping @Sendable (NodeStanding) -> Void) {
        ownStanding.withLock { $0.tell = tell }
    }

    /// How this node stands among the others; from any thread.
    package var standing: NodeStanding { ownStanding.withLock { $0.now } }

    /// Whether new sessions are sent elsewhere.
    var turnsAway: Bool { isDraining || standing.isAside }

    /// Sends a node's sessions elsewhere for an operator, or has it take some again; from any thread.
    ///
    /// The node itself obeys when it hears it; nothing happens when there is no such node. It is forgotten when the node is
    /// started again.
    package func setAside(_ node: NodeID, _ isAside: Bool) {
        let order = ControlOrder.aside(node, isAside)
        carryOut(order)
        bus.tell(order.message, to: .everyone)
    }

    /// Notes whether what this node sends comes back to it: without that, events may come late.
    func setHearing(_ hears: Bool) {
        change { $0.hears = hears }
        setDegraded("bus", !hears)
    }

    /// Begins or ends to stand aside for a reason; from any thread.
    ///
    /// Readiness goes first. When balancers have had the time to see that, the sessions are closed, spread as in
    /// ``drain(over:)``; who takes sessions again meanwhile keeps those that are left.
    func stand(aside isAside: Bool, for reason: NodeStanding.Reason) {
        let turn = change { if isAside { $0.reasons.insert(reason) } else { $0.reasons.remove(reason) } }
        guard let turn else { return }
        onEveryLoop { [self] loop in
            loop.loop.schedule(after: settings.asideNotice) { [self] in
                guard ownStanding.withLock({ $0.turns == turn }) else { return }
                loop.close(loop.sessions, over: closingWindow) { [self] in
                    ownStanding.withLock { $0.turns == turn }
                }
            }
        }
    }

    /// Changes the standing; the number of this turn when it has made the node stand aside.
    @discardableResult
    private func change(_ body: (inout NodeStanding) -> Void) -> Int? {
        ownStanding.withLock { state in
            let before = state.now
            body(&state.now)
            guard state.now != before else { return nil }
            if state.now.isAside != before.isAside { state.turns += 1 }
            state.tell?(state.now)
            return state.now.isAside && !before.isAside ? state.turns : nil
        }
    }

    /// Few sessions are closed at once, many over the time that is set: those who come back come back spread out.
    package var closingWindow: Duration {
        min(settings.closingWindow, .milliseconds(2 * counters.sum.connections))
    }

    // MARK: Orders

    /// Ends every session of a user, or those of the whole institution when `user` is `nil`, on all nodes; from any
    /// thread.
    ///
    /// A node that cannot be told ends them when it next looks whether their credentials are current.
    package func disconnect(institution: TenantID, user: Int64?, _ code: DisconnectCode) {
        let order = ControlOrder.disconnect(institution: institution, user: user, code)
        carryOut(order)
        bus.tell(order.message, to: .everyone)
    }

    /// Has every node look at once whether a user's credentials are current, and end the sessions of those that are not;
    /// from any thread.
    package func recheck(institution: TenantID, user: Int64) {
        let order = ControlOrder.recheck(institution: institution, user: user)
        carryOut(order)
        bus.tell(order.message, to: .everyone)
    }

    /// Has `tell` called when another node says so; set before any loop serves.
    package func onChange(_ tell: @escaping @Sendable (TenantID) -> Void) {
        changeListener.withLock { $0 = tell }
    }

    func obey(_ message: NodeMessage) {
        guard let order = ControlOrder(message) else { return malformedNodeMessages.add() }
        carryOut(order)
    }

    private func carryOut(_ order: ControlOrder) {
        switch order {
        case .disconnect(let institution, let user, let code):
            onEveryLoop { loop in
                for session in loop.sessions {
                    guard let caller = session.caller, caller.institution == institution else { continue }
                    if user == nil || caller.user == user { session.disconnect(code) }
                }
            }
        case .recheck(let institution, let user):
            onEveryLoop { $0.recheck(institution: institution, user: user) }
        case .changed(let institution): changeListener.withLock { $0 }?(institution)
        case .aside(let node, let isAside):
            if node == bus.node { stand(aside: isAside, for: .operator) }
        case .app(let order): obeyHere(order)
        }
    }
}

extension NodeBus {
    /// Tells the other nodes that something of an institution's catalogue has changed; from any thread, also of a node
    /// without a live layer.
    package func tellChange(of institution: TenantID) {
        tell(ControlOrder.changed(institution: institution).message, to: .everyone)
    }
}
