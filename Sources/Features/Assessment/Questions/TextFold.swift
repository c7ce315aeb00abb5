/// The form in which written answers are compared: case, white space and Unicode's ways of composing do not count.
package enum TextFold {
    /// The folded form: words joined by single spaces, case folded, control characters dropped.
    ///
    /// Case is folded by way of upper case, so that `ß` equals `SS` and a final sigma any sigma. Swift compares the
    /// result by canonical equivalence (Unicode Standard Annex #15), so `é` equals `e` with a combining accent.
    package static func fold(_ text: String) -> String {
        let words = text.split { $0.isWhitespace }.map { word in
            String(
                String.UnicodeScalarView(
                    word.unicodeScalars.filter { $0.properties.generalCategory != .control }))
        }
        return words.filter { !$0.isEmpty }.joined(separator: " ").uppercased().lowercased()
    }

    /// Reads a number as people write it; `nil` for anything else, and for what could mean two numbers.
    ///
    /// Spaces (thin and non-breaking ones too) and apostrophes between digits are dropped. A dot is the decimal
    /// separator; so is a single comma (`3,5`), unless it may as well separate thousands: `1,000` is refused, while
    /// `0,125` and `1,5` are clear. Where both occur, the last is the decimal separator (`1.234,5`, `1,234.5`). An
    /// exponent (`1e3`) and the minus sign U+2212 are understood.
    package static func number(_ text: String) -> Double? {
        var plain: [UInt8] = []
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\u{2212}": plain.append(UInt8(ascii: "-"))
            case "'", "\u{2019}": continue
            case _ where scalar.properties.isWhitespace: continue
            case _ where scalar.isASCII: plain.append(UInt8(scalar.value))
            default: return nil
            }
        }
        guard plain.count <= 40, let decimal = withDecimalPoint(plain) else { return nil }
        guard decimal.allSatisfy(isNumeric), decimal.contains(where: isDigit) else { return nil }
        guard let value = Double(String(decoding: decimal, as: UTF8.self)), value.isFinite else { return nil }
        return value
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    /// Bytes of decimal numbers; keeps out what `Double` would read besides, as `nan` and hexadecimal.
    private static func isNumeric(_ byte: UInt8) -> Bool {
        isDigit(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+")
            || byte | 0x20 == UInt8(ascii: "e")
    }

    /// Separators resolved: at most one dot is left.
    private static func withDecimalPoint(_ bytes: [UInt8]) -> [UInt8]? {
        let (comma, dot) = (UInt8(ascii: ","), UInt8(ascii: "."))
        let separators = bytes.filter { $0 == comma || $0 == dot }
        guard let last = separators.last, separators.contains(comma) else { return bytes }
        let place = bytes.lastIndex(of: last) ?? 0
        if separators.count == 1 {
            let before = bytes[..<place].filter(isDigit)
            let after = bytes[(place + 1)...].prefix(while: isDigit)
            if after.count == 3, (1...3).contains(before.count), before.first != UInt8(ascii: "0") {
                return nil
            }
            return bytes[..<place] + [dot] + bytes[(place + 1)...]
        }
        let grouping = separators[0]
        // One decimal separator of the other kind, or none: then all of them group digits by three.
        let hasDecimal = last != grouping
        guard separators.dropLast(hasDecimal ? 1 : 0).allSatisfy({ $0 == grouping }) else { return nil }
        let whole = hasDecimal ? bytes[..<place] : bytes[...]
        let groups = whole.split(separator: grouping, omittingEmptySubsequences: false)
        guard let first = groups.first?.filter(isDigit), (1...3).contains(first.count),
            groups.dropFirst().allSatisfy({ $0.count == 3 && $0.allSatisfy(isDigit) })
        else { return nil }
        return groups.flatMap { $0 } + (hasDecimal ? [dot] + bytes[(place + 1)...] : [])
    }
}
