import Testing

@testable import Sockets

/// How long a loop holds its output back.
struct `Flush pace` {
    /// A loop whose flushes take a while, and to which frames come.
    private struct Loop {
        var pace = FlushPace()
        var now = ContinuousClock.now
        var holds: [Duration] = []

        /// Rounds with `gap` between them, whose flushes take `cost`; `frames` says how many there are after a hold.
        mutating func run(
            _ rounds: Int, gap: Duration, cost: Duration, frames: (Duration) -> (before: Int, after: Int)
        ) {
            for _ in 0..<rounds {
                now += gap
                let hold = pace.hold(at: now)
                holds.append(hold)
                now += hold
                let (before, after) = frames(hold)
                pace.note(
                    .init(began: now, ended: now + cost, framesBefore: before, frames: max(before, after)))
                now += cost
            }
        }
    }

    @Test func `never holds anything while the loop has time to spare`() {
        var loop = Loop()
        loop.run(500, gap: .milliseconds(10), cost: .milliseconds(1)) { _ in (1, 100) }
        #expect(loop.holds.allSatisfy { $0 == .zero })
    }

    @Test func `holds one message at a time for next to nothing`() {
        var loop = Loop()
        loop.run(1000, gap: .microseconds(100), cost: .milliseconds(4)) { _ in (1, 1) }
        // Trials become rare, and are short.
        #expect(loop.holds.filter { $0 > .zero }.count < 30)
        let held = loop.holds.reduce(.zero, +)
        #expect(held < .milliseconds(4))
        #expect(loop.pace.step == 0)
    }

    @Test func `waits a moment for those that come together, and no longer`() {
        var loop = Loop()
        // Sixteen come at once, of which three are there when the first is to leave.
        loop.run(200, gap: .microseconds(100), cost: .milliseconds(8)) { ($0 > .zero) ? (3, 16) : (3, 3) }
        #expect(loop.pace.step == 1)
        #expect(loop.holds.suffix(50).filter { $0 <= .microseconds(250) && $0 > .zero }.count >= 48)
    }

    @Test func `holds longer and longer while more and more comes, and never more than 50 ms`() {
        var loop = Loop()
        // Three frames a millisecond, whatever is done about them.
        loop.run(400, gap: .zero, cost: .milliseconds(60)) { hold in
            (180, 180 + Int(hold / .milliseconds(1) * 30))
        }
        #expect(loop.holds.last == .milliseconds(50))
        #expect(loop.holds.allSatisfy { $0 <= .milliseconds(50) })
    }

    @Test func `goes back step by step when nothing comes any more`() {
        var loop = Loop()
        loop.run(400, gap: .zero, cost: .milliseconds(60)) { hold in
            (180, 180 + Int(hold / .milliseconds(1) * 30))
        }
        #expect(loop.pace.step == 5)
        loop.run(60, gap: .milliseconds(1), cost: .milliseconds(4)) { _ in (1, 1) }
        #expect(loop.pace.step == 0)
    }

    @Test func `begins anew after a pause`() {
        var loop = Loop()
        loop.run(400, gap: .zero, cost: .milliseconds(60)) { hold in
            (180, 180 + Int(hold / .milliseconds(1) * 30))
        }
        #expect(loop.pace.hold(at: loop.now + .milliseconds(201)) == .zero)
    }
}
