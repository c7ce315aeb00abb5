@testable import LiveHub
import Testing

private let second: Int64 = 1_000_000_000

struct `Party table` {
    private func table(bound: Int = 10, _ set: (inout PartyLimits) -> Void = { _ in }) -> PartyTable<Int> {
        var limits = PartyLimits()
        set(&limits)
        return PartyTable(PartyLevel("user", limits), bound: bound)
    }

    @Test func `knows who goes and comes again at once, and forgets who stays away`() {
        var table = table { $0.joins = Rate(1, burst: 4) }
        for _ in 0..<3 {
            #expect(table.join(1, at: second).met == nil)
            table.leave(1, at: second)
        }
        #expect(table.join(1, at: second).met == nil)
        #expect(table.join(1, at: second).met?.name == "user.joins")
        table.leave(1, at: second)
        #expect(table.join(2, at: second).met == nil)
        #expect(table.count == 2)
        for later in 0..<3 { #expect(table.join(2, at: (100 + Int64(later)) * second).met == nil) }
        #expect(table.count == 1)
    }

    @Test func `keeps who is there for as long as they are`() {
        var table = table { $0.connections = 1 }
        #expect(table.join(1, at: second).met == nil)
        for other in 2..<1000 {
            _ = table.join(other, at: Int64(other) * 1000 * second)
            table.leave(other, at: Int64(other) * 1000 * second)
        }
        #expect(table.join(1, at: 2_000_000 * second).met?.name == "user.connections")
    }

    @Test func `remembers a bounded number of those who have left`() {
        var table = table(bound: 10)
        for user in 0..<100_000 {
            _ = table.join(user, at: second)
            table.leave(user, at: second)
        }
        #expect(table.count <= 12)
    }

    @Test func `remembers a bounded number of those who were turned away`() {
        var table = table(bound: 10) { $0.connections = 0 }
        for user in 0..<10_000 { #expect(table.join(user, at: second).met != nil) }
        #expect(table.count <= 12)
    }

    @Test func `does not forget one who came again while another leaving waited to be forgotten`() {
        var table = table()
        let first = table.join(1, at: second).party
        table.leave(1, at: second)
        _ = table.join(1, at: 2 * second)
        for later in 0..<5 { _ = table.join(2, at: (200 + Int64(later)) * second) }
        #expect(table.join(1, at: 300 * second).party === first)
    }
}
