import FuzzKit
import LiveProtocol

/// Differences in Fossil's format: whatever the two texts are, the difference makes the second from the first; and where both
/// are texts, so is the difference.
@c(LLVMFuzzerTestOneInput)
package func difference(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    Fuzz.run(start, count) { bytes in
        // The first byte says where the second text begins, in 256ths.
        guard let first = bytes.first else { return }
        let rest = bytes.dropFirst()
        let place = rest.startIndex + rest.count * Int(first) / 256
        let (source, target) = (Array(rest[..<place]), Array(rest[place...]))
        for (source, target) in [(source, target), (target, source), (source, source + target)] {
            let delta = FossilDelta.encode(from: source, to: target)
            hold(Patch(delta).apply(to: source) == target, "the difference makes something else")
            if isText(target) { hold(isText(delta), "the difference of texts is none") }
        }
    }
}

private func isText(_ bytes: [UInt8]) -> Bool { String(validating: bytes, as: UTF8.self) != nil }

/// Reads a difference as the format's description has it.
private struct Patch {
    private static let digits = Array(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~".utf8)

    private var rest: ArraySlice<UInt8>

    init(_ delta: [UInt8]) { rest = delta[...] }

    func apply(to source: [UInt8]) -> [UInt8]? {
        var patch = self
        guard let length = patch.number(), patch.rest.popFirst() == UInt8(ascii: "\n") else { return nil }
        var target: [UInt8] = []
        while let count = patch.number(), let kind = patch.rest.popFirst() {
            switch kind {
            case UInt8(ascii: "@"):
                guard let from = patch.number(), patch.rest.popFirst() == UInt8(ascii: ","),
                    from + count <= source.count
                else { return nil }
                target += source[from..<from + count]
            case UInt8(ascii: ":"):
                guard patch.rest.count >= count else { return nil }
                target += patch.rest.prefix(count)
                patch.rest = patch.rest.dropFirst(count)
            case UInt8(ascii: ";"):
                let isWhole = target.count == length && patch.rest.isEmpty
                return isWhole && count == Patch.checksum(target) ? target : nil
            default: return nil
            }
        }
        return nil
    }

    private mutating func number() -> Int? {
        var value: Int?
        while let first = rest.first, let digit = Patch.digits.firstIndex(of: first) {
            value = (value ?? 0) << 6 | digit
            rest = rest.dropFirst()
        }
        return value
    }

    /// The sum of big-endian words, the last one filled up with zeros.
    private static func checksum(_ bytes: [UInt8]) -> Int {
        var sum: UInt32 = 0
        for start in stride(from: 0, to: bytes.count, by: 4) {
            var word: UInt32 = 0
            for place in start..<start + 4 {
                word = word << 8 | (place < bytes.count ? UInt32(bytes[place]) : 0)
            }
            sum &+= word
        }
        return Int(sum)
    }
}
