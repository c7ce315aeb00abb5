/// Percent-encoding (RFC 3986 §2.1), strict both ways.
package enum PercentCoding {
    /// The decoded text, or `nil` on a "%" without two hexadecimal digits and on bytes that are no UTF-8.
    ///
    /// With `plusIsSpace`, "+" stands for a space, as in forms.
    package static func decode(_ bytes: Span<UInt8>, plusIsSpace: Bool) -> String? {
        var index = 0
        while index < bytes.count, bytes[index] != ASCII.percent, !plusIsSpace || bytes[index] != ASCII.plus {
            index &+= 1
        }
        // Nothing to decode: the common case.
        if index == bytes.count { return String(copyingUTF8: bytes) }
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        decoded.append(copying: bytes.extracting(0..<index))
        while index < bytes.count {
            let byte = bytes[index]
            if byte == ASCII.percent {
                guard index + 2 < bytes.count, let high = ASCII.hexValue(bytes[index + 1]),
                    let low = ASCII.hexValue(bytes[index + 2])
                else { return nil }
                decoded.append(high << 4 | low)
                index &+= 3
            } else {
                decoded.append(plusIsSpace && byte == ASCII.plus ? ASCII.space : byte)
                index &+= 1
            }
        }
        return String(copyingUTF8: decoded.span)
    }

    /// The text with everything escaped but letters, digits, "-", ".", "_" and "~".
    package static func encode(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var encoded: [UInt8] = []
        for byte in text.utf8 {
            if ByteSet.hostName.contains(byte) || byte == 0x7E {
                encoded.append(byte)
            } else {
                encoded.append(contentsOf: [ASCII.percent, digits[Int(byte >> 4)], digits[Int(byte & 15)]])
            }
        }
        return String(copyingASCII: encoded.span)
    }
}
