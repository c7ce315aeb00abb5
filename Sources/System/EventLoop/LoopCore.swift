import CLinux
import Dispatch
import Glibc
import Synchronization

/// The mutable half of a loop.
// Safety: every member but `activate` and `cancel` is used on the loop's serial queue only; `EventLoop`, the sole
// owner, checks that with `dispatchPrecondition`. `activate` and `cancel` run before the first and after the last use.
final class LoopCore: @unchecked Sendable {
    let poller: Poller
    let wheel: TimerWheel
    let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 65536, alignment: 64)

    private let source: any DispatchSourceRead
    private let timer: any DispatchSourceTimer
    /// Time spent in events, timers and round ends, in nanoseconds.
    let busy = Atomic<UInt64>(0)
    /// Timers in the wheel.
    let timers = Atomic<Int>(0)

    private var roundEnd: [any RoundEndWork] = []
    private var roundEndScheduled = false

    init(queue: DispatchQueue) throws(EventLoopError) {
        let descriptor = clinux_epoll_create()
        guard descriptor >= 0 else { throw .system(call: "epoll_create1", errno: errno) }
        poller = Poller(epoll: descriptor)
        source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
        timer = DispatchSource.makeTimerSource(queue: queue)
        wheel = TimerWheel(start: .now)
    }

    deinit { scratch.deallocate() }

    func activate(on queue: DispatchQueue) {
        source.setEventHandler { [self] in measured { poller.drain() } }
        source.setCancelHandler { [poller] in poller.closeEpoll() }
        timer.setEventHandler { [self] in
            measured { wheel.advance(to: .now) }
            timers.store(wheel.count, ordering: .relaxed)
        }
        wheel.arm = { [unowned self] delay in
            guard let delay else { return timer.schedule(deadline: .distantFuture) }
            let (seconds, attoseconds) = delay.components
            let nanoseconds = max(0, Int(seconds * 1_000_000_000 + attoseconds / 1_000_000_000))
            timer.schedule(deadline: .now() + .nanoseconds(nanoseconds), leeway: .milliseconds(1))
        }
        timer.schedule(deadline: .distantFuture)
        timer.activate()
        source.activate()
    }

    func cancel() {
        timer.cancel()
        source.cancel()
    }

    /// Notes work for the round's end; `true` when the caller must schedule ``finishRound()``.
    func noteRoundEnd(_ work: any RoundEndWork) -> Bool {
        roundEnd.append(work)
        guard !roundEndScheduled else { return false }
        roundEndScheduled = true
        return true
    }

    func finishRound() {
        measured {
            roundEndScheduled = false
            let works = roundEnd
            roundEnd.removeAll(keepingCapacity: true)
            for work in works { work.roundDidEnd() }
        }
    }

    private func measured(_ work: () -> Void) {
        let start = MonotonicTime.nanoseconds()
        work()
        busy.add(UInt64(max(0, MonotonicTime.nanoseconds() - start)), ordering: .relaxed)
    }
}
