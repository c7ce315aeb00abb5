import TestKit
import Testing
import WebSocket

struct `Random streams` {
    private static let lengths = [0, 1, 2, 7, 8, 9, 100, 124, 125, 126, 127, 128, 1_000, 4_096]

    /// A message in random frames with control frames between them, and what must be heard of it.
    private func message(_ generator: inout SeededGenerator) -> (octets: [UInt8], heard: [Heard]) {
        let isText = Bool.random(using: &generator)
        let length = Self.lengths.randomElement(using: &generator) ?? 0
        let payload = isText ? Array(generator.text(length).utf8) : generator.octets(length)
        var (octets, heard): ([UInt8], [Heard]) = ([], [])
        var rest = payload[...]
        let frames = Int.random(in: 1...5, using: &generator)
        for index in 0..<frames {
            let isLast = index == frames - 1
            let part = isLast ? rest : rest.prefix(Int.random(in: 0...rest.count, using: &generator))
            rest = rest.dropFirst(part.count)
            let opcode: Opcode = index > 0 ? .continuation : isText ? .text : .binary
            FrameEncoder.append(
                opcode, Array(part).span, isFinal: isLast, mask: .random(using: &generator), to: &octets)
            if !isLast, Bool.random(using: &generator) {
                let control = generator.octets(Int.random(in: 0...125, using: &generator))
                let isPing = Bool.random(using: &generator)
                FrameEncoder.append(
                    isPing ? .ping : .pong, control.span, mask: .random(using: &generator), to: &octets)
                heard.append(isPing ? .ping(control) : .pong(control))
            }
        }
        heard.append(isText ? .text(payload) : .binary(payload))
        return (octets, heard)
    }

    @Test func `are heard as they were said, however fragmented and cut`() {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed of the round trips: \(seed)")
        var generator = SeededGenerator(seed: seed)
        for round in 0..<150 {
            var (octets, expected): ([UInt8], [Heard]) = ([], [])
            for _ in 0..<Int.random(in: 1...5, using: &generator) {
                let next = message(&generator)
                octets += next.octets
                expected += next.heard
            }
            let largest = [1, 3, 20, 500, 10_000].randomElement(using: &generator) ?? 1
            var decoder = MessageDecoder(limits: .init(maxMessageBytes: 1 << 20))
            let heard = decoder.hear(reads: octets.chopped(upTo: largest, using: &generator))
            #expect(heard == expected, "seed \(seed), round \(round)")
            #expect(decoder.heldBytes == 0)
        }
    }

    @Test(arguments: [Peer.client, .server])
    func `of garbage end in one error at most and hold no more than allowed`(peer: Peer) {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed of the garbage: \(seed)")
        var generator = SeededGenerator(seed: seed)
        let limits = MessageDecoder.Limits(maxMessageBytes: 300, maxFragments: 5)
        for round in 0..<3_000 {
            var decoder = MessageDecoder(limits: limits, from: peer, allowing: round % 2 == 0 ? [] : .rsv1)
            var octets = generator.octets(Int.random(in: 1...200, using: &generator))
            // Most first octets are refused at once; these get further.
            octets[0] =
                [0x01, 0x02, 0x81, 0x82, 0x88, 0x89, 0x8A, 0xC1].randomElement(using: &generator) ?? 0
            var failures = 0
            for read in octets.chopped(upTo: 30, using: &generator) {
                let wasFinished = decoder.isFinished
                let heard = decoder.hear(read)
                #expect(!wasFinished || heard.isEmpty, "seed \(seed), round \(round)")
                failures += heard.count { if case .failed = $0 { true } else { false } }
                #expect(
                    decoder.heldBytes <= 300 + 125 + FrameHeader.maxLength, "seed \(seed), round \(round)")
            }
            #expect(failures <= 1, "seed \(seed), round \(round)")
        }
    }

    @Test func `with single octets spoilt sound the same whole and cut`() {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed of the spoilt streams: \(seed)")
        var generator = SeededGenerator(seed: seed)
        let limits = MessageDecoder.Limits(maxMessageBytes: 1 << 16, maxFragments: 8)
        for round in 0..<300 {
            var octets = message(&generator).octets + message(&generator).octets
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                octets[Int.random(in: 0..<octets.count, using: &generator)] ^=
                    1 << UInt8.random(in: 0..<8, using: &generator)
            }
            var whole = MessageDecoder(limits: limits)
            var cut = MessageDecoder(limits: limits)
            let expected = whole.hear(octets)
            let heard = cut.hear(reads: octets.chopped(upTo: 10, using: &generator))
            #expect(heard == expected, "seed \(seed), round \(round)")
        }
    }
}
