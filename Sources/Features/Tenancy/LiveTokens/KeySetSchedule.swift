/// Decides when an issuer's key set is fetched, and for how long what was fetched counts.
///
/// No clock, no connection: whoever asks hands the time in and tells how a fetch went. One fetch at a time, and at most
/// one in 30 seconds, whatever makes them wanted.
struct KeySetSchedule: Sendable {
    /// What somebody does who wants the set fetched.
    enum Answer: Equatable, Sendable {
        /// Fetches it, and tells the outcome.
        case fetch
        /// Waits for the fetch that is under way.
        case join
        /// Comes again later: the last one began less than 30 seconds ago.
        case later
    }

    /// The shortest time from the beginning of one fetch to the next.
    static let pause: Duration = .seconds(30)
    /// The bounds of how long a set is fresh, whatever its server says: long enough not to be a burden, short enough for a
    /// key that was withdrawn to be gone within a day.
    static let shortest: Duration = .seconds(300)
    static let longest: Duration = .seconds(86_400)
    /// How long a set is fresh of which its server says nothing.
    static let usual: Duration = .seconds(3600)
    /// How long a set counts beyond its freshness while no newer one can be had: over a night's outage classes go on, and
    /// an attacker who keeps us from the issuer keeps a withdrawn key alive no longer.
    static let grace: Duration = .seconds(86_400)
    /// The longest wait between two attempts while the issuer cannot be reached.
    static let longestRetry: Duration = .seconds(300)
    /// The shortest time between two complaints about failures.
    static let complaintPause: Duration = .seconds(60)

    private(set) var isUnderWay = false
    /// Attempts that have failed since the last success.
    private(set) var failures = 0
    private var begun: ContinuousClock.Instant?
    private var freshUntil: ContinuousClock.Instant?
    private var complained: ContinuousClock.Instant?

    /// Somebody wants the set: at start, when it is due, or for a key that it does not hold.
    mutating func want(at now: ContinuousClock.Instant) -> Answer {
        if isUnderWay { return .join }
        if let begun, now - begun < KeySetSchedule.pause { return .later }
        begun = now
        isUnderWay = true
        return .fetch
    }

    /// The fetch has brought a set; `maxAge` in seconds is what its server says.
    mutating func succeeded(maxAge: Int?, mustAskAgain: Bool, at now: ContinuousClock.Instant) {
        isUnderWay = false
        failures = 0
        complained = nil
        let said = mustAskAgain ? .zero : maxAge.map { Duration.seconds(min($0, 86_400)) }
        let fresh = min(max(said ?? KeySetSchedule.usual, KeySetSchedule.shortest), KeySetSchedule.longest)
        freshUntil = now + fresh
    }

    /// The fetch has brought nothing; `true` when that is worth a line in the log.
    mutating func failed(at now: ContinuousClock.Instant) -> Bool {
        isUnderWay = false
        failures += 1
        if let complained, now - complained < KeySetSchedule.complaintPause { return false }
        complained = now
        return true
    }

    /// Whether the set that was fetched last counts.
    func isInForce(at now: ContinuousClock.Instant) -> Bool {
        freshUntil.map { now < $0 + KeySetSchedule.grace } ?? false
    }

    /// How long until the set is fetched by itself: when it is no longer fresh, or after failures in growing steps.
    func untilNext(at now: ContinuousClock.Instant) -> Duration {
        let next: ContinuousClock.Instant
        if failures > 0, let begun {
            let steps = KeySetSchedule.pause * (1 << min(failures - 1, 8))
            next = begun + min(steps, KeySetSchedule.longestRetry)
        } else if let freshUntil {
            next = freshUntil
        } else {
            return .zero
        }
        return max(.zero, next - now)
    }
}
