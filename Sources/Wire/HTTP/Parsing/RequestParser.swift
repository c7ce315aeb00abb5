package import HTTPTypes

/// Reads the requests of one connection, one after the other (RFC 9112), and refuses everything ambiguous.
///
/// The caller keeps the bytes. It calls `next` with what it has and a position that moves behind what was
/// read:
///
///     var position = 0
///     while let event = try parser.next(bytes.span, from: &position) { … }
///
/// `nil` means that all of the bytes were taken and more are needed; a line that is still incomplete is kept
/// here. Behind `end`, the bytes from `position` on belong to the next request (pipelining) or, after an
/// upgrade, to another protocol: the caller may stop there, answer, and go on later.
///
/// The events do not depend on how the bytes were cut. An error is final: every later call throws it again.
/// Between requests the parser owns no memory beyond its own size.
package struct RequestParser: Sendable {
    /// What was read.
    package enum Event: Sendable, Equatable {
        /// A request begins.
        case head(RequestHead)
        /// A piece of the body: the positions of at least one byte in the span given to `next`.
        case body(Range<Int>)
        /// The request is complete; comes after every head. The trailers lack the fields that may not be
        /// there.
        case end(trailers: HTTPFields)
    }

    /// What the peer is in the middle of, for the caller's timeouts.
    package enum Phase: Sendable, Equatable {
        /// Between requests: closing loses nothing.
        case idle
        case head
        case body
        case failed
    }

    private enum State: Sendable {
        case start(emptyLines: Int)
        indirect case fields(HeadBuilder)
        case length(remaining: Int)
        case chunks
        case end(trailers: HTTPFields)
        case failed(HTTPError)
    }

    /// How many empty lines before a request line are passed over (RFC 9112 §2.2).
    private static var maxEmptyLines: Int { 2 }

    private let limits: RequestLimits
    private var state = State.start(emptyLines: 0)
    private var lines = LineReader()
    /// The present body, when it comes in chunks.
    private var chunks: ChunkedBody

    /// A parser for a new connection.
    package init(limits: RequestLimits = RequestLimits()) {
        self.limits = limits
        chunks = Self.chunks(limits)
    }

    private static func chunks(_ limits: RequestLimits) -> ChunkedBody {
        ChunkedBody(
            body: limits.body, extensions: limits.chunkExtensions, trailerSection: limits.trailerSection,
            fieldCount: limits.fieldCount)
    }

    /// What the peer is in the middle of.
    package var phase: Phase {
        switch state {
        case .start: lines.isEmpty ? .idle : .head
        case .fields: .head
        case .length, .chunks, .end: .body
        case .failed: .failed
        }
    }

    /// Reads on from `position` in `bytes`; returns the next event, or `nil` once more bytes are needed.
    ///
    /// Must also be called with no bytes left: the end of a request without a body comes that way.
    package mutating func next(_ bytes: Span<UInt8>, from position: inout Int) throws(HTTPError) -> Event? {
        do throws(HTTPError) {
            return try advance(bytes, &position)
        } catch {
            state = .failed(error)
            lines.clear()
            throw error
        }
    }

    /// Lowers the limit for the body of the request whose head was just read, for a route that takes less.
    ///
    /// Throws `bodyTooLarge` where the head has already declared more; the parser has then failed.
    package mutating func limitBody(to bytes: Int) throws(HTTPError) {
        switch state {
        case .length(let remaining) where remaining > bytes:
            state = .failed(.bodyTooLarge)
            throw .bodyTooLarge
        default:
            chunks.limit(to: bytes)
        }
    }

    private mutating func advance(_ bytes: Span<UInt8>, _ position: inout Int) throws(HTTPError) -> Event? {
        while true {
            switch state {
            case .start, .fields:
                guard let head = try head(bytes, &position) else { return nil }
                return .head(head)
            case .length(let remaining):
                guard let range = ChunkedBody.take(remaining, bytes, &position) else { return nil }
                state =
                    remaining == range.count
                    ? .end(trailers: [:]) : .length(remaining: remaining - range.count)
                return .body(range)
            case .chunks:
                switch try chunks.next(bytes, &position, &lines) {
                case nil: return nil
                case .data(let range): return .body(range)
                case .end(let trailers):
                    chunks = Self.chunks(limits)
                    state = .end(trailers: trailers)
                }
            case .end(let trailers):
                state = .start(emptyLines: 0)
                return .end(trailers: trailers)
            case .failed(let error): throw error
            }
        }
    }

    // MARK: - The head

    private mutating func head(_ bytes: Span<UInt8>, _ position: inout Int) throws(HTTPError) -> RequestHead?
    {
        var builder: HeadBuilder
        if case .fields(let kept) = state {
            builder = kept
            // Lets go of the copy, so that the fields are appended in place.
            state = .chunks
        } else {
            guard let begun = try requestLine(bytes, &position) else { return nil }
            builder = begun
        }
        while true {
            let room = max(limits.headerSection - builder.bytes - 2, 0)
            switch try lines.next(bytes, &position, limit: room, tooLong: .headerSectionTooLarge) {
            case nil:
                state = .fields(builder)
                return nil
            case .input(let range) where range.isEmpty:
                return try begin(builder)
            case .kept(let line) where line.isEmpty:
                return try begin(builder)
            case .input(let range):
                guard builder.fields.count < limits.fieldCount else { throw .tooManyFields }
                try builder.add(fieldLine: bytes.extracting(range))
            case .kept(let line):
                guard builder.fields.count < limits.fieldCount else { throw .tooManyFields }
                try builder.add(fieldLine: line.span)
            }
        }
    }

    private mutating func requestLine(
        _ bytes: Span<UInt8>, _ position: inout Int
    ) throws(HTTPError) -> HeadBuilder? {
        while true {
            if lines.isEmpty {
                guard position < bytes.count else { return nil }
                // Something that is not HTTP at all, such as a TLS handshake, is refused at its first byte.
                let first = bytes[position]
                guard
                    ByteSet.token.contains(first) || first == ASCII.carriageReturn || first == ASCII.lineFeed
                else { throw .invalidRequestLine }
            }
            switch try lines.next(bytes, &position, limit: limits.requestLine, tooLong: .requestLineTooLong) {
            case nil: return nil
            case .input(let range) where range.isEmpty: try passEmptyLine()
            case .kept(let line) where line.isEmpty: try passEmptyLine()
            case .input(let range): return try HeadBuilder(requestLine: bytes.extracting(range))
            case .kept(let line): return try HeadBuilder(requestLine: line.span)
            }
        }
    }

    private mutating func passEmptyLine() throws(HTTPError) {
        guard case .start(let emptyLines) = state, emptyLines < Self.maxEmptyLines else {
            throw .tooManyEmptyLines
        }
        state = .start(emptyLines: emptyLines + 1)
    }

    private mutating func begin(_ builder: HeadBuilder) throws(HTTPError) -> RequestHead {
        let head = try builder.finish(bodyLimit: limits.body)
        chunks = Self.chunks(limits)
        switch head.framing {
        case .none, .length(0): state = .end(trailers: [:])
        case .length(let count): state = .length(remaining: count)
        case .chunked: state = .chunks
        }
        return head
    }
}
