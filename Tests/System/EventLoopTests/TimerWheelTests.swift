@testable import EventLoop
import Testing

struct `Timer wheel` {
    private let start = ContinuousClock.now

    private func wheel() -> TimerWheel { TimerWheel(start: start) }

    @Test func `fires in the order of the deadlines, none before its time`() {
        let wheel = wheel()
        var fired: [Int] = []
        for delay in [50, 10, 30, 20_000, 40] {
            _ = wheel.schedule(after: .milliseconds(delay), now: start) { fired.append(delay) }
        }
        wheel.advance(to: start + .milliseconds(35))
        #expect(fired == [10, 30])
        wheel.advance(to: start + .milliseconds(60))
        #expect(fired == [10, 30, 40, 50])
        wheel.advance(to: start + .seconds(19))
        #expect(fired == [10, 30, 40, 50])
        wheel.advance(to: start + .seconds(21))
        #expect(fired == [10, 30, 40, 50, 20_000])
    }

    @Test func `never fires early, wherever in a tick a timer begins`() {
        let wheel = wheel()
        var fired = false
        _ = wheel.schedule(after: .milliseconds(10), now: start + .milliseconds(9)) { fired = true }
        wheel.advance(to: start + .milliseconds(18))
        #expect(!fired)
        wheel.advance(to: start + .milliseconds(20))
        #expect(fired)
    }

    @Test func `forgets a cancelled timer`() {
        let wheel = wheel()
        var fired = 0
        let timer = wheel.schedule(after: .milliseconds(10), now: start) { fired += 1 }
        timer.cancel()
        wheel.advance(to: start + .seconds(1))
        #expect(fired == 0)
        #expect(!timer.isPending)
    }

    @Test func `catches up after a pause longer than one turn`() {
        let wheel = wheel()
        var fired: [Int] = []
        for delay in [15_000, 5, 10_235] {
            _ = wheel.schedule(after: .milliseconds(delay), now: start) { fired.append(delay) }
        }
        wheel.advance(to: start + .seconds(60))
        #expect(fired == [5, 10_235, 15_000])
    }

    @Test func `asks to be woken for the next deadline, and not at all when nothing is left`() {
        let wheel = wheel()
        var asked: [Duration?] = []
        wheel.arm = { asked.append($0) }
        _ = wheel.schedule(after: .milliseconds(100), now: start) {}
        _ = wheel.schedule(after: .milliseconds(500), now: start) {}
        _ = wheel.schedule(after: .milliseconds(40), now: start) {}
        wheel.advance(to: start + .milliseconds(45))
        wheel.advance(to: start + .milliseconds(600))
        #expect(asked == [.milliseconds(100), .milliseconds(40), .milliseconds(55), nil])
    }

    @Test func `counts what is to come, and lets go of a cancelled timer when its slot comes round`() {
        let wheel = wheel()
        let timers = [20, 500, 60_000].map { wheel.schedule(after: .milliseconds($0), now: start) {} }
        #expect(wheel.count == 3)
        timers[2].cancel()
        timers[2].cancel()
        #expect(wheel.count == 2 && wheel.cancelledCount == 1)
        wheel.advance(to: start + .seconds(1))
        #expect(wheel.count == 0 && wheel.cancelledCount == 1)
        timers[0].cancel()
        wheel.advance(to: start + .seconds(59))
        #expect(wheel.cancelledCount == 0)
    }

    @Test func `lets go of timers that are cancelled long before their time, once they are the most`() {
        let wheel = wheel()
        var fired = 0
        let kept = (0..<100).map { number in
            wheel.schedule(after: .seconds(3600 + number), now: start) { fired += 1 }
        }
        for _ in 0..<100_000 { wheel.schedule(after: .seconds(3600), now: start) { fired += 1 }.cancel() }
        #expect(wheel.count == 100 && wheel.cancelledCount <= 1025)
        kept[0].cancel()
        wheel.advance(to: start + .seconds(3600 + 100))
        #expect(fired == 99 && wheel.count == 0)
    }

    @Test func `takes cancelling by a timer of the same tick`() {
        let wheel = wheel()
        var fired = 0
        var second: LoopTimer?
        _ = wheel.schedule(after: .milliseconds(10), now: start) { second?.cancel() }
        second = wheel.schedule(after: .milliseconds(10), now: start) { fired += 1 }
        wheel.advance(to: start + .milliseconds(20))
        #expect(fired == 0 && wheel.count == 0 && wheel.cancelledCount == 0)
    }

    @Test(arguments: [10_240, 10_250, 20_480, 5_242_880, 5_253_120, 20_000_000])
    func `fires on its tick, however many turns away`(milliseconds: Int) {
        let wheel = wheel()
        var firedAt: Duration?
        var now = start
        var wanted: Duration?
        wheel.arm = { wanted = $0 }
        wheel.advance(to: start + .milliseconds(70))
        now = start + .milliseconds(70)
        _ = wheel.schedule(after: .milliseconds(milliseconds), now: now) { firedAt = now - start }
        var wakes = 0
        // Woken when it asks for it, it is on time and is seldom woken for nothing.
        while let wait = wanted, firedAt == nil, wakes < 10 {
            now += wait
            wakes += 1
            wheel.advance(to: now)
        }
        #expect(firedAt == .milliseconds(milliseconds + 70))
        #expect(wakes <= 5)
    }

    @Test func `lets a timer schedule the next one`() {
        let wheel = wheel()
        var fired = 0
        func again(_ now: ContinuousClock.Instant) {
            fired += 1
            _ = wheel.schedule(after: .milliseconds(10), now: now) { again(now + .milliseconds(10)) }
        }
        _ = wheel.schedule(after: .milliseconds(10), now: start) { again(start + .milliseconds(10)) }
        for step in 1...10 { wheel.advance(to: start + .milliseconds(10 * step)) }
        #expect(fired == 10)
    }
}
