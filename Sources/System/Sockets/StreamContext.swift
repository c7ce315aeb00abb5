package import EventLoop

/// What the streams of one loop share: the list of those with output, this round's frames, and when they leave.
package final class StreamContext: RoundEndWork {
    /// The loop that all these streams belong to.
    package let loop: EventLoop
    /// What was done so far.
    package internal(set) var totals = StreamTotals()

    /// Made with the first TLS stream.
    private(set) lazy var tls = TLSScratch()

    /// The frames of the present round.
    var frames = RoundFrames()

    /// A stream with more output than this is not kept waiting for more.
    static let bulk = 1 << 14

    private var pace = FlushPace()
    /// While output is held: how many frames there were when it was to leave.
    private var heldFrames: UInt64?
    private var isHurrying = false
    private var afterFlush: [any RoundEndWork] = []
    private var framesAtLastFlush: UInt64 = 0
    private var isNoted = false
    private var plain: [TLSStream] = []
    private var dirty: [TCPStream] = []

    /// Makes the context of one loop.
    package init(loop: EventLoop) { self.loop = loop }

    func noteOutput(of stream: TCPStream) {
        noteRound()
        dirty.append(stream)
    }

    func noteOutput(of stream: TLSStream) {
        noteRound()
        plain.append(stream)
    }

    private func noteRound() {
        guard !isNoted else { return }
        isNoted = true
        loop.atRoundEnd(self)
    }

    package func roundDidEnd() {
        if isHurrying { return flushNow(wasHeld: heldFrames != nil) }
        let hold = pace.hold(at: loop.now)
        guard hold > .zero else { return flushNow(wasHeld: false) }
        heldFrames = totals.frames - framesAtLastFlush
        totals.holds += 1
        let number = totals.holds
        loop.wait(hold) { [self] in if heldFrames != nil, number == totals.holds { flushNow(wasHeld: true) } }
    }

    /// Has what is held leave at the end of this round: much at once gains nothing by waiting for more.
    func hurry() {
        guard !isHurrying else { return }
        isHurrying = true
        if heldFrames != nil { loop.atRoundEnd(self) }
    }

    private func flushNow(wasHeld: Bool) {
        let (began, frames) = (loop.now, totals.frames - framesAtLastFlush)
        let before = heldFrames ?? frames
        (heldFrames, isHurrying) = (nil, false)
        let (streams, sealed) = flush()
        framesAtLastFlush = totals.frames
        pace.note(
            FlushPace.Flush(began: began, ended: loop.now, framesBefore: Int(before), frames: Int(frames)))
        // Who looked at the end of the round found everything still here.
        if wasHeld {
            for stream in streams { stream.tellDrained() }
            for stream in sealed { stream.tellDrained() }
        }
        let told = afterFlush
        afterFlush.removeAll(keepingCapacity: true)
        for work in told { work.roundDidEnd() }
    }

    /// Calls `work.roundDidEnd()` once, after the output that is queued now has been handed to the kernel.
    package func whenFlushed(_ work: any RoundEndWork) {
        noteRound()
        afterFlush.append(work)
    }

    private func flush() -> ([TCPStream], [TLSStream]) {
        // What is encrypted now leaves in this same round.
        let encrypting = plain
        plain.removeAll(keepingCapacity: true)
        for stream in encrypting { stream.encrypt() }
        isNoted = false
        let streams = dirty
        dirty.removeAll(keepingCapacity: true)
        frames.isLeaving = true
        for stream in streams { stream.flush() }
        frames.end()
        return (streams, encrypting)
    }
}
