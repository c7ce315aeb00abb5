import Dispatch
import Synchronization

/// Waits until so many have arrived, or a time has passed.
///
/// Any thread may arrive.
final class DrainWait: Sendable {
    private struct State {
        var missing: Int
        var isOver = false
        var waiter: CheckedContinuation<Bool, Never>?
    }

    private let state: Mutex<State>

    /// Waits for `count` arrivals.
    init(count: Int) { state = Mutex(State(missing: count)) }

    func arrive() {
        let waiter = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            state.missing -= 1
            guard state.missing <= 0, !state.isOver else { return nil }
            state.isOver = true
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume(returning: true)
    }

    /// Returns `true` when all have arrived, `false` when `limit` has passed before; called once.
    func wait(atMost limit: Duration) async -> Bool {
        let seconds = Double(limit.components.seconds) + Double(limit.components.attoseconds) / 1e18
        let clock = DispatchQueue(label: "cohort.drain-limit")
        clock.asyncAfter(deadline: .now() + seconds) { self.giveUp() }
        return await withCheckedContinuation { continuation in
            let done = state.withLock { state -> Bool? in
                if state.missing <= 0 { return true }
                if state.isOver { return false }
                state.waiter = continuation
                return nil
            }
            if let done { continuation.resume(returning: done) }
        }
    }

    private func giveUp() {
        let waiter = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            guard !state.isOver else { return nil }
            state.isOver = true
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume(returning: false)
    }
}
