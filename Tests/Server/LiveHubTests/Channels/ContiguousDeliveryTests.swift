import JSON
@testable import LiveHub
import LiveProtocol
import TestKit
import Testing

/// A publication that is known by its offset alone.
func publication(_ offset: UInt64, hides: [UInt64] = []) -> ChannelPublication {
    let data = RawJSON { $0.object { $0.member("n", offset) } }
    return ChannelPublication(Publication(data: data, offset: offset), hides: hides)
}

struct `Contiguous delivery` {
    @Test func `hands on what follows and drops what was seen`() {
        var delivery = ContiguousDelivery(position: 4)
        #expect(delivery.accept(publication(5)) == .deliver([publication(5)]))
        #expect(delivery.accept(publication(5)) == .wait)
        #expect(delivery.accept(publication(3)) == .wait)
        #expect(delivery.position == 5)
    }

    @Test func `holds back what comes early and asks once for the hole`() {
        var delivery = ContiguousDelivery(position: 0)
        #expect(delivery.accept(publication(3)) == .fill(after: 0))
        #expect(delivery.accept(publication(4)) == .wait)
        #expect(delivery.isWaiting)
        #expect(delivery.accept(publication(1)) == .deliver([publication(1)]))
        #expect(
            delivery.accept(publication(2)) == .deliver([publication(2), publication(3), publication(4)]))
        #expect(!delivery.isWaiting)
    }

    @Test func `fills a hole from the log, whatever the broker brings meanwhile`() {
        var delivery = ContiguousDelivery(position: 0)
        _ = delivery.accept(publication(4))
        let run = delivery.fill([publication(1), publication(2), publication(3), publication(4)])
        #expect(run.map(\.offset) == [1, 2, 3, 4])
        #expect(delivery.position == 4)
    }

    @Test func `drops what it held beyond its bound and takes all of it from the log`() {
        var delivery = ContiguousDelivery(position: 0)
        let last = UInt64(ContiguousDelivery.mostHeld) + 3
        #expect(delivery.accept(publication(3)) == .fill(after: 0))
        for offset in 4..<last { #expect(delivery.accept(publication(offset)) == .wait) }
        #expect(delivery.accept(publication(last)) == .overflow(after: 0))
        #expect(delivery.fill((1...last).map { publication($0) }).map(\.offset) == Array(1...last))
    }

    @Test(arguments: 0..<50)
    func `delivers everything once and in order, however it was shuffled, repeated and lost`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let all = (1...200).map { publication(UInt64($0)) }
        var stream: [ChannelPublication] = []
        for entry in all {
            for _ in 0..<Int.random(in: 0...2, using: &generator) { stream.append(entry) }
        }
        stream.shuffle(using: &generator)
        var delivery = ContiguousDelivery(position: 0)
        var delivered: [UInt64] = []
        for entry in stream {
            if case .deliver(let run) = delivery.accept(entry) { delivered += run.map(\.offset) }
        }
        delivered += delivery.fill(all).map(\.offset)
        #expect(delivered == Array(1...200), "seed \(seed)")
    }
}
