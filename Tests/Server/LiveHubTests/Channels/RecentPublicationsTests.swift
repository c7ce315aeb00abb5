import JSON
import LiveProtocol
@testable import LiveHub
import Testing

struct `Recent publications` {
    private func recent(_ offsets: ClosedRange<UInt64>, maxCount: Int = 100, maxBytes: Int = 1 << 20)
        -> RecentPublications
    {
        var recent = RecentPublications()
        let bounds = RecentPublications.Bounds(count: maxCount, bytes: maxBytes)
        for offset in offsets { recent.append(publication(offset), within: bounds) }
        return recent
    }

    @Test(
        arguments: [(4, true), (5, true), (9, true), (10, true), (3, false), (0, false)] as [(UInt64, Bool)])
    func `cover exactly what follows the first kept one`(after: UInt64, covered: Bool) {
        #expect(recent(5...10).covers(after: after, top: 10) == covered)
    }

    @Test func `cover nothing when the newest is missing`() {
        #expect(!recent(5...9).covers(after: 5, top: 10))
        #expect(!RecentPublications().covers(after: 0, top: 1))
        #expect(RecentPublications().covers(after: 0, top: 0))
    }

    @Test func `hand out what follows, oldest first`() {
        #expect(recent(5...10).after(7).map(\.offset) == [8, 9, 10])
        #expect(recent(5...10).after(4).map(\.offset) == [5, 6, 7, 8, 9, 10])
        #expect(recent(5...10).after(10).isEmpty)
    }

    @Test func `keep to their number and their bytes`() {
        #expect(recent(1...100, maxCount: 10).after(0).map(\.offset) == Array(91...100))
        let weight = publication(1).weight
        #expect(recent(1...9, maxBytes: weight * 4).after(0).map(\.offset) == [6, 7, 8, 9])
    }

    @Test func `start anew where a publication does not follow on`() {
        var kept = recent(1...5)
        kept.append(publication(9), within: RecentPublications.Bounds(count: 100, bytes: 1 << 20))
        #expect(kept.after(0).map(\.offset) == [9])
        #expect(!kept.covers(after: 5, top: 9))
    }

    @Test func `replace a hidden one in place`() {
        var kept = recent(5...10)
        kept.replace(offset: 7, with: LogEvent.hidden(offset: 7))
        kept.replace(offset: 2, with: LogEvent.hidden(offset: 2))
        kept.replace(offset: 99, with: LogEvent.hidden(offset: 99))
        #expect(kept.after(6).first?.publication.data.json?.text == #"{"id":7,"type":"skip"}"#)
        #expect(kept.after(4).map(\.offset) == [5, 6, 7, 8, 9, 10])
    }
}
