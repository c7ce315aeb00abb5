import Testing

@testable import Classroom

struct `What is done every second` {
    private func turns(at ticks: [Int64]) -> [Int64] {
        var turn = EverySecond()
        return ticks.filter { turn.take(at: $0) }
    }

    @Test func `waits for the second tick, even one that comes early`() {
        #expect(turns(at: [10_000, 10_500, 10_999, 11_510, 12_030]) == [10_000, 10_999, 12_030])
    }

    @Test func `does not wait when nothing was done for long`() {
        #expect(turns(at: [10_000, 60_000, 60_500]) == [10_000, 60_000])
    }
}
