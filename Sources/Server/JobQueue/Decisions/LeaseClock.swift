/// When an attempt's lease is extended, when it must be taken for lost, and when the attempt has taken too long.
///
/// Two separate limits: the lease is short and tells the others that the worker lives; the time limit is long and tells
/// the worker that the work gets nowhere. Pure; time is handed in, as read *before* the statement was sent, so that the
/// database's own clock always ends the lease later than this one.
struct LeaseClock: Equatable {
    enum Standing: Equatable {
        /// The lease holds.
        case held
        /// The lease may have run out: another worker may have the job.
        case doubtful
        /// The attempt has taken longer than it may.
        case overdue
    }

    private let startedAt: ContinuousClock.Instant
    private var extendedAt: ContinuousClock.Instant
    private let lease: Duration
    private let timeLimit: Duration

    init(claimedAt: ContinuousClock.Instant, lease: Duration, timeLimit: Duration) {
        startedAt = claimedAt
        extendedAt = claimedAt
        self.lease = lease
        self.timeLimit = timeLimit
    }

    /// A heartbeat that was sent at `moment` was answered.
    mutating func extended(at moment: ContinuousClock.Instant) { extendedAt = max(extendedAt, moment) }

    func standing(at now: ContinuousClock.Instant) -> Standing {
        if now - startedAt >= timeLimit { return .overdue }
        return now - extendedAt >= lease ? .doubtful : .held
    }

    /// How long since the attempt began.
    func age(at now: ContinuousClock.Instant) -> Duration { now - startedAt }
}
