package import HTTPTypes

/// Reads the response to one request (RFC 9112), and refuses everything ambiguous.
///
/// The caller keeps the bytes and calls `next` as with ``RequestParser``; when the connection has ended it calls
/// ``connectionDidEnd()``. Interim responses are passed over. The events do not depend on how the bytes were cut. An
/// error is final. Bytes behind `end` are left alone: nobody asked for them.
package struct ResponseParser: Sendable {
    /// What was read.
    package enum Event: Sendable, Equatable {
        /// The final response begins.
        case head(ResponseHead)
        /// A piece of the body: the positions of at least one byte in the span given to `next`.
        case body(Range<Int>)
        /// The response is complete.
        case end(trailers: HTTPFields)
    }

    private enum State: Sendable {
        case start
        indirect case fields(ResponseHeadBuilder)
        case length(remaining: Int)
        case chunks
        case untilEnd
        case end(trailers: HTTPFields)
        case done
        case failed(BadResponse)
    }

    private let limits: ResponseLimits
    private let toHead: Bool
    private var state = State.start
    private var lines = LineReader()
    private var chunks: ChunkedBody
    private var interims = 0
    /// What a body without a declared length may still bring.
    private var allowance: Int

    /// A parser for the response to a request; to one with the method HEAD, which gets no body, with `toHead`.
    package init(toHead: Bool = false, limits: ResponseLimits = ResponseLimits()) {
        self.toHead = toHead
        self.limits = limits
        chunks = ChunkedBody(
            body: limits.body, extensions: limits.chunkExtensions, trailerSection: limits.trailerSection,
            fieldCount: limits.fieldCount)
        allowance = limits.body
    }

    /// Reads on from `position` in `bytes`; returns the next event, or `nil` once more bytes are needed, or once the
    /// response is complete.
    ///
    /// Must also be called with no bytes left: the end of a response without a body comes that way.
    package mutating func next(_ bytes: Span<UInt8>, from position: inout Int) throws(BadResponse) -> Event? {
        do throws(BadResponse) {
            return try advance(bytes, &position)
        } catch {
            state = .failed(error)
            lines.clear()
            throw error
        }
    }

    /// The connection has ended cleanly: `end` where that ends the body, `nil` where the end has come before.
    ///
    /// - Throws: ``BadResponse/endedEarly`` everywhere else.
    package mutating func connectionDidEnd() throws(BadResponse) -> Event? {
        switch state {
        case .done: return nil
        case .untilEnd:
            state = .done
            return .end(trailers: [:])
        case .end(let trailers):
            state = .done
            return .end(trailers: trailers)
        case .failed(let error): throw error
        case .start, .fields, .length, .chunks:
            state = .failed(.endedEarly)
            throw .endedEarly
        }
    }

    private mutating func advance(
        _ bytes: Span<UInt8>, _ position: inout Int
    ) throws(BadResponse) -> Event? {
        while true {
            switch state {
            case .start:
                guard try statusLine(bytes, &position) else { return nil }
            case .fields:
                guard let builder = try fields(bytes, &position) else { return nil }
                if let head = try begin(builder) { return .head(head) }
            case .length(let remaining):
                guard let range = ChunkedBody.take(remaining, bytes, &position) else { return nil }
                state =
                    remaining == range.count
                    ? .end(trailers: [:]) : .length(remaining: remaining - range.count)
                return .body(range)
            case .untilEnd:
                guard position < bytes.count else { return nil }
                guard let range = ChunkedBody.take(allowance, bytes, &position) else {
                    throw .message(.bodyTooLarge)
                }
                allowance -= range.count
                return .body(range)
            case .chunks:
                let part = try BadResponse.wrapping { () throws(HTTPError) in
                    try chunks.next(bytes, &position, &lines)
                }
                switch part {
                case nil: return nil
                case .data(let range): return .body(range)
                case .end(let trailers): state = .end(trailers: trailers)
                }
            case .end(let trailers):
                state = .done
                return .end(trailers: trailers)
            case .done: return nil
            case .failed(let error): throw error
            }
        }
    }

    // MARK: - The head

    private mutating func statusLine(
        _ bytes: Span<UInt8>, _ position: inout Int
    ) throws(BadResponse) -> Bool {
        // Something that is not HTTP at all is refused at its first byte.
        if lines.isEmpty, position < bytes.count, bytes[position] != 0x48 { throw .invalidStatusLine }
        let line: LineReader.Line?
        do throws(HTTPError) {
            line = try lines.next(bytes, &position, limit: limits.statusLine, tooLong: .requestLineTooLong)
        } catch .requestLineTooLong {
            throw .statusLineTooLong
        } catch {
            throw .message(error)
        }
        switch line {
        case nil: return false
        case .input(let range): state = .fields(try ResponseHeadBuilder(statusLine: bytes.extracting(range)))
        case .kept(let line): state = .fields(try ResponseHeadBuilder(statusLine: line.span))
        }
        return true
    }

    /// Reads field lines up to the empty one; `nil` where more are needed.
    private mutating func fields(
        _ bytes: Span<UInt8>, _ position: inout Int
    ) throws(BadResponse) -> ResponseHeadBuilder? {
        guard case .fields(var builder) = state else { return nil }
        // Lets go of the copy, so that the fields are appended in place.
        state = .start
        do throws(HTTPError) {
            while true {
                let room = max(limits.headerSection - builder.bytes - 2, 0)
                switch try lines.next(bytes, &position, limit: room, tooLong: .headerSectionTooLarge) {
                case nil:
                    state = .fields(builder)
                    return nil
                case .input(let range) where range.isEmpty: return builder
                case .kept(let line) where line.isEmpty: return builder
                case .input(let range):
                    guard builder.fields.count < limits.fieldCount else { throw .tooManyFields }
                    try builder.add(fieldLine: bytes.extracting(range))
                case .kept(let line):
                    guard builder.fields.count < limits.fieldCount else { throw .tooManyFields }
                    try builder.add(fieldLine: line.span)
                }
            }
        } catch {
            throw .message(error)
        }
    }

    /// The final head, or `nil` after an interim response (RFC 9110 §15.2).
    private mutating func begin(_ builder: ResponseHeadBuilder) throws(BadResponse) -> ResponseHead? {
        if builder.status < 200 {
            guard builder.status != 101 else { throw .unexpectedSwitch }
            guard interims < limits.interims else { throw .tooManyInterims }
            interims += 1
            state = .start
            return nil
        }
        let head = try BadResponse.wrapping { () throws(HTTPError) in
            try builder.finish(toHead: toHead, bodyLimit: limits.body)
        }
        state =
            switch head.bodyEnd {
            case .none, .length(0): .end(trailers: [:])
            case .length(let count): .length(remaining: count)
            case .chunked: .chunks
            case .connectionEnd: .untilEnd
            }
        return head
    }
}

extension BadResponse {
    /// Runs what the two directions share.
    fileprivate static func wrapping<Value>(
        _ body: () throws(HTTPError) -> Value
    ) throws(BadResponse) -> Value {
        do throws(HTTPError) {
            return try body()
        } catch {
            throw .message(error)
        }
    }
}
