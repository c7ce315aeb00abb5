/// Ways to cut an input into pieces, as a network would: made from the input alone, so that a finding repeats.
package struct Cuts {
    /// Longer inputs are not cut at every byte: that would take most of the time and show little.
    private static let mostSingles = 512

    /// Each way is a list of ranges that follow one another and cover everything; the first is the whole.
    package let ways: [[Range<Int>]]

    package init(_ bytes: [UInt8]) {
        // FNV-1a, so that similar inputs are cut in different places.
        var seed: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { seed = (seed ^ UInt64(byte)) &* 0x100_0000_01B3 }
        var ways = [[0..<bytes.count]]
        if bytes.count <= Cuts.mostSingles { ways.append(bytes.indices.map { $0..<$0 + 1 }) }
        for longest in [7, 64] {
            var pieces: [Range<Int>] = []
            var start = 0
            while start < bytes.count {
                seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                // Also empty pieces: a socket may have nothing to give.
                let end = min(bytes.count, start + Int(seed >> 33) % (longest + 1))
                pieces.append(start..<end)
                start = end
            }
            ways.append(pieces)
        }
        self.ways = ways
    }
}
