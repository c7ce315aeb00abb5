/// Small readers that several fields share (RFC 9110 §5.6); all move `position` behind what they read.
enum ListGrammar {
    /// The next element of a comma-separated list without white space around it; empty ones are skipped.
    ///
    /// Commas inside quoted strings do not separate. `nil` at the end.
    static func nextElement(_ bytes: Span<UInt8>, _ position: inout Int) -> Range<Int>? {
        while position < bytes.count {
            var start = position
            var quoted = false
            while position < bytes.count {
                let byte = bytes[position]
                if quoted {
                    if byte == ASCII.backslash { position &+= 1 }
                    if byte == ASCII.quote { quoted = false }
                } else if byte == ASCII.quote {
                    quoted = true
                } else if byte == ASCII.comma {
                    break
                }
                position &+= 1
            }
            var end = min(position, bytes.count)
            position = end &+ 1
            while start < end, ASCII.isBlank(bytes[start]) { start &+= 1 }
            while end > start, ASCII.isBlank(bytes[end &- 1]) { end &-= 1 }
            if start < end { return start..<end }
        }
        return nil
    }

    static func skipBlanks(_ bytes: Span<UInt8>, _ position: inout Int) {
        while position < bytes.count, ASCII.isBlank(bytes[position]) { position &+= 1 }
    }

    /// A token, or `nil` where none begins here.
    static func token(_ bytes: Span<UInt8>, _ position: inout Int) -> Range<Int>? {
        let start = position
        while position < bytes.count, ByteSet.token.contains(bytes[position]) { position &+= 1 }
        return position > start ? start..<position : nil
    }

    /// The content of a quoted string without its backslashes, or `nil` where none stands here.
    static func quotedString(_ bytes: Span<UInt8>, _ position: inout Int) -> [UInt8]? {
        guard position < bytes.count, bytes[position] == ASCII.quote else { return nil }
        var index = position &+ 1
        var content: [UInt8] = []
        while index < bytes.count {
            var byte = bytes[index]
            if byte == ASCII.quote {
                position = index &+ 1
                return content
            }
            if byte == ASCII.backslash {
                index &+= 1
                guard index < bytes.count else { return nil }
                byte = bytes[index]
                guard byte == ASCII.tab || byte >= ASCII.space && byte != ASCII.delete else { return nil }
            } else if !(ByteSet.quotedText.contains(byte) || byte >= 0x80) {
                return nil
            }
            content.append(byte)
            index &+= 1
        }
        return nil
    }

    /// Digits as a number, or `nil` where none stand here or they are too many for an `Int`.
    static func number(_ bytes: Span<UInt8>, _ position: inout Int) -> Int? {
        let start = position
        var value = 0
        while position < bytes.count, ASCII.isDigit(bytes[position]) {
            let (product, tooMuch) = value.multipliedReportingOverflow(by: 10)
            let (sum, over) = product.addingReportingOverflow(Int(bytes[position] &- ASCII.zero))
            guard !tooMuch, !over else { return nil }
            value = sum
            position &+= 1
        }
        return position > start ? value : nil
    }
}
