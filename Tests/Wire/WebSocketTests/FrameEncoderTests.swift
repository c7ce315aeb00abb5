import TestKit
import Testing
import WebSocket

struct `Frame encoder` {
    private let payload = Array("Hello".utf8)

    @Test func `writes the standard's examples`() {
        // RFC 6455 §5.7
        #expect(FrameEncoder.text("Hello") == [0x81, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F])
        #expect(
            FrameEncoder.text("Hello", mask: MaskingKey(0x37, 0xFA, 0x21, 0x3D))
                == [0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58])
        #expect(
            FrameEncoder.frame(.text, Array("Hel".utf8), isFinal: false) == [
                0x01, 0x03, 0x48, 0x65, 0x6C,
            ])
        #expect(FrameEncoder.frame(.continuation, Array("lo".utf8)) == [0x80, 0x02, 0x6C, 0x6F])
        #expect(FrameEncoder.ping(payload) == [0x89, 0x05] + payload)
        #expect(FrameEncoder.pong(payload) == [0x8A, 0x05] + payload)
        #expect(
            FrameEncoder.binary([UInt8](repeating: 7, count: 256)).prefix(4) == [0x82, 0x7E, 0x01, 0x00])
    }

    @Test(arguments: [0, 1, 125, 126, 127, 65_535, 65_536, 65_537])
    func `agrees with a frame written by hand`(length: Int) {
        var generator = SeededGenerator(seed: UInt64(length))
        let octets = generator.octets(length)
        let key = MaskingKey(0x37, 0xFA, 0x21, 0x3D)
        #expect(FrameEncoder.binary(octets, mask: key) == WireFrame.binary(octets).octets)
        let plain = WireFrame(opcode: 2, payload: octets, key: nil)
        #expect(FrameEncoder.binary(octets) == plain.octets)
        #expect(FrameEncoder.header(.binary, payloadLength: length) + octets == plain.octets)
    }

    @Test func `appends to what is there`() {
        var bytes: [UInt8] = [1, 2, 3]
        FrameEncoder.append(.text, payload.span, mask: MaskingKey(0x37, 0xFA, 0x21, 0x3D), to: &bytes)
        #expect(bytes == [1, 2, 3] + WireFrame.text("Hello").octets)
    }

    @Test func `writes close frames with and without code and reason`() {
        #expect(FrameEncoder.close(nil) == [0x88, 0x00])
        #expect(FrameEncoder.close(.normal) == [0x88, 0x02, 0x03, 0xE8])
        #expect(
            FrameEncoder.close(.goingAway, reason: "bye") == [0x88, 0x05, 0x03, 0xE9] + Array("bye".utf8))
        #expect(
            FrameEncoder.close(.normal, mask: MaskingKey(0x37, 0xFA, 0x21, 0x3D))
                == WireFrame.close(1000).octets)
    }

    @Test func `cuts a long reason between characters`() {
        let fits = String(repeating: "a", count: 123)
        #expect(FrameEncoder.close(.normal, reason: fits).count == 2 + 125)
        #expect(FrameEncoder.close(.normal, reason: fits + "a") == FrameEncoder.close(.normal, reason: fits))
        let wide = String(repeating: "€", count: 50)
        let frame = FrameEncoder.close(.normal, reason: wide)
        #expect(frame.count == 2 + 2 + 41 * 3)
        #expect(UTF8Validator.isValid(Array(frame[4...])))
    }
}
