package import HTTPTypes

/// The cookies that a client sends (RFC 6265bis §4.2), in their order.
///
/// Lenient as the standard wants servers to be: a pair without a name or with a forbidden byte is passed
/// over, for cookies may come from any application on the host.
package struct Cookies: Sendable, Equatable {
    /// One cookie.
    package struct Pair: Sendable, Equatable {
        /// A token, compared with its case.
        package let name: String
        /// The value without quotes around it; not decoded in any way.
        package let value: String
    }

    /// More are passed over; browsers keep at most 180 per site and send far fewer.
    private static let limit = 100

    /// The cookies as they came.
    package private(set) var pairs: [Pair] = []

    /// Reads all `Cookie` fields of a request.
    package init(_ fields: HTTPFields) {
        for field in fields where field.name == .cookie { add(field.value.utf8.span) }
    }

    /// Reads the value of one `Cookie` field.
    package init(parsing text: String) {
        add(text.utf8.span)
    }

    /// The value of the first cookie called `name` (browsers send the one with the longest path first), or
    /// `nil`.
    package subscript(name: String) -> String? { pairs.first { $0.name == name }?.value }

    private mutating func add(_ bytes: Span<UInt8>) {
        var start = 0
        while start < bytes.count, pairs.count < Self.limit {
            var end = start
            while end < bytes.count, bytes[end] != ASCII.semicolon { end &+= 1 }
            let untrimmed = bytes.extracting(start..<end)
            let piece = untrimmed.extracting(untrimmed.rangeWithoutBlanks)
            start = end &+ 1
            var position = 0
            guard let name = ListGrammar.token(piece, &position), position < piece.count,
                piece[position] == ASCII.equals
            else { continue }
            var value = piece.extracting((position + 1)..<piece.count)
            if value.count >= 2, value[0] == ASCII.quote, value[value.count - 1] == ASCII.quote {
                value = value.extracting(1..<(value.count - 1))
            }
            guard value.isWithin(.cookieOctet) else { continue }
            pairs.append(
                Pair(name: String(copyingASCII: piece.extracting(name)), value: String(copyingASCII: value)))
        }
    }
}
