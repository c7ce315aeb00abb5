package import EventLoop

/// What the streams of one loop share: the list of those with output, this round's frames, and when they leave.
///
/// At the end of a round all output leaves but that of patient streams, which ``FlushPace`` may hold back. Where many others have
/// output, it leaves before: whoever was answered first does not wait until hundreds are.
package final class StreamContext: RoundEndWork {
    /// The loop that all these streams belong to.
    package let loop: EventLoop
    /// What was done so far.
    package internal(set) var totals = StreamTotals()

    /// Made with the first TLS stream.
    private(set) lazy var tls = TLSScratch()

    /// The frames of the present round.
    var frames = RoundFrames()

    /// So many streams that are not patient wait for each other, at most.
    static let together = 16

    /// A stream with more output than this is not kept waiting for more.
    static let bulk = 1 << 14

    var pace = FlushPace()
    /// While output is held: how many frames there were when it was to leave.
    private var heldFrames: UInt64?
    private var isHurrying = false
    private var afterFlush: [any RoundEndWork] = []
    /// Frames of patient streams, now and when they last left.
    private var patientFrames: UInt64 = 0
    private var framesAtLastFlush: UInt64 = 0
    private var isNoted = false
    private let patient = Waiting()
    private let prompt = Waiting()
    private lazy var promptWork = PromptWork(self)

    /// Streams with output.
    private final class Waiting {
        var plain: [TLSStream] = []
        var dirty: [TCPStream] = []

        var isEmpty: Bool { plain.isEmpty && dirty.isEmpty }
        var count: Int { plain.count + dirty.count }

        /// Hands these over; about as many come next time.
        func takePlain() -> [TLSStream] {
            let taken = plain
            plain.removeAll(keepingCapacity: true)
            return taken
        }

        func takeDirty() -> [TCPStream] {
            let taken = dirty
            dirty.removeAll(keepingCapacity: true)
            return taken
        }
    }

    /// What is done at the end of a round for those that never wait.
    private final class PromptWork: RoundEndWork {
        unowned let context: StreamContext
        var isNoted = false

        init(_ context: StreamContext) { self.context = context }

        func roundDidEnd() { context.flushPrompt() }
    }

    /// Makes the context of one loop.
    package init(loop: EventLoop) { self.loop = loop }

    func noteOutput(of stream: TCPStream) { noteOutput(isPatient: stream.isPatient).dirty.append(stream) }

    func noteOutput(of stream: TLSStream) { noteOutput(isPatient: stream.isPatient).plain.append(stream) }

    /// Has the end of the round look at those that wait, and says where they do.
    private func noteOutput(isPatient: Bool) -> Waiting {
        if isPatient { noteRound() } else { notePrompt() }
        return isPatient ? patient : prompt
    }

    func noteFrame(isPatient: Bool) {
        totals.frames += 1
        if isPatient { patientFrames += 1 }
    }

    private func notePrompt() {
        // Who is about to be noted is not among these, and may have more to say; what comes while output leaves waits until it has.
        if prompt.count >= StreamContext.together, !frames.isLeaving { sendPrompt() }
        guard !promptWork.isNoted else { return }
        promptWork.isNoted = true
        loop.atRoundEnd(promptWork)
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
        heldFrames = patientFrames - framesAtLastFlush
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
        let (began, frames) = (loop.now, patientFrames - framesAtLastFlush)
        let before = heldFrames ?? frames
        (heldFrames, isHurrying) = (nil, false)
        let (streams, sealed) = flush()
        framesAtLastFlush = patientFrames
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
        // Their places are among the same frames, which end here.
        flushPrompt()
        let sealed = patient.takePlain()
        for stream in sealed { stream.encrypt() }
        isNoted = false
        let streams = patient.takeDirty()
        flush(streams)
        frames.end()
        return (streams, sealed)
    }

    private func flushPrompt() {
        promptWork.isNoted = false
        guard !prompt.isEmpty else { return }
        sendPrompt()
        if patient.isEmpty { frames.end() }
    }

    private func sendPrompt() {
        for stream in prompt.takePlain() { stream.encrypt() }
        flush(prompt.takeDirty())
    }

    private func flush(_ streams: [TCPStream]) {
        frames.isLeaving = true
        streams.forEachFetchingAhead { $0.flush() }
        frames.isLeaving = false
    }
}
