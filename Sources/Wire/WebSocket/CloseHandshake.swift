/// Decides how a connection ends (RFC 6455 §7): who says what, who waits, and who closes TCP.
///
/// It is told what happened and when, and returns what to do. The server ends its side of TCP first (§7.1.1),
/// but goes on reading for a while: closing with unread input would reset the connection, and the peer could
/// lose the close frame. Every wait ends at ``deadline``.
package struct CloseHandshake: Equatable, Sendable {
    /// What the owner of the connection does now.
    package enum Action: Equatable, Sendable {
        /// Nothing.
        case wait
        /// Queue this close frame as the last one, and go on reading and decoding for the answer.
        case send(CloseCode?, reason: String)
        /// Queue this close frame, end our side of TCP once it is written; read and throw away until the peer
        /// ends.
        case sendAndEnd(CloseCode?, reason: String)
        /// End our side of TCP once all is written; read and throw away until the peer ends.
        case end
        /// Close the socket now.
        case drop
    }

    private enum State: Equatable { case open, closeSent, closeReceived, ending, dropped }

    /// Which side we are.
    private let role: Peer
    /// How long we wait for the peer at each step.
    private let patience: Duration
    private var state = State.open

    /// When ``tick(at:)`` is due; `nil` while nothing is waited for.
    package private(set) var deadline: ContinuousClock.Instant?
    /// How the connection ended, for the log; `nil` while it is open.
    ///
    /// The peer's code or ours, whichever came first; 1005 for a close frame without one, 1006 for no close
    /// frame or no answer to ours.
    package private(set) var outcome: CloseCode?

    /// Begins with an open connection; `patience` bounds each wait for the peer.
    package init(role: Peer = .server, patience: Duration = .seconds(5)) {
        self.role = role
        self.patience = patience
    }

    /// Whether messages are still to be delivered and may still be sent; control frames follow the same rule.
    package var isOpen: Bool { state == .open }

    /// We want to end, with a code that we may send; ignored once an end has begun.
    package mutating func close(
        _ code: CloseCode?, reason: String = "", at now: ContinuousClock.Instant
    ) -> Action {
        guard state == .open else { return .wait }
        outcome = code ?? .noStatus
        move(to: .closeSent, at: now)
        return .send(code, reason: reason)
    }

    /// The peer's close frame came; its code is echoed, or its answer to ours ends the handshake.
    package mutating func received(_ code: CloseCode?, at now: ContinuousClock.Instant) -> Action {
        switch state {
        case .open:
            outcome = code ?? .noStatus
            return answer(.sendAndEnd(code, reason: ""), orOnly: .send(code, reason: ""), at: now)
        case .closeSent:
            return answer(.end, orOnly: .wait, at: now)
        case .closeReceived, .ending, .dropped:
            return .wait
        }
    }

    /// The peer broke the protocol: it is told why, and TCP ends without waiting for its answer (§7.1.7).
    package mutating func failed(_ error: FrameError, at now: ContinuousClock.Instant) -> Action {
        switch state {
        case .open:
            outcome = error.closeCode
            move(to: .ending, at: now)
            return .sendAndEnd(error.closeCode, reason: error.reason)
        case .closeSent:
            move(to: .ending, at: now)
            return .end
        case .closeReceived, .ending, .dropped:
            return .wait
        }
    }

    /// The peer ended its side of TCP, or the connection broke.
    package mutating func peerEnded() -> Action {
        guard state != .dropped else { return .wait }
        if outcome == nil || state == .closeSent { outcome = .abnormal }
        state = .dropped
        deadline = nil
        return .drop
    }

    /// Time has passed; drops the connection when the peer let the deadline go by.
    package mutating func tick(at now: ContinuousClock.Instant) -> Action {
        guard let deadline, now >= deadline else { return .wait }
        return peerEnded()
    }

    /// Both close frames are there: a server ends TCP, a client leaves that to the server.
    private mutating func answer(
        _ ending: Action, orOnly waiting: Action, at now: ContinuousClock.Instant
    ) -> Action {
        move(to: role == .server ? .ending : .closeReceived, at: now)
        return role == .server ? ending : waiting
    }

    private mutating func move(to next: State, at now: ContinuousClock.Instant) {
        state = next
        deadline = now + patience
    }
}
