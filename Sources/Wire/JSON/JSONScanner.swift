/// Walks through JSON text without building values: member by member, byte range by byte range.
///
/// The scanner holds no text; every call is given the same one, so that it can be used on a slice of a network
/// frame. What it has passed over is proven to be valid JSON, strings and nesting included. Names are not compared
/// with one another: whoever builds objects refuses duplicates. After an error the scanner is of no further use.
///
///     var scanner = JSONScanner(frame.indices)
///     try scanner.beginObject(in: text)
///     while let name = try scanner.nextName(in: text) {
///         if name == "data" { data = try scanner.raw(in: text) } else { try scanner.skip(in: text) }
///     }
///     try scanner.finish(in: text)
package struct JSONScanner: Sendable {
    /// How deeply arrays and objects may be nested unless the caller says otherwise.
    package static let usualDepth = 64

    /// The byte that is looked at next.
    package internal(set) var position: Int
    /// The end of the text that may be looked at.
    package let end: Int
    private let depthLimit: Int
    private var depth = 0
    /// True after a complete member or element: a comma or the closing bracket must follow.
    private var needsComma = false

    /// Makes a scanner for the bytes `range` of the texts it will be given.
    package init(_ range: Range<Int>, depthLimit: Int = usualDepth) {
        position = range.lowerBound
        end = range.upperBound
        self.depthLimit = depthLimit
    }

    // MARK: - Containers

    /// Steps into an object; `nextName` follows.
    package mutating func beginObject(in text: Span<UInt8>) throws(JSONError) {
        try begin(.object, in: text)
    }

    /// Steps to the value of the next member and returns its name; `nil` steps out of the object.
    package mutating func nextName(in text: Span<UInt8>) throws(JSONError) -> String? {
        guard try stepsInside(closing: UInt8(ascii: "}"), in: text) else { return nil }
        try skipSpace(in: text, orThrow: .unexpectedEnd)
        guard text[position] == UInt8(ascii: "\"") else { throw JSONError(.expectedName, at: position) }
        let name = try scanString(in: text).string(in: text)
        try skipSpace(in: text, orThrow: .unexpectedEnd)
        guard text[position] == UInt8(ascii: ":") else { throw JSONError(.expectedColon, at: position) }
        position += 1
        return name
    }

    /// Steps into an array; `nextElement` follows.
    package mutating func beginArray(in text: Span<UInt8>) throws(JSONError) {
        try begin(.array, in: text)
    }

    /// Steps to the next element; `false` steps out of the array.
    package mutating func nextElement(in text: Span<UInt8>) throws(JSONError) -> Bool {
        try stepsInside(closing: UInt8(ascii: "]"), in: text)
    }

    // MARK: - Values

    /// The kind of the value that comes next; nothing but white space is passed over.
    package mutating func kind(in text: Span<UInt8>) throws(JSONError) -> JSONKind {
        try skipSpace(in: text, orThrow: .unexpectedEnd)
        guard let kind = JSONKind(firstByte: text[position]) else {
            let isWord = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(text[position] | 0x20)
            throw JSONError(isWord ? .badLiteral : .expectedValue, at: position)
        }
        return kind
    }

    /// Takes a string.
    package mutating func string(in text: Span<UInt8>) throws(JSONError) -> String {
        try expect(.string, in: text)
        let token = try scanString(in: text)
        needsComma = true
        return token.string(in: text)
    }

    /// Takes a number.
    package mutating func number(in text: Span<UInt8>) throws(JSONError) -> JSONNumber {
        try expect(.number, in: text)
        let range = try scanNumber(in: text)
        needsComma = true
        return JSONNumber(scanned: String(validated: text.extracting(range)))
    }

    /// Takes a `true` or `false`.
    package mutating func bool(in text: Span<UInt8>) throws(JSONError) -> Bool {
        try expect(.bool, in: text)
        let value = text[position] == UInt8(ascii: "t")
        try scanWord(value ? "true" : "false", in: text)
        needsComma = true
        return value
    }

    /// Takes a `null`.
    package mutating func null(in text: Span<UInt8>) throws(JSONError) {
        try expect(.null, in: text)
        try scanWord("null", in: text)
        needsComma = true
    }

    /// Passes over a value of any kind and returns where it stands, without the white space around it.
    @discardableResult
    package mutating func skip(in text: Span<UInt8>) throws(JSONError) -> Range<Int> {
        let kind = try kind(in: text)
        let start = position
        switch kind {
        case .string: _ = try scanString(in: text)
        case .number: _ = try scanNumber(in: text)
        case .bool: _ = try bool(in: text)
        case .null: try null(in: text)
        case .object:
            try begin(.object, in: text)
            while try skipsName(in: text) { try skip(in: text) }
        case .array:
            try begin(.array, in: text)
            while try nextElement(in: text) { try skip(in: text) }
        }
        needsComma = true
        return start..<position
    }

    /// Takes a value of any kind as it is written.
    package mutating func raw(in text: Span<UInt8>) throws(JSONError) -> RawJSON {
        let range = try skip(in: text)
        return RawJSON(validated: text.extracting(range))
    }

    /// Makes sure that nothing but white space is left.
    package mutating func finish(in text: Span<UInt8>) throws(JSONError) {
        skipSpace(in: text)
        guard position == end else { throw JSONError(.trailingData, at: position) }
    }

    /// Passes over white space (RFC 8259 §2).
    package mutating func skipSpace(in text: Span<UInt8>) {
        while position < end {
            switch text[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    // MARK: - Steps

    private mutating func begin(_ kind: JSONKind, in text: Span<UInt8>) throws(JSONError) {
        try expect(kind, in: text)
        guard depth < depthLimit else { throw JSONError(.tooDeep, at: position) }
        depth += 1
        position += 1
        needsComma = false
    }

    /// Passes the comma before the next member or element; `false` after passing the closing bracket instead.
    private mutating func stepsInside(closing bracket: UInt8, in text: Span<UInt8>) throws(JSONError) -> Bool
    {
        try skipSpace(in: text, orThrow: .unexpectedEnd)
        if text[position] == bracket {
            position += 1
            depth -= 1
            needsComma = true
            return false
        }
        guard needsComma else { return true }
        guard text[position] == UInt8(ascii: ",") else { throw JSONError(.expectedComma, at: position) }
        position += 1
        needsComma = false
        try skipSpace(in: text, orThrow: .unexpectedEnd)
        guard text[position] != bracket else {
            throw JSONError(bracket == UInt8(ascii: "}") ? .expectedName : .expectedValue, at: position)
        }
        return true
    }

    /// Like `nextName`, but does not build the name.
    private mutating func skipsName(in text: Span<UInt8>) throws(JSONError) -> Bool {
        guard try stepsInside(closing: UInt8(ascii: "}"), in: text) else { return false }
        guard text[position] == UInt8(ascii: "\"") else { throw JSONError(.expectedName, at: position) }
        _ = try scanString(in: text)
        try skipSpace(in: text, orThrow: .unexpectedEnd)
        guard text[position] == UInt8(ascii: ":") else { throw JSONError(.expectedColon, at: position) }
        position += 1
        return true
    }

    private mutating func expect(_ expected: JSONKind, in text: Span<UInt8>) throws(JSONError) {
        guard try kind(in: text) == expected else { throw JSONError(.unexpectedKind, at: position) }
    }

    private mutating func skipSpace(
        in text: Span<UInt8>, orThrow problem: JSONError.Problem
    ) throws(JSONError) {
        skipSpace(in: text)
        guard position < end else { throw JSONError(problem, at: position) }
    }
}
