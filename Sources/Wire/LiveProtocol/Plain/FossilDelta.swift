/// Differences in the format of Fossil's deltas, by which the client protocol sends what has changed since the publication
/// before (fossil-scm.org, "The Fossil Delta Encoding Algorithm" and "Fossil Delta Format").
///
/// A delta is the target's length, a line feed, then copies from the source (`length@offset,`) and literals (`length:bytes`), and
/// the target's checksum behind which stands `;`. Where the target is UTF-8, every literal is, too: a copy ends and
/// begins between characters, so that a delta of texts is a text.
package enum FossilDelta {
    /// Parts shorter than this are not looked for in the source, except at its beginning and end.
    private static let window = 16
    /// A copy costs about so many bytes; shorter ones are not worth one.
    private static let shortestCopy = 6
    /// Places in the source that are tried for one window; more alike ones are left out, so that no content is slow.
    private static let mostProbes = 16

    /// Says how `target` is made from `source`.
    package static func encode(from source: [UInt8], to target: [UInt8]) -> [UInt8] {
        var delta: [UInt8] = []
        delta.reserveCapacity(64)
        append(target.count, to: &delta)
        delta.append(UInt8(ascii: "\n"))
        var writer = Writer(target: target, delta: delta)

        let shorter = min(source.count, target.count)
        var head = 0
        while head < shorter, source[head] == target[head] { head += 1 }
        writer.copy(from: 0, to: 0, count: head)
        var tail = 0
        while tail < shorter - writer.done, source[source.count - 1 - tail] == target[target.count - 1 - tail]
        {
            tail += 1
        }
        search(source, target, upTo: target.count - tail, &writer)
        writer.copy(from: source.count - tail, to: target.count - tail, count: tail)
        return writer.finish()
    }

    // MARK: Searching

    /// Finds windows of the target's middle in the source, wherever they stand there.
    private static func search(
        _ source: [UInt8], _ target: [UInt8], upTo end: Int, _ writer: inout Writer
    ) {
        guard source.count >= window, end - writer.done >= window else { return }
        let index = WindowIndex(source, window: window)
        var at = writer.done
        var hash = RollingHash(target, at: at, count: window)
        while true {
            var best = (from: 0, to: 0, count: 0)
            var probes = 0
            var candidate = index.first(hash.value)
            while let from = candidate, probes < mostProbes {
                probes += 1
                var count = 0
                while at + count < end, from + count < source.count,
                    source[from + count] == target[at + count]
                {
                    count += 1
                }
                if count >= window {
                    var back = 0
                    while at - back > writer.done, from - back > 0,
                        source[from - back - 1] == target[at - back - 1]
                    { back += 1 }
                    if count + back > best.count { best = (from - back, at - back, count + back) }
                }
                candidate = index.next(from)
            }
            if best.count > 0 {
                writer.copy(from: best.from, to: best.to, count: best.count)
                // What was cut off for the sake of a character is less than one window.
                at = max(writer.done, at + 1)
                guard at + window <= end else { return }
                hash = RollingHash(target, at: at, count: window)
            } else {
                guard at + window < end else { return }
                hash.roll(out: target[at], in: target[at + window])
                at += 1
            }
        }
    }

    /// Where each whole window of the source stands, by its hash.
    private struct WindowIndex {
        private let window: Int
        private let mask: UInt32
        private var heads: [Int32]
        private var chain: [Int32]

        init(_ source: [UInt8], window: Int) {
            self.window = window
            let count = source.count / window
            var size = 16
            while size < count { size *= 2 }
            mask = UInt32(size - 1)
            heads = [Int32](repeating: -1, count: size)
            chain = [Int32](repeating: -1, count: count)
            // From the end, so that each chain begins with the place that stands first.
            for number in (0..<count).reversed() {
                let slot = Int(RollingHash(source, at: number * window, count: window).value & mask)
                chain[number] = heads[slot]
                heads[slot] = Int32(number)
            }
        }

        func first(_ hash: UInt32) -> Int? { place(heads[Int(hash & mask)]) }

        /// The next place with the same slot as the one at `from`.
        func next(_ from: Int) -> Int? { place(chain[from / window]) }

        private func place(_ number: Int32) -> Int? { number < 0 ? nil : Int(number) * window }
    }

    /// A sum of bytes and a sum of those sums, which moves on byte by byte.
    private struct RollingHash {
        private var sum: UInt32 = 0
        private var sums: UInt32 = 0
        private let count: UInt32

        init(_ bytes: [UInt8], at start: Int, count: Int) {
            self.count = UInt32(count)
            for place in start..<start + count {
                sum &+= UInt32(bytes[place])
                sums &+= sum
            }
        }

        mutating func roll(out old: UInt8, in new: UInt8) {
            sum = sum &- UInt32(old) &+ UInt32(new)
            sums = sums &- count &* UInt32(old) &+ sum
        }

        /// Spread over all bits, since the low ones choose the slot.
        var value: UInt32 {
            let mixed = (sum &* 0x9E37_79B1) ^ (sums &* 0x85EB_CA77)
            return mixed ^ (mixed >> 15)
        }
    }

    // MARK: Writing

    /// Writes copies, and what lies between them as literals.
    private struct Writer {
        private let target: [UInt8]
        private var delta: [UInt8]
        /// How much of the target has been said.
        private(set) var done = 0

        init(target: [UInt8], delta: [UInt8]) {
            self.target = target
            self.delta = delta
        }

        /// Copies a part of the source, cut to whole characters; not at all when it is not worth it.
        mutating func copy(from: Int, to: Int, count: Int) {
            var (from, to, end) = (from, to, to + count)
            while to < end, isInside(to) {
                from += 1
                to += 1
            }
            while end > to, isInside(end) { end -= 1 }
            guard end - to >= FossilDelta.shortestCopy else { return }
            literal(upTo: to)
            FossilDelta.append(end - to, to: &delta)
            delta.append(UInt8(ascii: "@"))
            FossilDelta.append(from, to: &delta)
            delta.append(UInt8(ascii: ","))
            done = end
        }

        private mutating func literal(upTo end: Int) {
            guard end > done else { return }
            FossilDelta.append(end - done, to: &delta)
            delta.append(UInt8(ascii: ":"))
            delta += target[done..<end]
            done = end
        }

        /// Whether a character of UTF-8 would be cut in two before this byte.
        private func isInside(_ place: Int) -> Bool { place < target.count && target[place] & 0xC0 == 0x80 }

        consuming func finish() -> [UInt8] {
            literal(upTo: target.count)
            FossilDelta.append(Int(FossilDelta.checksum(target)), to: &delta)
            delta.append(UInt8(ascii: ";"))
            return delta
        }
    }

    private static let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~".utf8)

    /// Writes a number in base 64, its highest digit first.
    private static func append(_ number: Int, to bytes: inout [UInt8]) {
        var shift = 0
        while number >> (shift + 6) > 0 { shift += 6 }
        while shift >= 0 {
            bytes.append(digits[(number >> shift) & 63])
            shift -= 6
        }
    }

    /// The sum of the bytes taken as big-endian words of 32 bits, the last one filled up with zeros.
    static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var sum: UInt32 = 0
        for (place, byte) in bytes.enumerated() { sum &+= UInt32(byte) << (8 * UInt32(3 - place & 3)) }
        return sum
    }
}
