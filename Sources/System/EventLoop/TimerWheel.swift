/// A timer that was scheduled on a loop.
///
/// Confined to that loop.
package final class LoopTimer {
    fileprivate var work: (() -> Void)?
    fileprivate let due: Int64
    private let tally: TimerTally

    fileprivate init(due: Int64, tally: TimerTally, work: @escaping () -> Void) {
        self.due = due
        self.tally = tally
        self.work = work
        tally.pending += 1
    }

    /// Drops the timer's work; harmless when it has run already.
    package func cancel() {
        guard take() != nil else { return }
        tally.cancelled += 1
    }

    /// Whether the work is still to come.
    package var isPending: Bool { work != nil }

    /// Hands out the work, once.
    fileprivate func take() -> (() -> Void)? {
        guard let taken = work else { return nil }
        work = nil
        tally.pending -= 1
        return taken
    }
}

/// How many timers of one wheel are to come, and how many were cancelled and still lie in a slot.
private final class TimerTally {
    var pending = 0
    var cancelled = 0
}

/// A hierarchical timing wheel (Varghese and Lauck, 1987): constant time to schedule and to cancel, and none at all for a timer
/// that is far away.
///
/// The inner ring has a slot for each tick of the turn that is under way, the outer one a slot for each later turn, which moves
/// into the inner ring when that turn begins. What is cancelled is let go of with its slot, or once most of what lies in the
/// wheel is cancelled. Time is handed in; `arm` is told how long until the wheel next wants ``advance(to:)``, or `nil` for never.
final class TimerWheel {
    /// One tick of the wheel: a fire is at most this late.
    static let tick: Duration = .milliseconds(10)
    /// Ticks of a turn: ten seconds.
    private static let ticks: Int64 = 1024
    /// Turns that have a slot of their own: ninety minutes, beyond which a timer is looked at once in so many.
    private static let turns: Int64 = 512
    /// Cancelled timers that are never worth a walk.
    private static let sparedCount = 1024

    var arm: (Duration?) -> Void = { _ in }

    private let start: ContinuousClock.Instant
    private var inner: [[LoopTimer]]
    private var outer: [[LoopTimer]]
    private var current: Int64 = 0
    private let tally = TimerTally()
    private var armedFor: Int64?

    init(start: ContinuousClock.Instant) {
        self.start = start
        inner = Array(repeating: [], count: Int(TimerWheel.ticks))
        outer = Array(repeating: [], count: Int(TimerWheel.turns))
    }

    /// Timers that are still to come.
    var count: Int { tally.pending }
    /// Timers that were cancelled and are not let go of yet.
    var cancelledCount: Int { tally.cancelled }

    func schedule(
        after delay: Duration, now: ContinuousClock.Instant, _ work: @escaping () -> Void
    ) -> LoopTimer {
        if tally.cancelled > max(TimerWheel.sparedCount, tally.pending) { sweep() }
        let ticks = Int64(((now - start + delay) / TimerWheel.tick).rounded(.up))
        let timer = LoopTimer(due: max(ticks, current + 1), tally: tally, work: work)
        put(timer)
        if armedFor.map({ timer.due < $0 }) ?? true { rearm(for: timer.due, now: now) }
        return timer
    }

    /// Runs everything that is due at `now`, in order of its tick.
    func advance(to now: ContinuousClock.Instant) {
        let target = ticksSinceStart(now)
        armedFor = nil
        while current < target {
            current += 1
            if current % TimerWheel.ticks == 0 { beginTurn() }
            runSlot()
        }
        armNext(now: now)
    }

    private func put(_ timer: LoopTimer) {
        let turn = timer.due / TimerWheel.ticks
        if turn == current / TimerWheel.ticks {
            inner[Int(timer.due % TimerWheel.ticks)].append(timer)
        } else {
            outer[Int(turn % TimerWheel.turns)].append(timer)
        }
    }

    /// Moves the timers of the turn that begins into the inner ring.
    private func beginTurn() {
        let place = Int(current / TimerWheel.ticks % TimerWheel.turns)
        guard !outer[place].isEmpty else { return }
        let timers = outer[place]
        outer[place] = []
        for timer in timers {
            if timer.isPending { put(timer) } else { tally.cancelled -= 1 }
        }
    }

    /// Runs the timers of the tick that is now.
    private func runSlot() {
        let place = Int(current % TimerWheel.ticks)
        guard !inner[place].isEmpty else { return }
        let timers = inner[place]
        inner[place] = []
        for timer in timers {
            if let work = timer.take() { work() } else { tally.cancelled -= 1 }
        }
    }

    /// Lets go of what was cancelled.
    private func sweep() {
        for place in inner.indices where !inner[place].isEmpty { sweep(&inner[place]) }
        for place in outer.indices where !outer[place].isEmpty { sweep(&outer[place]) }
    }

    private func sweep(_ slot: inout [LoopTimer]) {
        let before = slot.count
        slot.removeAll { !$0.isPending }
        tally.cancelled -= before - slot.count
    }

    private func armNext(now: ContinuousClock.Instant) {
        guard tally.pending > 0 else { return arm(nil) }
        let place = Int(current % TimerWheel.ticks)
        if let next = inner[(place + 1)...].firstIndex(where: { !$0.isEmpty }) {
            return armAtMost(current + Int64(next - place), now: now)
        }
        let turn = current / TimerWheel.ticks
        for ahead in 1...TimerWheel.turns where !outer[Int((turn + ahead) % TimerWheel.turns)].isEmpty {
            return armAtMost((turn + ahead) * TimerWheel.ticks, now: now)
        }
    }

    /// Arms for a tick, unless work that has just run asked for an earlier one.
    private func armAtMost(_ tick: Int64, now: ContinuousClock.Instant) {
        if armedFor.map({ tick < $0 }) ?? true { rearm(for: tick, now: now) }
    }

    private func rearm(for tick: Int64, now: ContinuousClock.Instant) {
        armedFor = tick
        arm(max(.zero, start + TimerWheel.tick * Int(tick) - now))
    }

    private func ticksSinceStart(_ now: ContinuousClock.Instant) -> Int64 {
        Int64(((now - start) / TimerWheel.tick).rounded(.down))
    }
}
