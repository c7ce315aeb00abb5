import Testing
import WebSocket

struct `Message decoder` {
    private static let limits = MessageDecoder.Limits(maxMessageBytes: 1 << 20, maxFragments: 16)

    private func decoder(
        max: Int = 1 << 20, fragments: Int = 16, from peer: Peer = .client, allowing: ReservedBits = []
    ) -> MessageDecoder {
        MessageDecoder(
            limits: .init(maxMessageBytes: max, maxFragments: fragments), from: peer, allowing: allowing)
    }

    /// One of everything: each stream must sound the same wherever it is cut.
    private static let mixed: [WireFrame] = [
        .text("Grüße"), .ping([1, 2, 3]), .binary([]), .text("ein ", isFinal: false), .pong(), .ping(),
        .more("zer", isFinal: false), .ping([9]), .more("legter Satz"),
        .binary([UInt8](repeating: 0xEE, count: 300)), .text(""), .close(1001, Array("so long ✋".utf8)),
    ]
    private static let mixedHeard: [Heard] = [
        .text("Grüße"), .ping([1, 2, 3]), .binary([]), .pong([]), .ping([]), .ping([9]),
        .text("ein zerlegter Satz"), .binary([UInt8](repeating: 0xEE, count: 300)), .text(""),
        .close(1001, "so long ✋"),
    ]

    @Test func `hears the same wherever the input is cut`() {
        let octets = Self.mixed.flatMap(\.octets)
        for cut in 0...octets.count {
            var decoder = decoder()
            let heard = decoder.hear(octets[..<cut]) + decoder.hear(octets[cut...])
            #expect(heard == Self.mixedHeard, "cut at \(cut)")
            #expect(decoder.isFinished)
        }
    }

    @Test(arguments: 1...20)
    func `hears the same in pieces of one size`(size: Int) {
        var decoder = decoder()
        #expect(decoder.hear(reads: Self.mixed.flatMap(\.octets).chopped(size)) == Self.mixedHeard)
        #expect(decoder.heldBytes == 0)
    }

    @Test(arguments: [0, 1, 125, 126, 127, 65_535, 65_536, 65_537])
    func `takes every length class, whole or cut around its header`(length: Int) {
        let payload = [UInt8](repeating: UInt8(ascii: "x"), count: length)
        let octets = WireFrame.text(octets: payload).octets
        for cut in 0...min(16, octets.count) {
            var decoder = decoder()
            #expect(decoder.hear(octets[..<cut]) + decoder.hear(octets[cut...]) == [.text(payload)])
            #expect(decoder.heldBytes == 0)
        }
    }

    @Test func `does not copy a message that stands whole in the input`() throws {
        var octets = WireFrame.text("Hello").octets + WireFrame.ping([1, 2]).octets
        try octets.withUnsafeMutableBytes { bytes in
            var decoder = decoder()
            var input = FrameInput(bytes)
            let text = try decoder.next(&input)
            #expect(text == .text(.inPlace(6..<11)))
            #expect(input.withBytes(of: .inPlace(6..<11)) { $0[0] } == UInt8(ascii: "H"))
            let ping = try decoder.next(&input)
            #expect(ping == .ping(.inPlace(17..<19)))
            let end = try decoder.next(&input)
            #expect(end == nil)
            #expect(input.remaining == 0)
        }
    }

    @Test func `does not copy it either when only the header came before`() throws {
        let octets = WireFrame.text("Hello").octets
        var decoder = decoder()
        #expect(decoder.hear(octets[..<6]) == [])
        var rest = Array(octets[6...])
        try rest.withUnsafeMutableBytes { bytes in
            var input = FrameInput(bytes)
            let text = try decoder.next(&input)
            #expect(text == .text(.inPlace(0..<5)))
        }
    }

    @Test func `lends an assembled message out like any other`() throws {
        let octets = WireFrame.text("Hello").octets
        var decoder = decoder()
        #expect(decoder.hear(octets[..<8]) == [])
        var rest = Array(octets[8...])
        try rest.withUnsafeMutableBytes { bytes in
            var input = FrameInput(bytes)
            guard case .text(let payload) = try decoder.next(&input) else {
                Issue.record("no text")
                return
            }
            #expect(payload.count == 5)
            #expect(input.withBytes(of: payload) { $0[4] } == UInt8(ascii: "o"))
            #expect(input.copy(payload) == Array("Hello".utf8))
        }
    }

