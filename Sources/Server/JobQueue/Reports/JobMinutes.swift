import Synchronization

/// What this process has counted since it told the database last.
///
/// Any thread may add. Kinds, outcomes and classes are the program's own, so there are few; beyond ``most`` nothing new is
/// counted until the next flush.
final class JobMinutes: Sendable {
    struct Key: Hashable {
        var kind: String
        var outcome: JobOutcomeKind
        var errorClass: ErrorClass?
    }

    struct Sum: Equatable {
        var count = 0
        var busy: Duration = .zero
    }

    static let most = 1000

    private let sums = Mutex<[Key: Sum]>([:])

    func add(
        _ kind: String, _ outcome: JobOutcomeKind, _ errorClass: ErrorClass?, busy: Duration, times: Int
    ) {
        let key = Key(kind: kind, outcome: outcome, errorClass: errorClass)
        sums.withLock { sums in
            guard sums.count < JobMinutes.most || sums[key] != nil else { return }
            sums[key, default: Sum()].count += times
            sums[key, default: Sum()].busy += busy
        }
    }

    /// Takes everything out.
    func take() -> [Key: Sum] {
        sums.withLock { sums in
            defer { sums = [:] }
            return sums
        }
    }

    /// Puts back what could not be told.
    func putBack(_ taken: [Key: Sum]) {
        sums.withLock { sums in
            for (key, sum) in taken where sums.count < JobMinutes.most || sums[key] != nil {
                sums[key, default: Sum()].count += sum.count
                sums[key, default: Sum()].busy += sum.busy
            }
        }
    }
}
