/// A response that must not go out: a mistake of whoever composed it, found before it harms the stream.
///
/// When `head` throws, nothing was written and another response may take its place. When `body` or `end`
/// throws, the peer has been promised something else: the connection must be closed.
package enum ResponseError: Error, Sendable, Equatable {
    /// A field value holds CR, LF, NUL or another control character (response splitting).
    case forbiddenByte(field: String)
    /// A field that the writer sets itself: `Connection`, `Content-Length`, `Transfer-Encoding`, `Date`.
    case reservedField(String)
    /// The status is none that ends a request: 1xx but for 101, or not of three digits.
    case invalidStatus(Int)
    /// More body than `Content-Length` says, or a body where there must be none.
    case bodyTooLong
    /// Less body than `Content-Length` says.
    case bodyTooShort
    /// A part of a cookie that the grammar does not allow, or attributes that contradict its prefix.
    case invalidCookie(String)
}
