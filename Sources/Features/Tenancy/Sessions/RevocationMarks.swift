import Postgres
import Synchronization

/// Remembers in which order credentials were withdrawn on this node, so that what was known of them before counts no more.
///
/// One per process; any loop may use it. It holds one number for each of ``slots`` groups of users: a user whose neighbour
/// in a group was touched is asked about once more than needed.
package final class RevocationMarks: Sendable {
    private static let slots = 4096

    private struct State {
        var clock: UInt64 = 0
        var marks = [UInt64](repeating: 0, count: RevocationMarks.slots)
    }

    private let state = Mutex(State())

    /// Marks nobody yet.
    package init() {}

    /// Now, in withdrawals.
    package var now: UInt64 { state.withLock { $0.clock } }

    /// Notes that something of a user was withdrawn.
    package func note(_ user: Int64, in institution: InstitutionID) {
        state.withLock { state in
            state.clock += 1
            state.marks[Self.slot(user, institution)] = state.clock
        }
    }

    /// Whether nothing of a user was withdrawn since an instant that ``now`` gave.
    package func isUntouched(_ user: Int64, in institution: InstitutionID, since instant: UInt64) -> Bool {
        state.withLock { $0.marks[Self.slot(user, institution)] <= instant }
    }

    private static func slot(_ user: Int64, _ institution: InstitutionID) -> Int {
        var hasher = Hasher()
        hasher.combine(user)
        hasher.combine(institution)
        return Int(UInt(bitPattern: hasher.finalize()) % UInt(slots))
    }
}
