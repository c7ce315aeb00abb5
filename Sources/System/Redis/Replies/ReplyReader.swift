/// Turns a connection's bytes into replies.
///
/// Bytes are fed as they come; ``next()`` is asked until it returns `nil`, which means that more bytes are needed.
/// After an error the reader is of no further use.
protocol ReplyReader: AnyObject {
    /// Takes bytes behind those it has.
    func feed(_ bytes: UnsafeRawBufferPointer) throws(RedisProtocolError)

    /// The next whole reply; `nil` while it is incomplete.
    func next() throws(RedisProtocolError) -> RedisValue?
}

/// How large a reply may be; beyond a limit the reader throws and the connection closes.
package struct ReplyLimits: Sendable, Equatable {
    /// Bytes of one reply on the wire.
    package var bytes: Int
    /// Elements of all aggregates of one reply together.
    package var elements: Int
    /// Aggregates inside one another.
    ///
    /// hiredis reads at most 7, whatever is allowed here.
    package var depth: Int

    package init(bytes: Int = 64 << 20, elements: Int = 1 << 20, depth: Int = 7) {
        self.bytes = bytes
        self.elements = elements
        self.depth = depth
    }
}

/// What came is no reply, or a larger one than allowed.
///
/// The connection cannot be read any further.
package enum RedisProtocolError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Bytes that no reply begins or goes on with; the text says what was expected.
    case garbage(String)
    /// More bytes than ``ReplyLimits/bytes``.
    case tooManyBytes
    /// More elements than ``ReplyLimits/elements``.
    case tooManyElements
    /// Deeper than ``ReplyLimits/depth``.
    case tooDeep
    /// A reply to no command.
    case unexpectedReply

    package var description: String {
        switch self {
        case .garbage(let text): "bytes that are no reply: \(text)"
        case .tooManyBytes: "a reply of too many bytes"
        case .tooManyElements: "a reply of too many elements"
        case .tooDeep: "a reply that is nested too deeply"
        case .unexpectedReply: "a reply to no command"
        }
    }
}
