import TestKit
import Testing

@testable import WebSocket

struct `Compressed messages` {
    private let inflater = MessageInflater()
    private let deflater = MessageDeflater()

    private func inflate(_ bytes: [UInt8], limit: Int = 1 << 16) throws(FrameError) -> [UInt8] {
        try inflater.inflate(bytes.span, limit: limit)
    }

    private func deflate(_ bytes: [UInt8], _ window: Int = 15) -> [UInt8]? {
        deflater.deflate(bytes.span, window: window)
    }

    /// The examples of RFC 7692 §7.2.3: one block, one without compression, one that says it is the last, two blocks.
    @Test(arguments: [
        [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00],
        [0x00, 0x05, 0x00, 0xFA, 0xFF, 0x48, 0x65, 0x6C, 0x6C, 0x6F, 0x00],
        [0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00],
        [0xF2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xCA, 0xC9, 0xC9, 0x07, 0x00],
    ])
    func `expand as the standard's examples do`(bytes: [UInt8]) throws {
        #expect(try inflate(bytes) == Array("Hello".utf8))
    }

    @Test func `are each by themselves: nothing of one message helps with the next`() throws {
        #expect(try inflate([0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00]) == Array("Hello".utf8))
        // It refers back to the message before (RFC 7692 §7.2.3.2), which a client was told not to do.
        #expect(throws: FrameError.invalidDeflate) { try inflate([0xF2, 0x00, 0x11, 0x00, 0x00]) }
        #expect(try inflate([0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00]) == Array("Hello".utf8))
    }

    @Test(arguments: DeflateAgreement.windows)
    func `come back as they were, through every window`(window: Int) throws {
        let text = Array(String(repeating: #"{"type":"board.add","x":12,"y":34},"#, count: 900).utf8)
        for count in [300, 1_000, text.count] {
            let message = Array(text.prefix(count))
            let small = try #require(deflate(message, window))
            #expect(small.count < message.count / 2)
            #expect(try inflate(small) == message)
            // The same message is the same bytes: nothing is left of what was compressed before.
            #expect(deflate(message, window) == small)
        }
    }

    @Test func `stay as they are when compression saves nothing`() {
        var random = SeededGenerator(seed: 7)
        let noise = (0..<4096).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        #expect(deflate(noise) == nil)
        #expect(deflate([UInt8]()) == nil)
    }

    @Test func `may be as large as allowed, and no larger`() throws {
        let message = [UInt8](repeating: 65, count: 100_000)
        let small = try #require(deflate(message))
        #expect(try inflate(small, limit: 100_000) == message)
        #expect(throws: FrameError.tooLarge(limit: 99_999)) { try inflate(small, limit: 99_999) }
        // A bomb of 64 MiB in 64 KiB is left as soon as it is one octet too large.
        let bomb = try #require(
            deflate([UInt8](repeating: 0, count: 64 << 20)))
        #expect(bomb.count <= 1 << 16)
        #expect(throws: FrameError.tooLarge(limit: 1 << 16)) { try inflate(bomb) }
        #expect(try inflate(small, limit: 100_000) == message)
    }

    @Test(arguments: [[0xFF], [0x06], [0x02, 0x48], [0x00, 0x05, 0x00, 0x00, 0x00], [0xF2]] as [[UInt8]])
    func `fail the connection when they cannot be expanded`(bytes: [UInt8]) {
        #expect(throws: FrameError.invalidDeflate) { try inflate(bytes) }
        #expect(FrameError.invalidDeflate.closeCode == .invalidPayload)
    }

    @Test func `survive any bytes`() {
        let seed = UInt64.random(in: 0 ... .max)
        print("compressed messages seed: \(seed)")
        var random = SeededGenerator(seed: seed)
        let good = deflate(Array(String(repeating: "abc{}", count: 200).utf8)) ?? []
        for _ in 0..<3_000 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...5, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(
                    in: .min ... .max, using: &random)
            }
            do {
                #expect(try inflate(bytes, limit: 4096).count <= 4096)
            } catch {
                #expect(error == .invalidDeflate || error == .tooLarge(limit: 4096))
            }
        }
    }
}
