/// Decides who may try a pairing code now: a bound per user, and one per institution, whose codes all guesses are about.
///
/// Every attempt is charged before its code is looked at, and is given back when the code was right.
struct PairingThrottle: Sendable {
    /// A user of an institution.
    struct User: Hashable, Sendable {
        let institution: Int64
        let user: Int64
    }

    private var users: ThrottleTable<User>
    private var institutions: ThrottleTable<Int64>

    /// Five wrong codes, then one in ten minutes, for a user; two hundred, then one in half a minute, for an institution.
    init(entries: Int = 20_000) {
        users = ThrottleTable(.init(burst: 5, interval: .seconds(600)), entries: entries)
        institutions = ThrottleTable(.init(burst: 200, interval: .seconds(30)), entries: entries)
    }

    /// Charges one attempt; `nil` when it may go on, otherwise how long to wait, and then nothing was charged.
    mutating func admit(_ user: User, at now: ContinuousClock.Instant) -> Duration? {
        if let wait = institutions.wait(user.institution, at: now) { return wait }
        if let wait = users.take(user, at: now) { return wait }
        return institutions.take(user.institution, at: now)
    }

    /// Gives an attempt back, because its code was right.
    mutating func forgive(_ user: User, at now: ContinuousClock.Instant) {
        users.giveBack(user, at: now)
        institutions.giveBack(user.institution, at: now)
    }
}
