// Looks at many bytes at once where the hot path needs it, and copies spans into strings and arrays.

private let ones: UInt64 = 0x0101_0101_0101_0101
private let highBits: UInt64 = 0x8080_8080_8080_8080

extension Span<UInt8> {
    /// Eight bytes from `offset` on, the first one in the lowest bits.
    @inline(__always)
    func word(at offset: Int) -> UInt64 {
        precondition(offset >= 0 && offset &+ 8 <= count)
        // Safety: the eight bytes lie inside the span, as just checked; any bit pattern is a `UInt64`.
        return unsafe UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// The position of the first LF at or after `start`, or `nil`.
    func firstLineFeed(from start: Int) -> Int? {
        let count = self.count
        var index = start
        while index &+ 8 <= count {
            let differences = word(at: index) ^ (ones &* UInt64(ASCII.lineFeed))
            let found = (differences &- ones) & ~differences & highBits
            if found != 0 { return index &+ found.trailingZeroBitCount / 8 }
            index &+= 8
        }
        while index < count {
            if self[index] == ASCII.lineFeed { return index }
            index &+= 1
        }
        return nil
    }

    /// The position of the first byte that no field value may hold (RFC 9110 §5.5), or `nil`.
    ///
    /// Allowed are HTAB, SP, visible ASCII and the bytes from 0x80 on (`obs-text`).
    func firstForbiddenInFieldValue() -> Int? {
        let count = self.count
        var index = 0
        while index < count {
            if index &+ 8 <= count {
                let word = word(at: index)
                let controls = (word &- (ones &* 0x20)) & ~word & highBits
                let differences = word ^ (ones &* UInt64(ASCII.delete))
                let deletes = (differences &- ones) & ~differences & highBits
                if controls | deletes == 0 {
                    index &+= 8
                    continue
                }
            }
            let byte = self[index]
            if byte < 0x20 && byte != ASCII.tab || byte == ASCII.delete { return index }
            index &+= 1
        }
        return nil
    }

    /// Where the bytes lie without SP and HTAB at either end.
    var rangeWithoutBlanks: Range<Int> {
        var start = 0
        var end = count
        while start < end, ASCII.isBlank(self[start]) { start &+= 1 }
        while end > start, ASCII.isBlank(self[end &- 1]) { end &-= 1 }
        return start..<end
    }

    /// Whether the bytes are those of `text` (lower-case ASCII), letters compared without their case.
    func equalsIgnoringCase(_ text: String) -> Bool {
        let other = text.utf8.span
        guard count == other.count else { return false }
        for index in indices where ASCII.lowercased(self[index]) != other[index] { return false }
        return true
    }

    /// Whether every byte belongs to `set`.
    func isWithin(_ set: ByteSet) -> Bool {
        for index in indices where !set.contains(self[index]) { return false }
        return true
    }
}

extension String {
    /// A copy of `bytes`, or `nil` where they are not valid UTF-8.
    init?(copyingUTF8 bytes: Span<UInt8>) {
        do throws(UTF8.ValidationError) {
            self.init(copying: try UTF8Span(validating: bytes))
        } catch {
            return nil
        }
    }

    /// A copy of bytes that the caller has found to be ASCII.
    init(copyingASCII bytes: Span<UInt8>) {
        self = String(copyingUTF8: bytes) ?? ""
    }

    /// The text with "A"…"Z" made lower-case; without a copy where there are none.
    var asciiLowercased: String {
        utf8.contains { $0 >= 0x41 && $0 <= 0x5A } ? lowercased() : self
    }
}

extension [UInt8] {
    /// Appends CR LF.
    mutating func appendLineEnd() {
        append(ASCII.carriageReturn)
        append(ASCII.lineFeed)
    }

    /// Appends a copy of `span`.
    mutating func append(copying span: Span<UInt8>) {
        // Safety: the buffer is used inside the closure only.
        unsafe span.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
    }
}
