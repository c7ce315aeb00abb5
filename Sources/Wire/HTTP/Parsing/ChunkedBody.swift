import HTTPTypes

/// A body in chunks while it comes in, with its trailers (RFC 9112 §7.1).
struct ChunkedBody: Sendable {
    enum Part {
        /// The positions of at least one byte of data.
        case data(Range<Int>)
        case end(trailers: HTTPFields)
    }

    private enum State: Sendable {
        case header
        case data(remaining: Int)
        case dataEnd
        indirect case trailers(TrailerBuilder)
    }

    private var state = State.header
    /// What the chunks may still bring.
    private var allowance: Int
    /// What their extensions may still bring.
    private var extensionAllowance: Int
    private let trailerSection: Int
    private let fieldCount: Int

    init(body: Int, extensions: Int, trailerSection: Int, fieldCount: Int) {
        allowance = body
        extensionAllowance = extensions
        self.trailerSection = trailerSection
        self.fieldCount = fieldCount
    }

    /// Lowers what the chunks may still bring.
    mutating func limit(to bytes: Int) { allowance = min(allowance, bytes) }

    /// Reads on; `nil` once more bytes are needed.
    ///
    /// Not to be called again behind the end.
    mutating func next(
        _ bytes: Span<UInt8>, _ position: inout Int, _ lines: inout LineReader
    ) throws(HTTPError) -> Part? {
        while true {
            switch state {
            case .header:
                guard try header(bytes, &position, &lines) else { return nil }
            case .data(let remaining):
                guard let range = Self.take(remaining, bytes, &position) else { return nil }
                state = remaining == range.count ? .dataEnd : .data(remaining: remaining - range.count)
                return .data(range)
            case .dataEnd:
                guard try lines.next(bytes, &position, limit: 0, tooLong: .missingChunkEnd) != nil else {
                    return nil
                }
                state = .header
            case .trailers(let builder):
                // Lets go of the copy, so that the fields are appended in place.
                state = .header
                return try trailers(builder, bytes, &position, &lines).map { .end(trailers: $0) }
            }
        }
    }

    /// Up to `remaining` bytes of data, or `nil` where none are there.
    static func take(_ remaining: Int, _ bytes: Span<UInt8>, _ position: inout Int) -> Range<Int>? {
        let count = min(remaining, bytes.count - position)
        guard count > 0 else { return nil }
        defer { position += count }
        return position..<(position + count)
    }

    /// Reads one chunk's size; false where the line is incomplete.
    private mutating func header(
        _ bytes: Span<UInt8>, _ position: inout Int, _ lines: inout LineReader
    ) throws(HTTPError) -> Bool {
        let room = ChunkHeader.maxDigits + extensionAllowance
        let header: ChunkHeader
        switch try lines.next(bytes, &position, limit: room, tooLong: .chunkExtensionsTooLarge) {
        case nil: return false
        case .input(let range): header = try ChunkHeader(bytes.extracting(range))
        case .kept(let line): header = try ChunkHeader(line.span)
        }
        guard header.extensionBytes <= extensionAllowance else { throw .chunkExtensionsTooLarge }
        extensionAllowance -= header.extensionBytes
        guard header.size <= allowance else { throw .bodyTooLarge }
        allowance -= header.size
        state = header.size == 0 ? .trailers(TrailerBuilder()) : .data(remaining: header.size)
        return true
    }

    /// Reads trailer lines up to the empty one; `nil` where more are needed.
    private mutating func trailers(
        _ begun: TrailerBuilder, _ bytes: Span<UInt8>, _ position: inout Int, _ lines: inout LineReader
    ) throws(HTTPError) -> HTTPFields? {
        var builder = begun
        while true {
            let room = max(trailerSection - builder.bytes - 2, 0)
            switch try lines.next(bytes, &position, limit: room, tooLong: .trailerSectionTooLarge) {
            case nil:
                state = .trailers(builder)
                return nil
            case .input(let range) where range.isEmpty: return builder.fields
            case .kept(let line) where line.isEmpty: return builder.fields
            case .input(let range):
                guard builder.count < fieldCount else { throw .tooManyFields }
                try builder.add(bytes.extracting(range))
            case .kept(let line):
                guard builder.count < fieldCount else { throw .tooManyFields }
                try builder.add(line.span)
            }
        }
    }
}
