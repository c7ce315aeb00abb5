/// A timer that was scheduled on a loop.
///
/// Confined to that loop.
package final class LoopTimer {
    fileprivate var work: (() -> Void)?
    fileprivate let due: Int64

    fileprivate init(due: Int64, work: @escaping () -> Void) {
        self.due = due
        self.work = work
    }

    /// Drops the timer's work; harmless when it has run already.
    package func cancel() { work = nil }

    /// Whether the work is still to come.
    package var isPending: Bool { work != nil }
}

/// A hashed timing wheel (Varghese and Lauck, 1987): constant time to schedule and to cancel.
///
/// Time is handed in; `arm` is told how long until the wheel next wants ``advance(to:)``, or `nil` for never.
final class TimerWheel {
    /// One tick of the wheel: a fire is at most this late.
    static let tick: Duration = .milliseconds(10)
    private static let size = 1024

    var arm: (Duration?) -> Void = { _ in }

    private let start: ContinuousClock.Instant
    private var slots: [[LoopTimer]]
    private var current: Int64 = 0
    /// Timers in the wheel; one that was cancelled is among them until its slot comes round, within ten seconds.
    private(set) var count = 0
    private var armedFor: Int64?

    init(start: ContinuousClock.Instant) {
        self.start = start
        slots = Array(repeating: [], count: TimerWheel.size)
    }

    func schedule(
        after delay: Duration, now: ContinuousClock.Instant, _ work: @escaping () -> Void
    ) -> LoopTimer {
        let ticks = Int64(((now - start + delay) / TimerWheel.tick).rounded(.up))
        let timer = LoopTimer(due: max(ticks, current + 1), work: work)
        slots[Int(timer.due % Int64(TimerWheel.size))].append(timer)
        count += 1
        if armedFor.map({ timer.due < $0 }) ?? true { rearm(for: timer.due, now: now) }
        return timer
    }

    /// Runs everything that is due at `now`, in order of its tick.
    func advance(to now: ContinuousClock.Instant) {
        let target = ticksSinceStart(now)
        armedFor = nil
        // A pause longer than one turn of the wheel needs each slot once only.
        let first = max(current + 1, target - Int64(TimerWheel.size) + 1)
        var due: [LoopTimer] = []
        if first <= target {
            for tick in first...target {
                collect(slot: Int(tick % Int64(TimerWheel.size)), upTo: target, into: &due)
            }
        }
        current = max(current, target)
        due.sort { $0.due < $1.due }
        for timer in due {
            let work = timer.work
            timer.work = nil
            work?()
        }
        armNext(now: now)
    }

    private func collect(slot: Int, upTo target: Int64, into due: inout [LoopTimer]) {
        guard !slots[slot].isEmpty else { return }
        var kept: [LoopTimer] = []
        for timer in slots[slot] {
            if timer.work == nil {
                count -= 1
            } else if timer.due <= target {
                count -= 1
                due.append(timer)
            } else {
                kept.append(timer)
            }
        }
        slots[slot] = kept
    }

    private func armNext(now: ContinuousClock.Instant) {
        guard count > 0 else { return arm(nil) }
        for ahead in 1...Int64(TimerWheel.size) {
            let tick = current + ahead
            guard !slots[Int(tick % Int64(TimerWheel.size))].isEmpty else { continue }
            if armedFor.map({ tick < $0 }) ?? true { rearm(for: tick, now: now) }
            return
        }
    }

    private func rearm(for tick: Int64, now: ContinuousClock.Instant) {
        armedFor = tick
        arm(max(.zero, start + TimerWheel.tick * Int(tick) - now))
    }

    private func ticksSinceStart(_ now: ContinuousClock.Instant) -> Int64 {
        Int64(((now - start) / TimerWheel.tick).rounded(.down))
    }
}
