/// Reads the binary form of `numeric` (`numeric_send` in the server's numeric.c) as decimal text.
enum NumericText {
    /// The decimal text, `NaN`, `Infinity` or `-Infinity`; `nil` when the bytes are not a numeric.
    static func decode(_ bytes: UnsafeRawBufferPointer) -> String? {
        guard bytes.count >= 8 else { return nil }
        func word(_ index: Int) -> UInt16 {
            UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self))
        }
        let count = Int(word(0))
        let weight = Int(Int16(bitPattern: word(1)))
        let scale = Int(word(3))
        guard bytes.count == 8 + 2 * count else { return nil }
        switch word(2) {
        case 0xC000: return "NaN"
        case 0xD000: return "Infinity"
        case 0xF000: return "-Infinity"
        case 0x0000, 0x4000: break
        default: return nil
        }
        // Base 10,000 digits; the first stands for 10,000 to the power of `weight`.
        func digit(_ power: Int) -> UInt16 {
            let index = weight - power
            return index >= 0 && index < count ? word(4 + index) : 0
        }
        var text = word(2) == 0x4000 ? "-" : ""
        if weight < 0 {
            text += "0"
        } else {
            text += String(digit(weight))
            for power in stride(from: weight - 1, through: 0, by: -1) { text += padded(digit(power)) }
        }
        guard scale > 0 else { return text }
        var fraction = ""
        var power = -1
        while fraction.utf8.count < scale {
            fraction += padded(digit(power))
            power -= 1
        }
        return text + "." + fraction.prefix(scale)
    }

    private static func padded(_ digit: UInt16) -> String {
        let text = String(digit)
        return String(repeating: "0", count: max(0, 4 - text.utf8.count)) + text
    }
}
