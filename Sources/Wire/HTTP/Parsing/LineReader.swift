/// Takes lines that end with CR LF out of a stream of bytes; keeps the part of one that is incomplete.
struct LineReader: Sendable {
    /// A line without its CRLF: still in the input, or put together from several.
    enum Line {
        case input(Range<Int>)
        case kept([UInt8])
    }

    /// The part of an incomplete line that has come so far.
    private var held: [UInt8] = []

    /// Whether nothing of a line has come.
    var isEmpty: Bool { held.isEmpty }

    /// Forgets what was held.
    mutating func clear() { held = [] }

    /// The next line, or `nil` after keeping what there is of it.
    ///
    /// A line longer than `limit` throws `tooLong`, as soon as that is certain.
    mutating func next(
        _ bytes: Span<UInt8>, _ position: inout Int, limit: Int, tooLong: HTTPError
    ) throws(HTTPError) -> Line? {
        let start = position
        guard let lineFeed = bytes.firstLineFeed(from: start) else {
            // One more byte than the limit may be the CR.
            guard held.count + bytes.count - start <= limit + 1 else { throw tooLong }
            if start < bytes.count { held.append(copying: bytes.extracting(start..<bytes.count)) }
            position = bytes.count
            return nil
        }
        position = lineFeed + 1
        guard held.count + lineFeed - start <= limit + 1 else { throw tooLong }
        if held.isEmpty {
            guard lineFeed > start, bytes[lineFeed - 1] == ASCII.carriageReturn else { throw .bareLineFeed }
            return .input(start..<(lineFeed - 1))
        }
        held.append(copying: bytes.extracting(start..<lineFeed))
        guard held.popLast() == ASCII.carriageReturn else { throw .bareLineFeed }
        defer { held = [] }
        return .kept(held)
    }
}
