/// How a node stands among the others, as it says itself.
package struct NodeStanding: Sendable, Hashable {
    /// Why a node sends its sessions elsewhere and takes no new ones.
    package enum Reason: String, Sendable, CaseIterable {
        /// It does not hear what other nodes hear.
        case deaf
        /// An operator has asked for it.
        case `operator`
    }

    /// Whether what it sends through every part of Redis comes back to it; a node without Redis hears nothing and needs
    /// nothing to be heard.
    package var hears: Bool
    /// Why it stands aside; empty when it takes sessions.
    package var reasons: Set<Reason>

    /// Why it is not ready, in words for operators; `nil` when it takes sessions.
    package var notReady: String? {
        if reasons.contains(.deaf) { return "it does not hear the other nodes: sessions are sent elsewhere" }
        return isAside ? "an operator has taken it out of rotation" : nil
    }

    /// Whether it sends its sessions elsewhere.
    package var isAside: Bool { !reasons.isEmpty }

    package init(hears: Bool = true, reasons: Set<Reason> = []) {
        self.hears = hears
        self.reasons = reasons
    }
}
