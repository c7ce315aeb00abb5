import Dispatch
import Synchronization

/// A lane for blocking work of one purpose (disk, names, password hashing), so that no loop ever waits.
///
/// A lane is `width` serial queues wide and holds at most `backlog` jobs that have not finished; a job beyond that is
/// refused at once, so that a storm in one lane slows that lane alone.
package final class WorkLane: Sendable {
    private let queues: [DispatchQueue]
    private let backlog: Int
    private let pending = Atomic<Int>(0)
    private let next = Atomic<Int>(0)

    /// Makes a lane.
    ///
    /// - Parameters:
    ///   - label: The purpose, as debuggers show it.
    ///   - width: Jobs that run at the same time.
    ///   - backlog: Jobs, waiting or running, above which new ones are refused.
    package init(label: String, width: Int, backlog: Int) {
        queues = (0..<max(1, width)).map { DispatchQueue(label: "cohort.\(label)-\($0)", qos: .utility) }
        self.backlog = backlog
    }

    /// Jobs that wait or run at this moment.
    package var depth: Int { pending.load(ordering: .relaxed) }

    /// Runs `work` off the loop and hands its result back on `loop`.
    ///
    /// Called on `loop`. Returns `false`, and runs nothing, when the backlog is full.
    package func submit<Result: Sendable>(
        on loop: EventLoop, _ work: @escaping @Sendable () -> Result, then: @escaping (Result) -> Void
    ) -> Bool {
        guard admit() else { return false }
        let boxed = LoopBound(then, loop: loop)
        queue.async { [self] in
            let result = work()
            pending.subtract(1, ordering: .relaxed)
            loop.execute { boxed.value(result) }
        }
        return true
    }

    /// Runs `work` off the loop; the caller goes on where it was.
    ///
    /// - Returns: The result, or `nil` when the backlog is full.
    package func run<Result: Sendable>(_ work: @escaping @Sendable () -> Result) async -> Result? {
        guard admit() else { return nil }
        return await withCheckedContinuation { continuation in
            queue.async { [self] in
                let result = work()
                pending.subtract(1, ordering: .relaxed)
                continuation.resume(returning: result)
            }
        }
    }

    private func admit() -> Bool {
        let now = pending.add(1, ordering: .relaxed).newValue
        guard now > backlog else { return true }
        pending.subtract(1, ordering: .relaxed)
        return false
    }

    private var queue: DispatchQueue {
        let turn = next.add(1, ordering: .relaxed).newValue
        return queues[Int(UInt(bitPattern: turn) % UInt(queues.count))]
    }
}