    @Test func `holds what arrived, not what was announced, and gives it up with the message`() {
        var decoder = decoder(max: 16 << 20)
        #expect(decoder.hear(WireFrame.text("Hello").octets) == [.text("Hello")])
        #expect(decoder.heldBytes == 0)
        // A header that lies: 16 MiB announced, ten octets sent.
        let header = FrameEncoder.header(.binary, payloadLength: 16 << 20, mask: MaskingKey(0, 0, 0, 0))
        #expect(decoder.hear(header + [UInt8](repeating: 1, count: 10)) == [])
        #expect(decoder.heldBytes == 10)
        #expect(MemoryLayout<MessageDecoder>.size <= 112)
    }

    @Test(arguments: [true, false])
    func `takes a message much larger than the reads in step`(isText: Bool) {
        let size = 16 << 20
        let payload = [UInt8](repeating: UInt8(ascii: "y"), count: size)
        let mask = MaskingKey(1, 2, 3, 4)
        let octets =
            isText
            ? FrameEncoder.text(payload.span, mask: mask) : FrameEncoder.binary(payload, mask: mask)
        var decoder = decoder(max: size)
        #expect(decoder.hear(reads: octets.chopped(64 << 10)) == [isText ? .text(payload) : .binary(payload)])
    }

    @Test func `swallows everything after a close frame`() {
        var decoder = decoder()
        let octets = WireFrame.close(1000).octets + [0xFF, 0xFF] + WireFrame.text("x").octets
        #expect(decoder.hear(octets) == [.close(1000, "")])
        #expect(decoder.hear(octets) == [])
    }

    @Test func `swallows everything after an error`() {
        var decoder = decoder()
        #expect(
            decoder.hear(WireFrame.text("a").octets + WireFrame.more("b").octets + WireFrame.text("c").octets)
                == [.text("a"), .failed(.nothingToContinue)])
        #expect(decoder.hear(WireFrame.text("d").octets) == [])
        #expect(decoder.heldBytes == 0)
    }
}

