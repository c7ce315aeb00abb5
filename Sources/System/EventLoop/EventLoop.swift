import Dispatch
import Synchronization

/// One event loop: a serial Dispatch queue, one epoll descriptor under one Dispatch source, one timer wheel.
///
/// Everything that belongs to a loop is confined to it and needs no lock. Any thread may call ``execute(_:)`` and read
/// ``now``; every other member is for code that already runs on the loop, and traps elsewhere.
///
/// The loop is also an executor: ``run(_:)`` starts an `async` body that stays on it from its first line to its last.
package final class EventLoop: SerialExecutor, TaskExecutor, Sendable {
    /// The loop's place in its group, from 0.
    package let index: Int

    private let queue: DispatchQueue
    private let core: LoopCore

    /// Makes a loop that waits for events at once.
    ///
    /// - Parameters:
    ///   - index: The place in the group, from 0.
    ///   - label: The queue's name, as debuggers show it.
    /// - Throws: ``EventLoopError`` when the kernel grants no epoll descriptor.
    package init(index: Int, label: String) throws(EventLoopError) {
        self.index = index
        queue = DispatchQueue(label: label, qos: .userInitiated)
        core = try LoopCore(queue: queue)
        core.activate(on: queue)
    }

    deinit { core.cancel() }

    // MARK: From any thread

    /// Runs `work` on the loop, after what is already queued there.
    package func execute(_ work: @escaping @Sendable () -> Void) { queue.async(execute: work) }

    /// The monotonic clock's present instant.
    package var now: ContinuousClock.Instant { .now }

    /// Nanoseconds that the loop has spent in descriptors' events, timers and round ends; from any thread.
    package var busyNanoseconds: UInt64 { core.busy.load(ordering: .relaxed) }

    /// Traps unless the caller runs on this loop.
    package func preconditionCurrent() { dispatchPrecondition(condition: .onQueue(queue)) }

    /// Timers that wait, and cancelled ones for ten seconds at most; from any thread.
    package var timerCount: Int { core.timers.load(ordering: .relaxed) }

    // MARK: On the loop

    /// Runs `work` once, no earlier than `delay` from now; a fire may be up to one wheel tick (10 ms) late.
    @discardableResult
    package func schedule(after delay: Duration, _ work: @escaping () -> Void) -> LoopTimer {
        preconditionCurrent()
        defer { core.timers.store(core.wheel.count, ordering: .relaxed) }
        return core.wheel.schedule(after: delay, now: .now, work)
    }

    /// Runs `work` once after a delay that is shorter than the wheel's tick, to the microsecond; it cannot be cancelled.
    ///
    /// For few at a time: each has a timer of its own.
    package func wait(_ delay: Duration, then work: @escaping () -> Void) {
        preconditionCurrent()
        let (seconds, attoseconds) = delay.components
        let nanoseconds = Int(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
        let boxed = LoopBound(work, loop: self)
        queue.asyncAfter(deadline: .now() + .nanoseconds(nanoseconds)) { boxed.value() }
    }

    /// Watches a descriptor until the registration is cancelled.
    ///
    /// An edge-triggered handler must read or write until the kernel says `EAGAIN`. The caller keeps owning the
    /// descriptor and cancels the registration before closing it.
    ///
    /// - Throws: ``EventLoopError`` with epoll's errno.
    package func register(
        _ descriptor: CInt, _ interest: Readiness, edgeTriggered: Bool, handler: any ReadinessHandler
    ) throws(EventLoopError) -> Registration {
        preconditionCurrent()
        return try core.poller.add(descriptor, interest, edgeTriggered: edgeTriggered, handler: handler)
    }

    /// Changes what a registration waits for.
    ///
    /// - Throws: ``EventLoopError`` with epoll's errno.
    package func modify(_ registration: Registration, _ interest: Readiness) throws(EventLoopError) {
        try core.poller.modify(registration, interest)
    }

    /// Ends a registration; its handler is not called again, not even for events already fetched.
    package func cancel(_ registration: Registration) { core.poller.remove(registration) }

    /// Calls `work.roundDidEnd()` once, after the work that is already queued on the loop.
    ///
    /// This is how many small writes of one round become one system call.
    package func atRoundEnd(_ work: any RoundEndWork) {
        if core.noteRoundEnd(work) {
            queue.async { [core] in core.finishRound() }
        }
    }

    /// Calls `work` once, after the present call stack is gone.
    ///
    /// So nobody is told of a result before the call that asked for it returned.
    package func later(_ work: @escaping () -> Void) { atRoundEnd(LaterCall(work)) }

    /// Starts an `async` body that runs on this loop throughout.
    ///
    /// Called on the loop; the body begins after the work already queued. It may use objects confined to the loop.
    package func run(_ body: @escaping () async -> Void) {
        let boxed = LoopBound(body, loop: self)
        LoopActor(loop: self).start(boxed)
    }

    /// A buffer of 64 KiB that whoever reads on the loop may use until it returns to the loop.
    package var scratch: UnsafeMutableRawBufferPointer { core.scratch }

    // MARK: Executor

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async {
            job.runSynchronously(
                isolatedTo: self.asUnownedSerialExecutor(), taskExecutor: self.asUnownedTaskExecutor())
        }
    }

    package func checkIsolated() { dispatchPrecondition(condition: .onQueue(queue)) }
}

/// What the kernel refused.
package enum EventLoopError: Error, Equatable {
    /// A system call failed with this errno.
    case system(call: String, errno: CInt)
}

/// Work that is done once at the end of a loop's round.
package protocol RoundEndWork: AnyObject {
    /// Called on the loop, once for each time the work was noted.
    func roundDidEnd()
}

/// One call at the end of the loop's round.
private final class LaterCall: RoundEndWork {
    private let work: () -> Void

    init(_ work: @escaping () -> Void) { self.work = work }

    func roundDidEnd() { work() }
}

/// An actor without state of its own: it pins `async` bodies to a loop.
actor LoopActor {
    private nonisolated let loop: EventLoop

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    init(loop: EventLoop) { self.loop = loop }

    nonisolated func start(_ body: LoopBound<() async -> Void>) {
        assumeIsolated { actor in actor.begin(body) }
    }

    private func begin(_ body: LoopBound<() async -> Void>) {
        // Without the preference a continuation that is resumed takes a detour over Swift's global pool, and waits there
        // for as long as the pool is busy.
        Task(executorPreference: loop) { await self.perform(body) }
    }

    private func perform(_ body: LoopBound<() async -> Void>) async { await body.value() }
}
