/// One JSON value as text, known to be valid, that is passed on without looking inside.
///
/// The type owns the invariant: it is made only by the scanner, by the writer, or after a check. The text stands on
/// one line, since the live protocol separates messages by line feeds.
package struct RawJSON: Hashable, Sendable {
    /// The text: valid UTF-8, valid JSON, without line breaks and without white space around it.
    package let bytes: [UInt8]

    /// Takes over what the writer wrote.
    init(written bytes: [UInt8]) { self.bytes = bytes }

    /// Copies what the scanner passed over; line breaks between tokens become spaces.
    init(validated text: Span<UInt8>) {
        // Safety: the pointer is used for the copy only, inside of the call that hands it out.
        var bytes = unsafe text.withUnsafeBufferPointer { unsafe [UInt8]($0) }
        // No raw control character can stand inside of a string: those found here are between tokens.
        if bytes.contains(where: { $0 < 0x20 }) { bytes = bytes.map { $0 < 0x20 ? 0x20 : $0 } }
        self.bytes = bytes
    }

    /// Checks that `bytes` is one JSON value.
    package init(
        validating bytes: [UInt8], depthLimit: Int = JSONScanner.usualDepth
    ) throws(JSONError) {
        let text = bytes.span
        var scanner = JSONScanner(0..<text.count, depthLimit: depthLimit)
        self = try scanner.raw(in: text)
        try scanner.finish(in: text)
    }

    /// Writes a value down.
    package init(_ value: JSONValue) {
        var writer = JSONWriter()
        writer.value(value)
        self = writer.finish()
    }

    /// Writes one value down: `RawJSON { $0.object { $0.member("id", 7) } }`.
    package init(_ body: (inout JSONWriter) -> Void) {
        var writer = JSONWriter()
        body(&writer)
        self = writer.finish()
    }

    /// The value `{}`.
    package static let emptyObject = RawJSON(written: Array("{}".utf8))
    /// The value `null`.
    package static let null = RawJSON(written: Array("null".utf8))

    /// The text as a string.
    package var text: String { String(decoding: bytes, as: UTF8.self) }
}