extension `Message decoder` {
    @Test func `limits the octets of a message, over its frames`() {
        var exact = decoder(max: 10)
        #expect(exact.hear(WireFrame.text("0123456789").octets) == [.text("0123456789")])
        var whole = decoder(max: 10)
        #expect(whole.hear(WireFrame.text("0123456789x").octets) == [.failed(.tooLarge(limit: 10))])
        var parts = decoder(max: 10)
        #expect(
            parts.hear(WireFrame.text("01234", isFinal: false).octets + WireFrame.more("567890").octets)
                == [.failed(.tooLarge(limit: 10))])
        var fitting = decoder(max: 10)
        #expect(
            fitting.hear(WireFrame.text("01234", isFinal: false).octets + WireFrame.more("56789").octets)
                == [.text("0123456789")])
        #expect(FrameError.tooLarge(limit: 10).closeCode == .messageTooBig)
    }

    @Test func `refuses by the header, before the payload comes`() {
        var decoder = decoder(max: 100)
        #expect(
            decoder.hear(WireFrame.binary([UInt8](repeating: 0, count: 200)).octets[..<8])
                == [.failed(.tooLarge(limit: 100))])
    }

    @Test func `limits the fragments of a message, the empty ones too`() {
        let first = WireFrame.text("", isFinal: false).octets
        let more = WireFrame.more("", isFinal: false).octets
        var decoder = decoder(fragments: 4)
        for _ in 0..<3 {
            #expect(decoder.hear(first + more + more + WireFrame.more("").octets) == [.text("")])
        }
        #expect(decoder.hear(first + more + more + more) == [])
        #expect(decoder.hear(more) == [.failed(.tooManyFragments(limit: 4))])
    }

    @Test func `takes 65,536 fragments where that is allowed`() {
        var decoder = decoder(fragments: 65_536)
        var octets = WireFrame.binary([7], isFinal: false).octets
        for _ in 0..<65_534 { octets += WireFrame.more(octets: [7], isFinal: false).octets }
        octets += WireFrame.more(octets: [7]).octets
        #expect(decoder.hear(octets) == [.binary([UInt8](repeating: 7, count: 65_536))])
    }

    @Test func `fails a text at the first impossible octet, wherever frames and reads end`() {
        let payload = Array("ab€".utf8) + [0xED, 0xA0, 0x80]
        let impossible = 6  // A0 after ED can only be a surrogate.
        let octets = WireFrame.text(octets: payload).octets
        var decoder = decoder()
        #expect(decoder.hear(octets[..<(6 + impossible)]) == [])
        #expect(decoder.hear([octets[6 + impossible]]) == [.failed(.invalidUTF8)])
    }

    @Test func `fails a text that ends inside a character`() {
        var decoder = decoder()
        #expect(decoder.hear(WireFrame.text(octets: [0x61, 0xE2, 0x82], isFinal: false).octets) == [])
        #expect(decoder.hear(WireFrame.more("").octets) == [.failed(.invalidUTF8)])
    }

    @Test func `starts each text afresh`() {
        var decoder = decoder()
        let octets =
            WireFrame.text(octets: [0xE2], isFinal: false).octets
            + WireFrame.more(octets: [0x82, 0xAC]).octets
        #expect(decoder.hear(octets + octets) == [.text("€"), .text("€")])
    }

    @Test func `does not read binary messages as text`() {
        var decoder = decoder()
        #expect(decoder.hear(WireFrame.binary([0xFF, 0xFE]).octets) == [.binary([0xFF, 0xFE])])
    }

    @Test func `hands messages with an agreed RSV1 out as they came`() {
        var decoder = decoder(allowing: .rsv1)
        let first = WireFrame(opcode: 1, payload: [0xFF], isFinal: false, reserved: 4)
        let octets = first.octets + WireFrame.more(octets: [0xFE]).octets + WireFrame.text("plain").octets
        #expect(decoder.hear(octets) == [.compressed(.text, [0xFF, 0xFE]), .text("plain")])
        let continued = WireFrame(opcode: 0, payload: [0xFE], reserved: 4)
        #expect(decoder.hear(first.octets + continued.octets) == [.failed(.reservedBits(.rsv1))])
    }

    @Test func `reads a server's frames for a client`() {
        var decoder = decoder(from: .server)
        let octets =
            FrameEncoder.text("Hello") + FrameEncoder.ping([1])
            + FrameEncoder.close(.normal, reason: "bye")
        #expect(decoder.hear(reads: octets.chopped(3)) == [.text("Hello"), .ping([1]), .close(1000, "bye")])
        var other = self.decoder(from: .server)
        #expect(other.hear(WireFrame.text("Hello").octets) == [.failed(.maskedServerFrame)])
    }

    @Test func `refuses frames of a client that are not masked`() {
        var decoder = decoder()
        #expect(decoder.hear(FrameEncoder.text("Hello")) == [.failed(.unmaskedClientFrame)])
    }

    @Test(arguments: [
        ([UInt8](), Heard.close(nil, "")), ([0x03], .failed(.closePayloadTooShort)),
        ([0x03, 0xE8], .close(1000, "")),
        ([0x03, 0xE8, 0x61], .close(1000, "a")), ([0x03, 0xE8, 0xC3], .failed(.invalidUTF8)),
        ([0x03, 0xED], .failed(.invalidCloseCode(1005))),
        ([0x03, 0xEC, 0xFF], .failed(.invalidCloseCode(1004))),
        ([0x00, 0x00], .failed(.invalidCloseCode(0))), ([0x13, 0x87], .close(4999, "")),
        ([0x13, 0x88], .failed(.invalidCloseCode(5000))),
    ])
    func `reads close frames by their rules, whole or octet by octet`(payload: [UInt8], heard: Heard) {
        let octets = WireFrame(opcode: 8, payload: payload).octets
        var whole = decoder()
        #expect(whole.hear(octets) == [heard])
        var cut = decoder()
        #expect(cut.hear(reads: octets.chopped(1)) == [heard])
    }
}

extension `Message decoder` {
    @Test func `is idle between two messages and nowhere else`() {
        // A message in two frames, and a ping in between.
        let frames: [WireFrame] = [.text("two", isFinal: false), .ping([7]), .more(" parts")]
        let octets = frames.flatMap(\.octets)
        for cut in 0...octets.count {
            var decoder = decoder()
            _ = decoder.hear(octets[..<cut])
            #expect(decoder.isIdle == (cut == 0 || cut == octets.count), "cut at \(cut)")
        }
        var finished = decoder()
        _ = finished.hear(WireFrame.close(1000).octets)
        #expect(!finished.isIdle)
    }

    @Test func `may be made anew whenever it is idle`() {
        let octets = Self.mixed.flatMap(\.octets)
        var decoder = decoder()
        var heard: [Heard] = []
        for octet in octets {
            if decoder.isIdle { decoder = self.decoder() }
            heard += decoder.hear([octet])
        }
        #expect(heard == Self.mixedHeard)
    }
}
