/// A string's place in the text, between its quotes, proven to be well formed.
struct JSONStringToken {
    let range: Range<Int>
    let hasEscapes: Bool

    /// Builds the string that the token stands for.
    func string(in text: Span<UInt8>) -> String {
        hasEscapes ? unescaped(in: text) : String(validated: text.extracting(range))
    }

    private func unescaped(in text: Span<UInt8>) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(range.count)
        var at = range.lowerBound
        while at < range.upperBound {
            guard text[at] == UInt8(ascii: "\\") else {
                bytes.append(text[at])
                at += 1
                continue
            }
            let letter = text[at + 1]
            at += 2
            switch letter {
            case UInt8(ascii: "b"): bytes.append(0x08)
            case UInt8(ascii: "f"): bytes.append(0x0C)
            case UInt8(ascii: "n"): bytes.append(0x0A)
            case UInt8(ascii: "r"): bytes.append(0x0D)
            case UInt8(ascii: "t"): bytes.append(0x09)
            case UInt8(ascii: "u"):
                var code = hexQuad(at: at, in: text) ?? 0
                at += 4
                if UTF16.isLeadSurrogate(UInt16(code)) {
                    let trail = hexQuad(at: at + 2, in: text) ?? 0
                    at += 6
                    code = 0x10000 + ((code - 0xD800) << 10) + (trail - 0xDC00)
                }
                appendScalar(code, to: &bytes)
            default: bytes.append(letter)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func appendScalar(_ code: UInt32, to bytes: inout [UInt8]) {
        guard let scalar = Unicode.Scalar(code), let encoded = UTF8.encode(scalar) else { return }
        bytes.append(contentsOf: encoded)
    }
}

/// The four hexadecimal digits from `start` on; `nil` when one is none.
private func hexQuad(at start: Int, in text: Span<UInt8>) -> UInt32? {
    var code: UInt32 = 0
    for at in start..<start + 4 {
        switch text[at] {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): code = code << 4 | UInt32(text[at] - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"):
            code = code << 4 | UInt32(text[at] - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"):
            code = code << 4 | UInt32(text[at] - UInt8(ascii: "A") + 10)
        default: return nil
        }
    }
    return code
}

extension String {
    /// Copies bytes that are known to be UTF-8.
    init(validated bytes: Span<UInt8>) {
        // Safety: the scanner has validated these bytes, or they are the ASCII of a number.
        self = String(copying: unsafe UTF8Span(unchecked: bytes))
    }
}

extension JSONScanner {
    /// Passes over a string from its opening quote on (RFC 8259 §7), checking escapes and UTF-8.
    mutating func scanString(in text: Span<UInt8>) throws(JSONError) -> JSONStringToken {
        let start = position + 1
        var at = start
        var hasEscapes = false
        var isASCII = true
        while at < end {
            let byte = text[at]
            if byte == UInt8(ascii: "\"") {
                if !isASCII { try checkUTF8(start..<at, in: text) }
                position = at + 1
                return JSONStringToken(range: start..<at, hasEscapes: hasEscapes)
            }
            if byte == UInt8(ascii: "\\") {
                hasEscapes = true
                at = try endOfEscape(at: at, in: text)
                continue
            }
            guard byte >= 0x20 else { throw JSONError(.controlCharacter, at: at) }
            if byte >= 0x80 { isASCII = false }
            at += 1
        }
        throw JSONError(.unexpectedEnd, at: end)
    }

    /// Where the escape that begins at `start` ends; a surrogate pair is one escape.
    private func endOfEscape(at start: Int, in text: Span<UInt8>) throws(JSONError) -> Int {
        guard start + 1 < end else { throw JSONError(.unexpectedEnd, at: end) }
        switch text[start + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return start + 2
        case UInt8(ascii: "u"):
            let unit = try codeUnit(at: start, in: text)
            if UTF16.isTrailSurrogate(unit) { throw JSONError(.loneSurrogate, at: start) }
            guard UTF16.isLeadSurrogate(unit) else { return start + 6 }
            guard start + 7 < end, text[start + 6] == UInt8(ascii: "\\"),
                text[start + 7] == UInt8(ascii: "u"),
                UTF16.isTrailSurrogate(try codeUnit(at: start + 6, in: text))
            else { throw JSONError(.loneSurrogate, at: start) }
            return start + 12
        default:
            throw JSONError(.badEscape, at: start)
        }
    }

    private func codeUnit(at start: Int, in text: Span<UInt8>) throws(JSONError) -> UInt16 {
        guard start + 6 <= end else { throw JSONError(.unexpectedEnd, at: end) }
        guard let code = hexQuad(at: start + 2, in: text) else { throw JSONError(.badEscape, at: start) }
        return UInt16(code)
    }

    private func checkUTF8(_ range: Range<Int>, in text: Span<UInt8>) throws(JSONError) {
        do {
            _ = try UTF8Span(validating: text.extracting(range))
        } catch {
            throw JSONError(.badUTF8, at: range.lowerBound + error.byteOffsets.lowerBound)
        }
    }

    /// Passes over a number (RFC 8259 §6) and returns where it stands.
    mutating func scanNumber(in text: Span<UInt8>) throws(JSONError) -> Range<Int> {
        let start = position
        if text[position] == UInt8(ascii: "-") { position += 1 }
        let whole = position
        try scanDigits(in: text)
        if text[whole] == UInt8(ascii: "0"), position > whole + 1 { throw JSONError(.badNumber, at: whole) }
        if position < end, text[position] == UInt8(ascii: ".") {
            position += 1
            try scanDigits(in: text)
        }
        if position < end, text[position] | 0x20 == UInt8(ascii: "e") {
            position += 1
            if position < end, text[position] == UInt8(ascii: "+") || text[position] == UInt8(ascii: "-") {
                position += 1
            }
            try scanDigits(in: text)
        }
        return start..<position
    }

    private mutating func scanDigits(in text: Span<UInt8>) throws(JSONError) {
        let start = position
        while position < end, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(text[position]) {
            position += 1
        }
        guard position > start else {
            throw JSONError(position < end ? .badNumber : .unexpectedEnd, at: position)
        }
    }

    /// Passes over `word`; a longer word, as `nullable`, is refused too.
    mutating func scanWord(_ word: String, in text: Span<UInt8>) throws(JSONError) {
        let start = position
        for byte in word.utf8 {
            guard position < end else { throw JSONError(.unexpectedEnd, at: end) }
            guard text[position] == byte else { throw JSONError(.badLiteral, at: start) }
            position += 1
        }
        if position < end, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(text[position] | 0x20) {
            throw JSONError(.badLiteral, at: start)
        }
    }
}
