/// Decides for how long the output of a loop's round is held back, so that more of it leaves in one system call.
///
/// A loop that has time to spare never holds anything. One that is busy with sending tries now and then to wait a moment;
/// where much more comes meanwhile it waits so each time, up to 50 ms, and where nothing comes it goes back. So a crowd that
/// draws costs a fraction of what its strokes would one by one, and one message at a time is never delayed for nothing.
///
/// A decision: time is handed in.
struct FlushPace {
    /// What a flush found and took.
    struct Flush {
        let began: ContinuousClock.Instant
        let ended: ContinuousClock.Instant
        /// Frames that were queued when the output was first to leave, and when it did.
        let framesBefore: Int
        let frames: Int
    }

    /// The steps above not waiting at all; the first is ``moment``.
    private static let steps: [Duration] = [
        .milliseconds(5), .milliseconds(10), .milliseconds(20), .milliseconds(50),
    ]
    /// Flushes until the next step is tried, at first; twice as many after each trial that brought too little.
    private static let trials = 2...64
    /// A step that brought too little so often is left.
    private static let patience = 4

    /// 0 for not at all.
    private(set) var step: Int
    private var isTrying = false
    private var untilTrial = FlushPace.trials.lowerBound
    private var pause = FlushPace.trials.lowerBound
    private var failures = 0
    /// Frames of a flush at the present step, smoothed.
    private var usual = 0.0
    /// What the last flush took, and when it ended.
    private var cost = Duration.zero
    private var lastEnd: ContinuousClock.Instant?
    /// The part of the time that is spent in flushes, smoothed: 0 to 1.
    private(set) var load = 0.0

    /// Begins with one of the steps.
    init(step: Int = 0) { self.step = step }

    /// Long enough for what is on its way already, short beside what a flush takes.
    private var moment: Duration { min(max(cost / 32, .microseconds(100)), .milliseconds(2)) }

    /// How long to wait before the output leaves; zero for not at all.
    mutating func hold(at now: ContinuousClock.Instant) -> Duration {
        // Whoever has been idle since begins anew.
        if let lastEnd, now - lastEnd > .milliseconds(200) { reset() }
        isTrying = load >= 0.5 && untilTrial == 0 && step <= FlushPace.steps.count
        let step = isTrying ? step + 1 : step
        switch step {
        case 0: return .zero
        case 1: return moment
        default: return FlushPace.steps[step - 2]
        }
    }

    private mutating func reset() { self = FlushPace() }

    /// Takes notice of a flush that ``hold(at:)`` was asked about.
    mutating func note(_ flush: Flush) {
        cost = flush.ended - flush.began
        if let lastEnd {
            let busy = min(1, cost / max(flush.ended - lastEnd, .nanoseconds(1)))
            load += (busy - load) / 4
        }
        lastEnd = flush.ended
        untilTrial = max(0, untilTrial - 1)
        // A quarter more is worth it: more than usual for the next step, more than without waiting for the present one.
        if isTrying {
            isTrying = false
            let isWorth = Double(flush.frames) >= usual * 1.25
            if isWorth {
                step += 1
                failures = 0
                usual = Double(flush.frames)
            }
            pause = isWorth ? FlushPace.trials.lowerBound : min(pause * 2, FlushPace.trials.upperBound)
            untilTrial = pause
            return
        }
        usual = usual == 0 ? Double(flush.frames) : usual + (Double(flush.frames) - usual) / 4
        if step > 0 {
            let isWorth = flush.frames * 4 >= flush.framesBefore * 5
            failures = isWorth ? 0 : failures + 1
            if failures == FlushPace.patience || load < 0.05 {
                step -= 1
                failures = 0
            }
        }
    }
}
