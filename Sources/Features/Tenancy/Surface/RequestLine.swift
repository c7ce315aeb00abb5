import EventLoop
import WebServer

/// The requests of one loop that wait for their user's turn, as ``RequestTurns`` decides.
///
/// Confined to the loop. A request waits for ``patience`` at most and is refused then, as it is where the line is full.
final class RequestLine {
    /// How long a request waits: twice what a statement may take, as it is configured usually.
    static let patience = Duration.seconds(30)
    /// Requests of one user in line: more than the budget of one token lets come.
    static let room = 64

    private let loop: EventLoop
    private let patience: Duration
    private var turns: RequestTurns
    private var waiting: [UInt64: CheckedContinuation<Bool, Never>] = [:]
    /// What was decided of tickets whose task had not come to wait yet.
    private var decided: [UInt64: Bool] = [:]
    private var lastTicket: UInt64 = 0

    /// Makes the line of a loop.
    init(loop: EventLoop, atOnce: Int, room: Int = room, patience: Duration = patience) {
        self.loop = loop
        self.patience = patience
        turns = RequestTurns(atOnce: atOnce, room: room)
    }

    /// Requests in line now.
    var count: Int { waiting.count }

    /// Comes back when it is the user's turn; ``leave(_:)`` ends it.
    ///
    /// - Returns: `false` when it will not be, and there is nothing to end.
    func enter(_ user: RequestTurns.User) async -> Bool {
        lastTicket += 1
        let ticket = lastTicket
        switch turns.ask(user, ticket: ticket) {
        case .go: return true
        case .refuse: return false
        case .wait:
            let timer = loop.schedule(after: patience) { [weak self] in self?.giveUp(user, ticket) }
            defer { timer.cancel() }
            return await withCheckedContinuation { continuation in
                if let isTurn = decided.removeValue(forKey: ticket) {
                    continuation.resume(returning: isTurn)
                } else {
                    waiting[ticket] = continuation
                }
            }
        }
    }

    /// A request of the user's has ended.
    func leave(_ user: RequestTurns.User) {
        if let next = turns.end(user) { decide(next, true) }
    }

    private func giveUp(_ user: RequestTurns.User, _ ticket: UInt64) {
        if turns.giveUp(user, ticket: ticket) { decide(ticket, false) }
    }

    private func decide(_ ticket: UInt64, _ isTurn: Bool) {
        if let continuation = waiting.removeValue(forKey: ticket) {
            continuation.resume(returning: isTurn)
        } else {
            decided[ticket] = isTurn
        }
    }
}
