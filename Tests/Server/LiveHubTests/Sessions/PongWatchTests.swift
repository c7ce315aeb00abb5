import Testing

@testable import LiveHub

struct `A watch for pongs` {
    @Test func `waits from the ping to the first sign, and tells how long that took`() {
        var watch = PongWatch()
        #expect(!watch.isAwaiting && watch.roundTrip == nil)
        watch.didPing(at: 1000)
        #expect(watch.isAwaiting)
        watch.didHear(at: 1040)
        watch.didHear(at: 9000)
        #expect(!watch.isAwaiting && watch.roundTrip == 40)
    }

    @Test func `measures across the end of its clock, at least a millisecond, and no more than it holds`() {
        var watch = PongWatch()
        watch.didPing(at: UInt32.max)
        watch.didHear(at: 4)
        #expect(watch.roundTrip == 5)
        watch.didPing(at: 10)
        watch.didHear(at: 10)
        #expect(watch.roundTrip == 1)
        watch.didPing(at: 0)
        watch.didHear(at: 1_000_000)
        #expect(watch.roundTrip == Int(UInt16.max))
    }

    @Test func `takes a slow reader that reads for one that is there, and learns no distance from it`() {
        var watch = PongWatch()
        watch.didPing(at: 1000)
        watch.didAdvance()
        #expect(!watch.isAwaiting && watch.roundTrip == nil)
        watch.didHear(at: 5000)
        #expect(watch.roundTrip == nil)
    }
}
