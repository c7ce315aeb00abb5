/// Says of octets that arrive bit by bit whether they can still become UTF-8 (RFC 3629 §4).
///
/// A few octets of state; it fails on the very octet that makes the text impossible.
package struct UTF8Validator: Equatable, Sendable {
    /// Continuation octets still to come; `failed` once the text is wrong for good.
    private var needed: UInt8 = 0
    /// What the next continuation octet may be; narrower after E0, ED, F0 and F4, which exclude overlong
    /// forms, surrogates and what lies above U+10FFFF.
    private var lower: UInt8 = 0x80
    private var upper: UInt8 = 0xBF

    private static let failed: UInt8 = 0xFF

    /// Begins a text.
    package init() {}

    /// Whether what was consumed is a whole text: valid so far and not in the middle of a character.
    package var isComplete: Bool { needed == 0 }

    /// Takes more of the text; `false` as soon as no continuation could make it valid, and ever after.
    package mutating func consume(_ bytes: Span<UInt8>) -> Bool {
        guard needed != Self.failed else { return false }
        let count = bytes.count
        var index = 0
        while index < count {
            if needed == 0 {
                index = Self.endOfASCII(bytes, from: index)
                guard index < count else { return true }
                guard begin(bytes[index]) else { return fail() }
            } else {
                guard bytes[index] >= lower, bytes[index] <= upper else { return fail() }
                needed -= 1
                (lower, upper) = (0x80, 0xBF)
            }
            index += 1
        }
        return true
    }

    /// Whether `bytes` are UTF-8 from the first to the last octet.
    package static func isValid(_ bytes: Span<UInt8>) -> Bool {
        var validator = UTF8Validator()
        return validator.consume(bytes) && validator.isComplete
    }

    /// Where the run of ASCII that begins at `start` ends; eight octets at a time.
    private static func endOfASCII(_ bytes: Span<UInt8>, from start: Int) -> Int {
        // Safety: octets have no padding, so that every one of them is initialized.
        let raw = unsafe bytes.bytes
        let count = raw.byteCount
        var index = start
        while index + 8 <= count {
            // Safety: the eight octets were just found to lie within the span; every bit pattern is a UInt64.
            let word = unsafe raw.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
            guard word & 0x8080_8080_8080_8080 == 0 else { break }
            index += 8
        }
        while index < count, bytes[index] < 0x80 { index += 1 }
        return index
    }

    /// Takes the first octet of a character of several.
    private mutating func begin(_ octet: UInt8) -> Bool {
        switch octet {
        case 0xC2...0xDF: needed = 1
        case 0xE0: (needed, lower) = (2, 0xA0)
        case 0xE1...0xEC, 0xEE...0xEF: needed = 2
        case 0xED: (needed, upper) = (2, 0x9F)
        case 0xF0: (needed, lower) = (3, 0x90)
        case 0xF1...0xF3: needed = 3
        case 0xF4: (needed, upper) = (3, 0x8F)
        default: return false
        }
        return true
    }

    private mutating func fail() -> Bool {
        needed = Self.failed
        return false
    }
}
