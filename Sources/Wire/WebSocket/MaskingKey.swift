/// The four octets that a client's payload is XORed with (RFC 6455 §5.3).
package struct MaskingKey: Equatable, Sendable {
    /// First octet lowest, so that shifting right moves on in the payload.
    private let octets: UInt32

    /// Takes the key as it stands in the header.
    package init(_ first: UInt8, _ second: UInt8, _ third: UInt8, _ fourth: UInt8) {
        octets = UInt32(first) | UInt32(second) << 8 | UInt32(third) << 16 | UInt32(fourth) << 24
    }

    private init(octets: UInt32) { self.octets = octets }

    /// A fresh key, as every frame of a client needs (§10.3: it must not be guessable).
    package static func random(using generator: inout some RandomNumberGenerator) -> MaskingKey {
        MaskingKey(octets: UInt32.random(in: 0 ... .max, using: &generator))
    }

    /// The octet that payload octet `index` is combined with.
    package subscript(_ index: Int) -> UInt8 {
        UInt8(truncatingIfNeeded: octets >> UInt32((index & 3) * 8))
    }

    /// The key for the rest of a payload of which `count` octets are done.
    package func advanced(by count: Int) -> MaskingKey {
        let shift = UInt32((count & 3) * 8)
        return shift == 0 ? self : MaskingKey(octets: octets >> shift | octets << (32 - shift))
    }

    /// Masks or unmasks `bytes` in place; `offset` is where in the payload they begin.
    package func apply(to bytes: inout MutableSpan<UInt8>, offset: Int = 0) {
        // Safety: the buffer is used within the closure only, which holds the span exclusively.
        unsafe bytes.withUnsafeMutableBytes { unsafe apply(to: $0, offset: offset) }
    }

    /// Masks or unmasks `bytes` in place; `offset` is where in the payload they begin.
    ///
    /// The caller guarantees that the memory is valid and its own during the call; any alignment will do.
    package func apply(to bytes: UnsafeMutableRawBufferPointer, offset: Int = 0) {
        let key = advanced(by: offset)
        let wide = (UInt64(key.octets) << 32 | UInt64(key.octets)).littleEndian
        let count = bytes.count
        let wideEnd = count & ~7
        var index = 0
        // Safety: every access lies below `count`, the length of the buffer that the caller vouches for.
        while index < wideEnd {
            let word = unsafe bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            unsafe bytes.storeBytes(of: word ^ wide, toByteOffset: index, as: UInt64.self)
            index += 8
        }
        while index < count {
            unsafe bytes[index] ^= key[index]
            index += 1
        }
    }
}
