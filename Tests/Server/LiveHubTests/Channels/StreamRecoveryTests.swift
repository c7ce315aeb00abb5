import JSON
import LiveProtocol
import Testing

@testable import LiveHub

/// What a subscriber is given for whom only the newest publication counts.
struct `The newest publication of a stream` {
    private func publication(_ offset: UInt64) -> Publication {
        var publication = Publication(data: RawJSON.null)
        publication.offset = offset
        return publication
    }

    @Test func `is the broker's where members have it`() {
        #expect(StreamRecovery.newest(publication(3), at: 3) { _ in nil }?.offset == 3)
        #expect(StreamRecovery.newest(nil, at: 3) { _ in nil } == nil)
    }

    @Test func `is the one at hand where the broker knows one that members have not been told`() {
        var asked: [UInt64] = []
        let newest = StreamRecovery.newest(publication(4), at: 3) {
            asked.append($0)
            return publication(3)
        }
        #expect(newest?.offset == 3 && asked == [2])
        #expect(StreamRecovery.newest(publication(4), at: 3) { _ in nil } == nil)
    }

    @Test func `is none where nobody has been told anything, although the broker knows one`() {
        let newest = StreamRecovery.newest(publication(1), at: 0) { _ in publication(1) }
        #expect(newest == nil)
    }
}
