/// What the fields of a head say about where its body ends and what becomes of the connection (RFC 9112 §6, §9).
///
/// The same for requests and responses: whatever two programs might read differently is refused.
struct FramingFields: Sendable {
    private(set) var contentLength: Int?
    private(set) var connection: ConnectionOptions = []
    private(set) var hasTransferEncoding = false
    private var hasChunked = false
    private var hasOtherCoding = false

    /// Takes in the value of a `Content-Length` field.
    ///
    /// One number of digits only: a list, even of equal numbers, is refused (RFC 9110 §8.6).
    mutating func add(contentLength value: Span<UInt8>) throws(HTTPError) {
        guard contentLength == nil else { throw .duplicateContentLength }
        var position = 0
        guard let number = ListGrammar.number(value, &position), position == value.count else {
            throw .invalidContentLength
        }
        contentLength = number
    }

    /// Notes the codings of one line; several lines make one list (RFC 9112 §6.1).
    mutating func add(transferEncoding value: Span<UInt8>) throws(HTTPError) {
        hasTransferEncoding = true
        var position = 0
        while true {
            ListGrammar.skipBlanks(value, &position)
            guard let coding = ListGrammar.token(value, &position) else { throw .invalidTransferEncoding }
            ListGrammar.skipBlanks(value, &position)
            // Nothing follows chunked, neither itself nor another coding.
            if hasChunked { throw .misplacedChunked }
            if value.extracting(coding).equalsIgnoringCase("chunked") {
                hasChunked = true
            } else {
                hasOtherCoding = true
                // The other codings may have parameters, up to the next comma.
                while position < value.count, value[position] != ASCII.comma { position &+= 1 }
            }
            if position == value.count { return }
            guard value[position] == ASCII.comma else { throw .invalidTransferEncoding }
            position &+= 1
        }
    }

    /// Takes in the value of a `Connection` field.
    mutating func add(connection value: Span<UInt8>) throws(HTTPError) {
        var position = 0
        while let element = ListGrammar.nextElement(value, &position) {
            let option = value.extracting(element)
            guard option.isWithin(.token) else { throw .invalidConnection }
            if option.equalsIgnoringCase("close") {
                connection.insert(.close)
            } else if option.equalsIgnoringCase("keep-alive") {
                connection.insert(.keepAlive)
            } else if option.equalsIgnoringCase("upgrade") {
                connection.insert(.upgrade)
            }
        }
    }

    /// Where the body ends (RFC 9112 §6.3); `none` where neither field was sent.
    func framing(_ version: HTTPVersion, bodyLimit: Int) throws(HTTPError) -> BodyFraming {
        if hasTransferEncoding {
            if contentLength != nil { throw .lengthWithTransferEncoding }
            if version == .http10 { throw .transferEncodingInHTTP10 }
            if hasOtherCoding { throw .unsupportedTransferCoding }
            return .chunked
        }
        guard let contentLength else { return .none }
        guard contentLength <= bodyLimit else { throw .bodyTooLarge }
        return .length(contentLength)
    }
}
