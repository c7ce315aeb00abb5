import Testing

@testable import Tenancy

struct `Key set schedule` {
    private let start = ContinuousClock.now

    private func at(_ seconds: Int) -> ContinuousClock.Instant { start + .seconds(seconds) }

    @Test func `begins one fetch at a time, and one in thirty seconds`() {
        var schedule = KeySetSchedule()
        #expect(schedule.want(at: at(0)) == .fetch)
        #expect(schedule.want(at: at(1)) == .join)
        #expect(schedule.want(at: at(40)) == .join)
        schedule.succeeded(maxAge: nil, mustAskAgain: false, at: at(41))
        // It is the beginning that counts.
        #expect(schedule.want(at: at(41)) == .fetch)
        schedule.succeeded(maxAge: nil, mustAskAgain: false, at: at(42))
        #expect(schedule.want(at: at(70)) == .later)
        #expect(schedule.want(at: at(71)) == .fetch)
        #expect(!schedule.failed(at: at(71)) == false)
        #expect(schedule.want(at: at(100)) == .later)
    }

    @Test(
        arguments: [
            (nil, false, 3600), (0, false, 300), (299, false, 300), (300, false, 300), (7200, false, 7200),
            (86_400, false, 86_400), (86_401, false, 86_400), (Int.max, false, 86_400), (7200, true, 300),
            (nil, true, 300),
        ] as [(Int?, Bool, Int)])
    func `keeps a set as long as its server says, within bounds`(maxAge: Int?, asks: Bool, seconds: Int) {
        var schedule = KeySetSchedule()
        #expect(schedule.untilNext(at: at(0)) == .zero)
        #expect(!schedule.isInForce(at: at(0)))
        _ = schedule.want(at: at(0))
        schedule.succeeded(maxAge: maxAge, mustAskAgain: asks, at: at(0))
        #expect(schedule.untilNext(at: at(0)) == .seconds(seconds))
        #expect(schedule.untilNext(at: at(10)) == .seconds(seconds - 10))
        #expect(schedule.untilNext(at: at(1_000_000)) == .zero)
        // Beyond that a day, while no newer one can be had.
        #expect(schedule.isInForce(at: at(seconds + 86_399)))
        #expect(!schedule.isInForce(at: at(seconds + 86_400)))
    }

    @Test func `tries again in growing steps while the issuer cannot be reached`() {
        var schedule = KeySetSchedule()
        var now = 0
        for wait in [30, 60, 120, 240, 300, 300, 300] {
            #expect(schedule.want(at: at(now)) == .fetch)
            _ = schedule.failed(at: at(now))
            #expect(schedule.untilNext(at: at(now)) == .seconds(wait))
            now += wait
        }
        #expect(schedule.want(at: at(now)) == .fetch)
        schedule.succeeded(maxAge: 600, mustAskAgain: false, at: at(now))
        #expect(schedule.untilNext(at: at(now)) == .seconds(600))
    }

    @Test func `does not throw away what it has when a fetch fails`() {
        var schedule = KeySetSchedule()
        _ = schedule.want(at: at(0))
        schedule.succeeded(maxAge: 300, mustAskAgain: false, at: at(0))
        _ = schedule.want(at: at(300))
        _ = schedule.failed(at: at(301))
        #expect(schedule.isInForce(at: at(301)))
        #expect(!schedule.isInForce(at: at(300 + 86_400)))
    }

    @Test func `complains once a minute, and at once after it was well`() {
        var schedule = KeySetSchedule()
        func fails(_ seconds: Int) -> Bool {
            #expect(schedule.want(at: at(seconds)) == .fetch)
            return schedule.failed(at: at(seconds))
        }
        #expect(fails(0))
        #expect(!fails(30))
        #expect(fails(60))
        #expect(!fails(119))
        #expect(schedule.want(at: at(150)) == .fetch)
        schedule.succeeded(maxAge: nil, mustAskAgain: false, at: at(150))
        #expect(fails(180))
    }
}
