/// A digest of what a client asked for, stable over processes and releases: FNV-1a with 64 bits, by Fowler, Noll and Vo.
///
/// It tells a repeated request from another one under the same key; nobody gains by a collision but to be told that
/// their own second request was their first.
struct AnswerDigest {
    private var state: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func combine(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
    }

    mutating func combine(_ number: Int64) {
        var rest = UInt64(bitPattern: number)
        for _ in 0..<8 {
            combine(CollectionOfOne(UInt8(truncatingIfNeeded: rest)))
            rest >>= 8
        }
    }

    var value: Int64 { Int64(bitPattern: state) }
}
