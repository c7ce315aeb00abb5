import Testing

@testable import LiveHub

struct `Reads of the past` {
    private typealias Reads = SharedReads<String>
    private let range = PastRange.after(10, limit: 100)

    /// What everybody was told, in order.
    private final class Told { var all: [String?] = [] }

    private func ask(_ reads: inout Reads, _ range: PastRange, at now: Int64 = 0, _ told: Told) -> Reads.Step
    {
        reads.ask(range, now: now) { told.all.append($0) }
    }

    private func ticket(_ step: Reads.Step) throws -> Reads.Ticket {
        guard case .read(let ticket) = step else {
            Issue.record("somebody else's read was to answer")
            throw CancellationError()
        }
        return ticket
    }

    private func waits(_ step: Reads.Step) -> Bool { if case .wait = step { true } else { false } }
    private func answer(_ step: Reads.Step) -> String? {
        if case .answer(let found) = step { found } else { nil }
    }

    @Test func `are one for all who ask while it is under way, and for a while after`() throws {
        var reads = Reads()
        let told = Told()
        let first = try ticket(ask(&reads, range, told))
        for _ in 0..<3 { #expect(waits(ask(&reads, range, told))) }
        let other = try ticket(ask(&reads, PastRange.before(10, limit: 100), told))
        for then in reads.finish(first, "found", weight: 5, now: 100) { then("found") }
        #expect(told.all == ["found", "found", "found", "found"])
        #expect(answer(ask(&reads, range, at: 2099, told)) == "found")
        let told1 = reads.finish(other, "other", weight: 5, now: 100)
        #expect(told1.count == 1)
        _ = try ticket(ask(&reads, range, at: 2100, told))
    }

    @Test func `that fail are told to all who waited, and tried again for the next`() throws {
        var reads = Reads()
        let told = Told()
        let first = try ticket(ask(&reads, range, told))
        #expect(waits(ask(&reads, range, told)))
        let told2 = reads.finish(first, nil, weight: 0, now: 1)
        #expect(told2.count == 2)
        _ = try ticket(ask(&reads, range, at: 2, told))
    }

    @Test func `answer nobody who asks after something was hidden`() throws {
        var reads = Reads()
        let told = Told()
        let kept = try ticket(ask(&reads, range, told))
        _ = reads.finish(kept, "before", weight: 5, now: 0)
        reads.forget()
        let underWay = try ticket(ask(&reads, range, at: 1, told))
        reads.forget()
        let later = try ticket(ask(&reads, range, at: 2, told))
        // Whoever asked before it was hidden is told that it was by an event of its own.
        let told3 = reads.finish(underWay, "before", weight: 5, now: 3)
        #expect(told3.count == 1)
        #expect(waits(ask(&reads, range, at: 4, told)))
        let told4 = reads.finish(later, "after", weight: 5, now: 5)
        #expect(told4.count == 2)
        #expect(answer(ask(&reads, range, at: 6, told)) == "after")
    }

    @Test func `are kept within a bound of number and of weight`() throws {
        var reads = Reads()
        let told = Told()
        func read(_ number: UInt64, _ weight: Int, at now: Int64) throws {
            let range = PastRange.after(number, limit: 1)
            _ = reads.finish(
                try ticket(ask(&reads, range, at: now, told)), "\(number)", weight: weight, now: now)
        }
        func isKept(_ number: UInt64, at now: Int64) -> Bool {
            answer(ask(&reads, PastRange.after(number, limit: 1), at: now, told)) != nil
        }
        for number in 0..<10 { try read(UInt64(number), 1, at: Int64(number)) }
        #expect(!isKept(0, at: 10) && !isKept(1, at: 10) && isKept(2, at: 10) && isKept(9, at: 10))
        try read(20, Reads.maxWeight, at: 20)
        #expect(isKept(20, at: 21) && !isKept(9, at: 21))
        try read(21, Reads.maxWeight + 1, at: 22)
        #expect(!isKept(21, at: 23) && isKept(20, at: 23))
        reads.drop(before: 2020)
        #expect(!isKept(20, at: 2019))
    }

    @Test func `of what is not over yet are known`() {
        func isWithin(_ range: PastRange) -> Bool { range.isWithin(100) }
        #expect(isWithin(.after(90, limit: 10)) && !isWithin(.after(90, limit: 11)))
        #expect(!isWithin(.after(101, limit: 0)) && !isWithin(.after(.max, limit: 10)))
        #expect(isWithin(.before(101, limit: 1000)) && !isWithin(.before(102, limit: 1)))
        #expect(!isWithin(.before(.max, limit: 10)) && !isWithin(.newest))
    }
}
