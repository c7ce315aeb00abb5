import EventLoop
import Glibc
import Synchronization
import TestKit
import Testing

struct `Event loop` {
    @Test func `runs work from any thread in the order in which it came`() async throws {
        let loop = try EventLoop(index: 0, label: "test")
        let seen = Mutex<[Int]>([])
        for number in 0..<100 {
            loop.execute { seen.withLock { $0.append(number) } }
        }
        try await loop.perform {}
        #expect(seen.withLock { $0 } == Array(0..<100))
    }

    @Test func `keeps an async body on itself across every await`() async throws {
        let loop = try EventLoop(index: 0, label: "test")
        let lane = WorkLane(label: "test", width: 1, backlog: 4)
        let result = try await loop.perform {
            loop.preconditionCurrent()
            let answer = await lane.run { 42 }
            loop.preconditionCurrent()
            return answer
        }
        #expect(result == 42)
    }

    @Test func `keeps even what the compiler takes for unconfined`() async throws {
        let loop = try EventLoop(index: 0, label: "test")
        let number = 7
        let seen = try await loop.perform { [number] in
            loop.preconditionCurrent()
            async let child: Int = {
                loop.preconditionCurrent()
                return number
            }()
            return await child
        }
        #expect(seen == 7)
    }

    @Test func `resumes its bodies though Swift's global pool is busy`() async throws {
        let loop = try EventLoop(index: 0, label: "test")
        let gate = DispatchGate()
        let blockers = (0..<16).map { _ in Task.detached { gate.wait() } }
        let resumed = Mutex(false)
        await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
            loop.execute {
                loop.run {
                    await withCheckedContinuation { continuation in loop.execute { continuation.resume() } }
                    resumed.withLock { $0 = true }
                }
                loop.schedule(after: .milliseconds(500)) {
                    gate.open()
                    done.resume()
                }
            }
        }
        #expect(resumed.withLock { $0 })
        for blocker in blockers { await blocker.value }
    }

    @Test func `calls round-end work once for many notes of one round`() async throws {
        final class Counter: RoundEndWork {
            var isNoted = false
            let rounds: Mutex<Int>
            init() { rounds = Mutex(0) }
            func roundDidEnd() {
                isNoted = false
                rounds.withLock { $0 += 1 }
            }
        }
        let loop = try EventLoop(index: 0, label: "test")
        let rounds = try await loop.perform {
            let counter = Counter()
            for _ in 0..<10 where !counter.isNoted {
                counter.isNoted = true
                loop.atRoundEnd(counter)
            }
            await withCheckedContinuation { continuation in
                // Queued behind the round's end.
                loop.execute { continuation.resume() }
            }
            return counter.rounds.withLock { $0 }
        }
        #expect(rounds == 1)
    }

    @Test func `tells a handler that a descriptor is readable, and no more once it is cancelled`()
        async throws
    {
        final class Recorder: ReadinessHandler {
            var seen: [Readiness] = []
            var then: (() -> Void)?
            func descriptorIsReady(_ readiness: Readiness) {
                seen.append(readiness)
                then?()
            }
        }
        let loop = try EventLoop(index: 0, label: "test")
        let count = try await loop.perform {
            var ends: [CInt] = [0, 0]
            #expect(pipe(&ends) == 0)
            defer { for end in ends { close(end) } }
            let recorder = Recorder()
            let registration = try loop.register(ends[0], .readable, edgeTriggered: true, handler: recorder)
            await withCheckedContinuation { continuation in
                recorder.then = { continuation.resume() }
                #expect(write(ends[1], "x", 1) == 1)
            }
            recorder.then = nil
            loop.cancel(registration)
            loop.cancel(registration)
            #expect(write(ends[1], "y", 1) == 1)
            await withCheckedContinuation { continuation in
                loop.schedule(after: .milliseconds(20)) { continuation.resume() }
            }
            return recorder.seen.count
        }
        #expect(count == 1)
    }

    @Test func `refuses a descriptor that is not open`() async throws {
        final class Silent: ReadinessHandler { func descriptorIsReady(_ readiness: Readiness) {} }
        let loop = try EventLoop(index: 0, label: "test")
        try await loop.perform {
            loop.preconditionCurrent()
            #expect(throws: EventLoopError.system(call: "epoll_ctl", errno: EBADF)) {
                _ = try loop.register(9999, .readable, edgeTriggered: false, handler: Silent())
            }
        }
    }
}

struct `Work lane` {
    @Test func `refuses what exceeds its backlog, at once`() async throws {
        let lane = WorkLane(label: "test", width: 1, backlog: 1)
        let gate = DispatchGate()
        async let first: Int? = lane.run {
            gate.wait()
            return 1
        }
        while lane.depth == 0 { await Task.yield() }
        let second = await lane.run { 2 }
        gate.open()
        #expect(second == nil)
        #expect(await first == 1)
        #expect(await lane.run { 3 } == 3)
    }
}

/// Holds a thread of a lane until it is opened.
final class DispatchGate: Sendable {
    private let isOpen = Atomic<Bool>(false)

    func open() { isOpen.store(true, ordering: .releasing) }

    func wait() {
        while !isOpen.load(ordering: .acquiring) { sched_yield() }
    }
}

struct `CPU quota` {
    @Test(arguments: [("200000 100000", 2.0), ("50000 100000", 0.5), ("150000 100000", 1.5)])
    func `is read from cpu.max`(line: String, expected: Double) {
        #expect(EventLoopGroup.parseQuota(line) == expected)
    }

    @Test(arguments: ["max 100000", "-1 100000", "", "100000", "a b", "100000 0"])
    func `is no limit when it says so or is malformed`(line: String) {
        #expect(EventLoopGroup.parseQuota(line) == nil)
    }
}
