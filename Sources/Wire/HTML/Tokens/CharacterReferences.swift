/// Characters from text and from references such as `&lt;`, `&#60;`, `&#x3C` (HTML §13.2.5.72).
///
/// On the way line ends become line feeds and form feeds spaces, and control characters go: no text needs them, and
/// some programs pass over them where others stop.
enum CharacterReferences {
    static func decode(_ bytes: ArraySlice<UInt8>, isAttribute: Bool) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let byte = bytes[index]
            if byte == ASCII.ampersand,
                let (scalar, end) = reference(bytes, at: index, isAttribute: isAttribute)
            {
                append(scalar, to: &result)
                index = end
                continue
            }
            index += 1
            switch byte {
            case ASCII.carriageReturn:
                if index < bytes.endIndex, bytes[index] == ASCII.lineFeed { index += 1 }
                result.append(ASCII.lineFeed)
            case 0xC2 where index < bytes.endIndex && bytes[index] < 0xA0: index += 1
            case 0x80...: result.append(byte)
            default: append(Unicode.Scalar(byte), to: &result)
            }
        }
        return result
    }

    private static func append(_ scalar: Unicode.Scalar, to result: inout [UInt8]) {
        switch scalar.value {
        case 0x0D: result.append(ASCII.lineFeed)
        case 0x0C: result.append(ASCII.space)
        case 0x09, 0x0A: result.append(UInt8(scalar.value))
        case 0..<0x20, 0x7F..<0xA0: return
        default: result.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        }
    }

    /// The character of the reference at `start` and where it ends; `nil` when the ampersand is just one.
    private static func reference(
        _ bytes: ArraySlice<UInt8>, at start: Int, isAttribute: Bool
    ) -> (Unicode.Scalar, Int)? {
        guard start + 1 < bytes.endIndex else { return nil }
        return bytes[start + 1] == ASCII.hash
            ? number(bytes, at: start + 2) : named(bytes, at: start + 1, isAttribute: isAttribute)
    }

    private static func named(
        _ bytes: ArraySlice<UInt8>, at start: Int, isAttribute: Bool
    ) -> (Unicode.Scalar, Int)? {
        var end = start
        let limit = min(bytes.endIndex, start + NamedCharacters.longest + 1)
        while end < limit, ASCII.isLetter(bytes[end]) || ASCII.isDigit(bytes[end]) { end += 1 }
        if end < bytes.endIndex, bytes[end] == ASCII.semicolon {
            let name = String(decoding: bytes[start..<end], as: UTF8.self)
            if let scalar = NamedCharacters.table[name] { return (scalar, end + 1) }
        }
        // The longest name that needs no semicolon (`&notit;` is "¬it;"), but not in `href="?a=1&copy=2"`.
        while end > start {
            let name = String(decoding: bytes[start..<end], as: UTF8.self)
            if NamedCharacters.withoutSemicolon.contains(name), let scalar = NamedCharacters.table[name] {
                let next = end < bytes.endIndex ? bytes[end] : 0
                let isPart = next == ASCII.equals || ASCII.isLetter(next) || ASCII.isDigit(next)
                return isAttribute && isPart ? nil : (scalar, end)
            }
            end -= 1
        }
        return nil
    }

    private static func number(_ bytes: ArraySlice<UInt8>, at start: Int) -> (Unicode.Scalar, Int)? {
        guard start < bytes.endIndex else { return nil }
        let isHex = bytes[start] | 0x20 == UInt8(ascii: "x")
        let first = isHex ? start + 1 : start
        var end = first
        var value: UInt32 = 0
        while end < bytes.endIndex, let digit = digit(bytes[end], isHex: isHex) {
            // Beyond Unicode it is wrong however it goes on.
            if value <= 0x10_FFFF { value = value * (isHex ? 16 : 10) + digit }
            end += 1
        }
        guard end > first else { return nil }
        if end < bytes.endIndex, bytes[end] == ASCII.semicolon { end += 1 }
        let windows = (0x80..<0xA0).contains(value) ? windows1252[Int(value - 0x80)] : value
        let scalar = windows == 0 ? nil : Unicode.Scalar(windows)
        return (scalar ?? "\u{FFFD}", end)
    }

    private static func digit(_ byte: UInt8, isHex: Bool) -> UInt32? {
        if ASCII.isDigit(byte) { return UInt32(byte - 0x30) }
        guard isHex, (0x61...0x66).contains(byte | 0x20) else { return nil }
        return UInt32((byte | 0x20) - 0x61 + 10)
    }

    /// What the numbers 128 to 159 stand for (HTML §13.2.5.80): Windows-1252, holes as they are.
    private static let windows1252: [UInt32] = [
        0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152,
        0x8D, 0x017D, 0x8F, 0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122,
        0x0161, 0x203A, 0x0153, 0x9D, 0x017E, 0x0178,
    ]
}

extension UTF8 {
    fileprivate static var encodedReplacementCharacter: UTF8.EncodedScalar { encode("\u{FFFD}") ?? .init() }
}
