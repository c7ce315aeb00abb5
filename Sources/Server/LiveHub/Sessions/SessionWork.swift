import EventLoop
import LiveProtocol
import WebServer

/// What a session has while something is under way; who idles has none of it.
///
/// Confined to the session's loop.
final class SessionWork {
    /// What came behind `connect` before that was answered.
    enum Waiting {
        case command(Command)
        /// A command that is wrong, and what its client is told when its turn comes.
        case refused(UInt32, ProtocolError)
    }

    /// Who is signed in, until the session is connected.
    var signedIn: Principal?
    /// Channels that are being subscribed to.
    var pending: [ChannelKey] = []
    var waitingCommands: [Waiting] = []
    /// What makes long replies, the one whose turn it is first.
    var turns: [(@escaping () -> Void) -> Void] = []
    var hasTurnBegun = false
    /// The end of the time to connect, or of a credential that ends soon.
    var deadline: LoopTimer?
    var debts = Debts()
    /// Whether the loop looks from time to time whether it is over.
    var isWatched = false

    /// What becomes of it.
    enum Rest { case goesOn, waitsForDeadline, isOver }

    /// Whether it goes on, only waits for what will come by itself, or is over: a session without it would then go on as with it.
    ///
    /// `now` in nanoseconds of the monotonic clock.
    func rest(at now: Int64) -> Rest {
        guard signedIn == nil, pending.isEmpty, waitingCommands.isEmpty, turns.isEmpty,
            debts.arePaid(at: now)
        else { return .goesOn }
        return deadline == nil ? .isOver : .waitsForDeadline
    }
}
