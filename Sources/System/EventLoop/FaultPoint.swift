import Glibc
import Synchronization

/// Places where a test may end the process, to prove that nothing acknowledged is lost between two lines.
///
/// Armed only by `cohort demo --test-endpoints`; otherwise a pass costs one relaxed load.
package enum FaultPoint: String, CaseIterable, Sendable {
    /// After commands were read, before their commit.
    case beforeCommit = "before_commit"
    /// After the commit, before anything is published.
    case afterCommit = "after_commit"
    /// After publishing, before the replies.
    case afterPublish = "after_publish"
    /// After the commit of a request that bears an `Idempotency-Key`, before its answer.
    case afterRequestCommit = "after_request_commit"

    private static let armed = Atomic<Int>(-1)
    private static let remaining = Atomic<Int>(0)

    /// Kills the process with SIGKILL at the `passes`-th pass of this point.
    package func arm(passes: Int) {
        FaultPoint.remaining.store(max(1, passes), ordering: .relaxed)
        FaultPoint.armed.store(
            FaultPoint.allCases.firstIndex(of: self) ?? -1, ordering: .sequentiallyConsistent)
    }

    /// Marks the place in the code.
    package static func pass(_ point: FaultPoint) {
        let index = armed.load(ordering: .relaxed)
        guard index >= 0, allCases[index] == point else { return }
        guard remaining.subtract(1, ordering: .sequentiallyConsistent).newValue == 0 else { return }
        kill(getpid(), SIGKILL)
    }
}
