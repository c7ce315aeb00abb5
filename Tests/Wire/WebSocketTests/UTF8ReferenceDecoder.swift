/// UTF-8 by arithmetic, slowly: the opposite of the validator under test, which only compares octets.
enum UTF8ReferenceDecoder {
    /// Whether `octets` are well-formed: every code point is decoded, ranged, and told back in its shortest
    /// form.
    static func isValid(_ octets: [UInt8]) -> Bool {
        var rest = octets[...]
        while let lead = rest.popFirst() {
            let ones = (~lead).leadingZeroBitCount
            if ones == 0 { continue }
            guard (2...4).contains(ones), rest.count >= ones - 1 else { return false }
            var codePoint = UInt32(lead) & (0x7F >> UInt32(ones))
            for _ in 1..<ones {
                let next = rest.removeFirst()
                guard next >> 6 == 0b10 else { return false }
                codePoint = codePoint << 6 | UInt32(next & 0x3F)
            }
            guard codePoint <= 0x10FFFF, codePoint >> 11 != 0xD800 >> 11, ones == length(of: codePoint) else {
                return false
            }
        }
        return true
    }

    /// Whether some continuation of at most three octets makes `octets` well-formed.
    static func isPossible(_ octets: [UInt8]) -> Bool {
        let edges: [UInt8] = [0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF]
        var candidates = [octets]
        for _ in 0..<4 {
            if candidates.contains(where: isValid) { return true }
            candidates = candidates.flatMap { candidate in edges.map { candidate + [$0] } }
        }
        return false
    }

    private static func length(of codePoint: UInt32) -> Int {
        codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4
    }
}
