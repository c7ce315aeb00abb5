import TestKit
import Testing

@testable import Sockets

/// What the streams of a loop are owed in one round.
struct `Round frames` {
    private func isSame(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.withUnsafeBytes { left in right.withUnsafeBytes { left.baseAddress == $0.baseAddress } }
    }

    @Test func `gives streams with the same frames the same bytes, made once`() {
        var frames = RoundFrames()
        let (one, two): ([UInt8], [UInt8]) = ([1, 1], [2])
        var places = [RoundFrames.Place](repeating: .init(), count: 3)
        for frame in [one, two] {
            for index in places.indices { #expect(frames.add(frame, to: &places[index])) }
        }
        let joined = places.indices.map { frames.joined(&places[$0]) }
        #expect(joined == [[1, 1, 2], [1, 1, 2], [1, 1, 2]])
        #expect(isSame(joined[0], joined[1]) && isSame(joined[1], joined[2]))
        #expect(places.allSatisfy { $0.isEmpty })
    }

    @Test func `hands a single frame on as it is`() {
        var frames = RoundFrames()
        let frame: [UInt8] = [1, 2, 3]
        var place = RoundFrames.Place()
        #expect(frames.add(frame, to: &place))
        #expect(isSame(frames.joined(&place), frame))
    }

    @Test func `keeps each stream's own frames in their order, between those of all`() {
        var frames = RoundFrames()
        let (all, own, more): ([UInt8], [UInt8], [UInt8]) = ([1], [7], [2])
        var (member, publisher, other) = (RoundFrames.Place(), RoundFrames.Place(), RoundFrames.Place())
        #expect(
            frames.add(all, to: &member) && frames.add(all, to: &publisher) && frames.add(all, to: &other))
        #expect(frames.add(own, to: &publisher))
        #expect(
            frames.add(more, to: &member) && frames.add(more, to: &publisher) && frames.add(more, to: &other))
        #expect(frames.joined(&publisher) == [1, 7, 2])
        let joined = (frames.joined(&member), frames.joined(&other))
        #expect(joined.0 == [1, 2] && isSame(joined.0, joined.1))
    }

    @Test func `takes the same bytes in another array for another frame`() {
        var frames = RoundFrames()
        var (one, two) = (RoundFrames.Place(), RoundFrames.Place())
        let (left, right) = ([UInt8](repeating: 5, count: 100), [UInt8](repeating: 5, count: 100))
        #expect(frames.add(left, to: &one) && frames.add(right, to: &two))
        #expect(isSame(frames.joined(&one), left))
        #expect(isSame(frames.joined(&two), right))
    }

    @Test func `gives up a place's frames one by one`() {
        var frames = RoundFrames()
        var place = RoundFrames.Place()
        for number in 0..<5 { #expect(frames.add([UInt8(number)], to: &place)) }
        #expect(frames.take(&place) == [[0], [1], [2], [3], [4]])
        #expect(place.isEmpty)
        #expect(frames.take(&place).isEmpty)
    }

    @Test func `has no room beyond its bound, nor while it leaves`() {
        var frames = RoundFrames()
        var place = RoundFrames.Place()
        for _ in 1..<RoundFrames.bound { #expect(frames.add([1], to: &place)) }
        #expect(!frames.add([1], to: &place))
        #expect(frames.take(&place).count == RoundFrames.bound - 1)
        frames.end()
        #expect(frames.add([1], to: &place))
        frames.isLeaving = true
        var late = RoundFrames.Place()
        #expect(!frames.add([1], to: &late))
        #expect(frames.joined(&place) == [1])
    }

    @Test func `is the sum of what was added, whoever gets what`() {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<50 {
            var frames = RoundFrames()
            var places = [RoundFrames.Place](repeating: .init(), count: 8)
            var owed = [[UInt8]](repeating: [], count: 8)
            for number in 0..<30 {
                let frame = [UInt8](repeating: UInt8(number), count: Int.random(in: 1...3, using: &random))
                for index in places.indices where Bool.random(using: &random) {
                    #expect(frames.add(frame, to: &places[index]))
                    owed[index] += frame
                }
            }
            for index in places.indices where !places[index].isEmpty {
                #expect(frames.joined(&places[index]) == owed[index])
            }
        }
    }
}
