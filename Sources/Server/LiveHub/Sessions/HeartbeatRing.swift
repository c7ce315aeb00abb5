/// Sessions spread over the seconds of one ping period, so that pings never come in a herd.
///
/// Confined to a loop.
struct HeartbeatRing {
    private var buckets: [[LiveSession]]
    private var second = 0
    private let patience: Int
    private let isOff: Bool

    /// - Parameters:
    ///   - period: Seconds between two pings of a session; 0 for no pings.
    ///   - patience: Seconds that an answer may take.
    init(period: Int, patience: Int) {
        isOff = period <= 0
        buckets = Array(repeating: [], count: max(1, period))
        self.patience = min(patience, max(1, period) - 1)
    }

    var sessions: [LiveSession] { buckets.flatMap { $0.filter(\.isOpen) } }

    /// The session is pinged for the first time a whole period from now.
    mutating func add(_ session: LiveSession) {
        buckets[(second + buckets.count - 1) % buckets.count].append(session)
    }

    /// One second has passed: who is to be pinged, and who has not answered in time.
    mutating func tick() -> (ping: [LiveSession], silent: [LiveSession]) {
        let due = second
        second = (second + 1) % buckets.count
        buckets[due].removeAll { !$0.isOpen }
        guard !isOff else { return ([], []) }
        let waited = (due + buckets.count - patience) % buckets.count
        return (buckets[due], buckets[waited].filter { $0.isOpen && $0.isAwaitingPong })
    }
}
