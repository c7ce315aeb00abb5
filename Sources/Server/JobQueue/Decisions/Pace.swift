/// Lets something happen at once, and then at most once in a while: what comes in between happens together at the end of it.
///
/// Pure; time is handed in.
struct Pace: Equatable {
    enum Action: Equatable {
        /// Do it now.
        case now
        /// Ask again after this time, with ``Pace/due(at:)``.
        case later(Duration)
        /// It is waited for already.
        case nothing
    }

    private let gap: Duration
    private var last: ContinuousClock.Instant?
    private var isWaiting = false

    init(atMostEvery gap: Duration) { self.gap = gap }

    /// Somebody wants it.
    mutating func want(at now: ContinuousClock.Instant) -> Action {
        if isWaiting { return .nothing }
        if let last, now - last < gap {
            isWaiting = true
            return .later(gap - (now - last))
        }
        last = now
        return .now
    }

    /// The wait is over: what was wanted meanwhile happens now.
    mutating func due(at now: ContinuousClock.Instant) {
        isWaiting = false
        last = now
    }
}
