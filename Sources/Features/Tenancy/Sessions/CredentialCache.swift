package import WebServer

/// Remembers for a moment whom a secret speaks for, so that a page's dozen requests ask the database once.
///
/// One per loop and confined to it. An entry is believed for ``lifetime``, which is the longest that a revocation on
/// another node takes to be felt; one on this node counts at once, on all loops (``RevocationMarks``). What is unknown is
/// never remembered. At its bound it forgets what was not used for longest.
package final class CredentialCache {
    /// Shorter than the two seconds within which a revocation must be felt.
    package static let lifetime: Duration = .milliseconds(1500)

    /// An entry is asked for anew this long before it ends, once and beside the requests: they are not to wait for it.
    static let renewal: Duration = .milliseconds(500)

    struct Entry {
        var principal: Principal
        var until: ContinuousClock.Instant
        var mark: UInt64
        /// Whether somebody asks anew already.
        var isBeingRenewed = false
    }

    private let marks: RevocationMarks

    var entries: BoundedCache<[UInt8], Entry>

    /// Makes an empty cache of at most so many entries.
    package init(marks: RevocationMarks = RevocationMarks(), bound: Int = 10_000) {
        self.marks = marks
        entries = BoundedCache(bound: bound)
    }

    /// The instant before a question, for ``note(_:_:at:mark:)``.
    package var mark: UInt64 { marks.now }

    /// What is known for certain at `now` of the secret with this hash, in an institution: with the instant until which it is
    /// believed, for another one says that it was looked up anew.
    func entry(_ hash: [UInt8], in institution: InstitutionID, at now: ContinuousClock.Instant) -> Entry? {
        guard let entry = entries[hash], entry.principal.institution == institution, now < entry.until,
            marks.isUntouched(entry.principal.user, in: institution, since: entry.mark)
        else { return nil }
        return entry
    }

    /// Whether somebody should ask anew although the entry still holds.
    func isDue(_ hash: [UInt8], at now: ContinuousClock.Instant) -> Bool {
        guard let entry = entries[hash], !entry.isBeingRenewed else { return false }
        return now + CredentialCache.renewal >= entry.until
    }

    /// The same, and it is the caller who does: once for each entry.
    ///
    /// Where that fails the entry ends in its time.
    func takeRenewal(_ hash: [UInt8], at now: ContinuousClock.Instant) -> Bool {
        guard isDue(hash, at: now) else { return false }
        entries[hash]?.isBeingRenewed = true
        return true
    }

    /// Whom the secret with this hash speaks for in an institution, when that is known for certain at `now`.
    package func principal(
        _ hash: [UInt8], in institution: InstitutionID, at now: ContinuousClock.Instant
    ) -> Principal? {
        guard let held = entries[hash], held.principal.institution == institution else { return nil }
        guard let entry = entry(hash, in: institution, at: now) else {
            entries[hash] = nil
            return nil
        }
        return entry.principal
    }

    /// Notes what the database said at `now`, or after it was asked at that time and at that mark.
    package func note(
        _ principal: Principal, _ hash: [UInt8], at now: ContinuousClock.Instant, mark: UInt64
    ) {
        entries[hash] = Entry(principal: principal, until: now + CredentialCache.lifetime, mark: mark)
    }

    /// Forgets a secret, because it was just revoked here.
    package func forget(_ hash: [UInt8]) { entries[hash] = nil }
}
