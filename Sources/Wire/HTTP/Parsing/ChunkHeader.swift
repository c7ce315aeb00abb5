/// The line before a chunk: its size, and extensions that are checked and forgotten (RFC 9112 §7.1).
struct ChunkHeader {
    /// Sixteen digits hold every 64-bit number; more are only there to confuse.
    static var maxDigits: Int { 16 }

    /// Bytes of data that follow; zero ends the body.
    let size: Int
    /// How long the extensions are.
    let extensionBytes: Int

    /// Reads the line without its CRLF.
    init(_ line: Span<UInt8>) throws(HTTPError) {
        var position = 0
        var size = 0
        while position < line.count, let digit = ASCII.hexValue(line[position]) {
            guard position < Self.maxDigits, size <= Int.max >> 4 else { throw .invalidChunkSize }
            size = size << 4 | Int(digit)
            position &+= 1
        }
        guard position > 0 else { throw .invalidChunkSize }
        self.size = size
        extensionBytes = line.count - position
        while position < line.count {
            let atStart = extensionBytes == line.count - position
            try Self.skipExtension(
                line, &position, otherwise: atStart ? .invalidChunkSize : .invalidChunkExtension)
        }
    }

    /// `BWS ";" BWS name [ BWS "=" BWS value ]` (RFC 9112 §7.1.1); a line that goes on with no ";" is
    /// `otherwise`.
    private static func skipExtension(
        _ line: Span<UInt8>, _ position: inout Int, otherwise: HTTPError
    ) throws(HTTPError) {
        ListGrammar.skipBlanks(line, &position)
        guard position < line.count, line[position] == ASCII.semicolon else { throw otherwise }
        position &+= 1
        ListGrammar.skipBlanks(line, &position)
        guard ListGrammar.token(line, &position) != nil else { throw .invalidChunkExtension }
        var ahead = position
        ListGrammar.skipBlanks(line, &ahead)
        guard ahead < line.count, line[ahead] == ASCII.equals else { return }
        position = ahead &+ 1
        ListGrammar.skipBlanks(line, &position)
        guard ListGrammar.token(line, &position) != nil || ListGrammar.quotedString(line, &position) != nil
        else {
            throw .invalidChunkExtension
        }
    }
}
