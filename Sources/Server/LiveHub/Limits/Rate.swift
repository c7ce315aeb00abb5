/// How often something may happen: so many a second in the long run, so many at once.
///
/// The generic cell rate algorithm (ITU-T I.371): all that is remembered is the moment at which everything taken so far is
/// paid for, one number that begins as 0. A decision: the time is handed in, in nanoseconds of the monotonic clock.
///
/// A fifth of what may happen at once is kept for who has priority; a crowd that takes all it can leaves that much.
package struct Rate: Hashable, Sendable {
    /// In the long run.
    package let perSecond: Int
    /// At once, when nothing has happened for a while.
    package let burst: Int

    /// Sets a rate; each is at least 1.
    package init(_ perSecond: Int, burst: Int) {
        self.perSecond = max(1, perSecond)
        self.burst = max(1, burst)
    }

    /// What becomes of a wish.
    package enum Verdict: Hashable, Sendable {
        /// It may happen; until when it is paid for now.
        case taken(paidUntil: Int64)
        /// Not now; after so many nanoseconds, unless others come before.
        case refused(wait: Int64)
    }

    /// The part that is kept for who has priority: none of a burst below 5.
    package var reserve: Int { burst / 5 }

    /// Judges a wish that costs so much.
    ///
    /// What costs more than the burst is charged as the burst, so that it may happen when nothing else has.
    package func take(
        _ cost: Int = 1, paidUntil: Int64, now: Int64, keepsReserve: Bool = false
    ) -> Verdict {
        let most = keepsReserve ? burst - reserve : burst
        let room = nanoseconds(most)
        // No more than the whole burst can be owed: beyond, the clock was set back, and nothing is.
        let base = paidUntil > now + nanoseconds(burst) ? now : max(paidUntil, now)
        let end = base + nanoseconds(min(cost, most))
        let excess = end - now - room
        return excess <= 0 ? .taken(paidUntil: end) : .refused(wait: excess)
    }

    /// Takes when that may be.
    ///
    /// - Returns: `nil` when it was taken, else after how many nanoseconds it may be.
    package func take(
        _ cost: Int = 1, from paidUntil: inout Int64, now: Int64, keepsReserve: Bool = false
    ) -> Int64? {
        switch take(cost, paidUntil: paidUntil, now: now, keepsReserve: keepsReserve) {
        case .taken(let end):
            paidUntil = end
            return nil
        case .refused(let wait): return wait
        }
    }

    /// How long so many take in the long run; no overflow below 9·10⁹ of them.
    private func nanoseconds(_ count: Int) -> Int64 {
        Int64(min(count, 9_000_000_000)) * 1_000_000_000 / Int64(perSecond)
    }
}
