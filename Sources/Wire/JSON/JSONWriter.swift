/// Writes JSON text, one value after another, putting the commas itself.
///
/// Names and values must alternate as JSON has them; a call out of place is a programmer's mistake and traps, so that
/// what comes out is always JSON. Escaped is what RFC 8259 §7 demands, and U+2028 and U+2029, which JavaScript source once could not hold.
///
///     let raw = RawJSON { $0.object { $0.member("type", "chat.message"); $0.member("at", 1_700_000_000_000) } }
package struct JSONWriter {
    /// What was written so far.
    private var bytes: [UInt8] = []
    /// True after a complete value.
    private var needsComma = false
    /// True between a member's name and its value.
    private var hasName = false
    private var depth = 0
    /// Which of the outermost 64 open brackets are braces, the innermost in the lowest bit; deeper ones go unchecked.
    private var braces: UInt64 = 0

    /// Makes a writer that has room for `capacity` bytes before it must grow.
    package init(capacity: Int = 0) {
        if capacity > 0 { bytes.reserveCapacity(capacity) }
    }

    /// Appends one value to `bytes` without copying what stands there.
    package static func append(to bytes: inout [UInt8], _ body: (inout JSONWriter) -> Void) {
        var writer = JSONWriter()
        swap(&writer.bytes, &bytes)
        body(&writer)
        precondition(writer.depth == 0 && writer.needsComma, "the JSON value is not complete")
        swap(&writer.bytes, &bytes)
    }

    /// Ends the writing and hands out what must be one complete value.
    package consuming func finish() -> RawJSON {
        precondition(depth == 0 && needsComma, "the JSON value is not complete")
        return RawJSON(written: bytes)
    }

    // MARK: - Containers

    package mutating func beginObject() { begin(UInt8(ascii: "{"), brace: 1) }
    package mutating func endObject() { end(UInt8(ascii: "}"), brace: 1) }
    package mutating func beginArray() { begin(UInt8(ascii: "["), brace: 0) }
    package mutating func endArray() { end(UInt8(ascii: "]"), brace: 0) }

    /// Writes an object whose members `body` writes.
    package mutating func object(_ body: (inout JSONWriter) -> Void) {
        beginObject()
        body(&self)
        endObject()
    }

    /// Writes an array whose elements `body` writes.
    package mutating func array(_ body: (inout JSONWriter) -> Void) {
        beginArray()
        body(&self)
        endArray()
    }

    /// Writes an array with one value per element of `elements`.
    package mutating func array<Elements: Sequence>(
        of elements: Elements, _ body: (inout JSONWriter, Elements.Element) -> Void
    ) {
        beginArray()
        for element in elements { body(&self, element) }
        endArray()
    }

    /// Writes a member's name; its value must follow.
    package mutating func name(_ name: String) {
        precondition(isInObject && !hasName, "a name stands in an object, before its value")
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        appendQuoted(name)
        bytes.append(UInt8(ascii: ":"))
        hasName = true
    }

    // MARK: - Values

    package mutating func null() { appendToken("null") }
    package mutating func bool(_ value: Bool) { appendToken(value ? "true" : "false") }

    package mutating func string(_ value: String) {
        separate()
        appendQuoted(value)
    }

    package mutating func int(_ value: Int) { appendToken(value.description) }
    package mutating func int(_ value: Int64) { appendToken(value.description) }
    package mutating func int(_ value: UInt32) { appendToken(value.description) }
    package mutating func int(_ value: UInt64) { appendToken(value.description) }

    /// Writes the shortest form that reads back as `value`; infinities and NaN, which JSON lacks, become `null`.
    package mutating func double(_ value: Double) {
        appendToken(value.isFinite ? JSONNumber.shortest(value) : "null")
    }

    package mutating func number(_ value: JSONNumber) { appendToken(value.text) }

    /// Splices a value in as it is.
    package mutating func raw(_ value: RawJSON) {
        separate()
        bytes.append(contentsOf: value.bytes)
    }

    /// Writes a value that was built in memory.
    package mutating func value(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .bool(let value): bool(value)
        case .number(let value): number(value)
        case .string(let value): string(value)
        case .array(let elements): array(of: elements) { $0.value($1) }
        case .object(let object):
            beginObject()
            for member in object.members {
                name(member.name)
                self.value(member.value)
            }
            endObject()
        }
    }

    // MARK: - Bytes

    private var isInObject: Bool { depth > 0 && (braces & 1 == 1 || depth > 64) }
    private var isInArray: Bool { depth > 0 && (braces & 1 == 0 || depth > 64) }

    private mutating func begin(_ bracket: UInt8, brace: UInt64) {
        separate()
        bytes.append(bracket)
        if depth < 64 { braces = braces << 1 | brace }
        depth += 1
        needsComma = false
    }

    private mutating func end(_ bracket: UInt8, brace: UInt64) {
        precondition(!hasName && (brace == 1 ? isInObject : isInArray), "the brackets do not match")
        bytes.append(bracket)
        depth -= 1
        if depth < 64 { braces >>= 1 }
        needsComma = true
    }

    /// Makes sure that a value may stand here, and puts the comma that the one before asks for.
    private mutating func separate() {
        if hasName {
            hasName = false
        } else {
            precondition(isInArray || depth == 0 && !needsComma, "a value stands in an array or after a name")
            if needsComma { bytes.append(UInt8(ascii: ",")) }
        }
        needsComma = true
    }

    private mutating func appendToken(_ token: String) {
        separate()
        bytes.append(contentsOf: token.utf8)
    }

    private mutating func appendQuoted(_ string: String) {
        bytes.append(UInt8(ascii: "\""))
        if string.utf8.contains(where: Self.mayNeedEscape) {
            appendEscaped(string)
        } else {
            bytes.append(contentsOf: string.utf8)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Whether a string with this byte must be looked at closely; 0xE2 leads U+2028 and many others.
    private static func mayNeedEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte == 0xE2
    }

    private mutating func appendEscaped(_ string: String) {
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": bytes.append(contentsOf: #"\""#.utf8)
            case "\\": bytes.append(contentsOf: #"\\"#.utf8)
            case "\n": bytes.append(contentsOf: #"\n"#.utf8)
            case "\r": bytes.append(contentsOf: #"\r"#.utf8)
            case "\t": bytes.append(contentsOf: #"\t"#.utf8)
            case "\u{08}": bytes.append(contentsOf: #"\b"#.utf8)
            case "\u{0C}": bytes.append(contentsOf: #"\f"#.utf8)
            case "\u{2028}": bytes.append(contentsOf: #"\u2028"#.utf8)
            case "\u{2029}": bytes.append(contentsOf: #"\u2029"#.utf8)
            case _ where scalar.value < 0x20:
                let hex = String(scalar.value, radix: 16)
                bytes.append(contentsOf: (scalar.value < 0x10 ? #"\u000"# : #"\u00"#).utf8)
                bytes.append(contentsOf: hex.utf8)
            default: bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            }
        }
    }
}
