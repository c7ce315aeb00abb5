import TestKit
import Testing
import WebSocket

struct `Masking key` {
    /// As RFC 6455 §5.3 puts it: octet `i` with octet `i` mod 4 of the key.
    private func reference(_ octets: [UInt8], _ key: [UInt8], offset: Int) -> [UInt8] {
        octets.enumerated().map { $1 ^ key[($0 + offset) % 4] }
    }

    @Test(arguments: 0..<40)
    func `masks every length at every offset and alignment`(length: Int) {
        var generator = SeededGenerator(seed: UInt64(length))
        let key = generator.octets(4)
        let masking = MaskingKey(key[0], key[1], key[2], key[3])
        for offset in 0..<9 {
            for alignment in 0..<8 {
                let whole = generator.octets(alignment + length + 3)
                var masked = whole
                masked.withUnsafeMutableBytes { bytes in
                    masking.apply(
                        to: UnsafeMutableRawBufferPointer(rebasing: bytes[alignment..<alignment + length]),
                        offset: offset)
                }
                let middle = Array(whole[alignment..<alignment + length])
                #expect(masked[..<alignment] == whole[..<alignment])
                #expect(
                    Array(masked[alignment..<alignment + length]) == reference(middle, key, offset: offset))
                #expect(masked[(alignment + length)...] == whole[(alignment + length)...])
            }
        }
    }

    @Test func `masks a span in place`() {
        var octets = Array("Hello".utf8)
        let key = MaskingKey(0x37, 0xFA, 0x21, 0x3D)
        var span = octets.mutableSpan
        key.apply(to: &span)
        #expect(octets == [0x7F, 0x9F, 0x4D, 0x51, 0x58])  // RFC 6455 §5.7
    }

    @Test(arguments: 0..<9)
    func `goes on where a payload was cut`(cut: Int) {
        let key = MaskingKey(1, 2, 3, 4)
        for index in 0..<8 {
            #expect(key.advanced(by: cut)[index] == key[cut + index])
        }
    }
}
