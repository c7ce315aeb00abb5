import HTTPTypes

/// A request head while its lines come in; knows what follows from each field.
struct HeadBuilder: Sendable {
    private let method: HTTPRequest.Method
    private let target: RequestTarget
    private let version: HTTPVersion
    private(set) var fields = HTTPFields()
    /// Bytes of the field lines so far, CRLFs included.
    private(set) var bytes = 0
    private var host: String?
    private var contentLength: Int?
    private var connection: ConnectionOptions = []
    private var expectsContinue = false
    private var hasTransferEncoding = false
    private var hasChunked = false
    private var hasOtherCoding = false

    /// Reads the request line without its CRLF (RFC 9112 §3).
    init(requestLine line: Span<UInt8>) throws(HTTPError) {
        var methodEnd = 0
        while methodEnd < line.count, ByteSet.token.contains(line[methodEnd]) { methodEnd &+= 1 }
        guard methodEnd < line.count else { throw .invalidRequestLine }
        guard line[methodEnd] == ASCII.space else {
            throw line[methodEnd] == ASCII.carriageReturn ? .bareCarriageReturn : .invalidMethod
        }
        guard let method = HTTPRequest.Method(String(copyingASCII: line.extracting(0..<methodEnd))) else {
            throw .invalidMethod
        }
        let targetStart = methodEnd + 1
        var targetEnd = targetStart
        while targetEnd < line.count, line[targetEnd] != ASCII.space { targetEnd &+= 1 }
        // Without a version it would be HTTP/0.9; an empty target means a second space.
        guard targetEnd < line.count, targetEnd > targetStart else { throw .invalidRequestLine }
        version = try Self.version(line.extracting((targetEnd + 1)..<line.count))
        if method == .connect { throw .connectRefused }
        target = try RequestTarget.parse(
            line.extracting(targetStart..<targetEnd), isOptions: method == .options)
        self.method = method
        fields.reserveCapacity(16)
    }

    /// `HTTP/1.1`, with its case and without anything around it (RFC 9112 §2.3).
    private static func version(_ bytes: Span<UInt8>) throws(HTTPError) -> HTTPVersion {
        guard bytes.count == 8,
            bytes[0] == 0x48, bytes[1] == 0x54, bytes[2] == 0x54, bytes[3] == 0x50, bytes[4] == ASCII.slash,
            ASCII.isDigit(bytes[5]), bytes[6] == ASCII.dot, ASCII.isDigit(bytes[7])
        else {
            for index in bytes.indices {
                if bytes[index] == ASCII.space { throw .invalidRequestLine }
                if bytes[index] == ASCII.carriageReturn { throw .bareCarriageReturn }
            }
            throw .invalidVersion
        }
        switch (bytes[5], bytes[7]) {
        case (0x31, 0x31): return .http11
        case (0x31, 0x30): return .http10
        default: throw .unsupportedVersion
        }
    }

    /// Takes in one field line without its CRLF; it must not be empty.
    mutating func add(fieldLine line: Span<UInt8>) throws(HTTPError) {
        let parsed = try FieldLine(line)
        switch parsed.role {
        case .plain: break
        case .host:
            guard host == nil else { throw .duplicateHost }
            host = try Authority.parse(parsed.field.value.utf8.span)
        case .contentLength:
            guard contentLength == nil else { throw .duplicateContentLength }
            contentLength = try Self.contentLength(parsed.field.value.utf8.span)
        case .transferEncoding: try addTransferEncoding(parsed.field.value.utf8.span)
        case .connection: try addConnection(parsed.field.value.utf8.span)
        case .expect:
            // Twice is as unknown as anything else.
            guard !expectsContinue, parsed.field.value.utf8.span.equalsIgnoringCase("100-continue") else {
                throw .unsupportedExpectation
            }
            expectsContinue = true
        case .upgrade: try Self.checkUpgrade(parsed.field.value.utf8.span)
        }
        fields.append(parsed.field)
        bytes += line.count + 2
    }

    /// One number of digits only: a list, even of equal numbers, is refused (RFC 9110 §8.6).
    private static func contentLength(_ value: Span<UInt8>) throws(HTTPError) -> Int {
        var position = 0
        guard let number = ListGrammar.number(value, &position), position == value.count else {
            throw .invalidContentLength
        }
        return number
    }

    /// Notes the codings of one line; several lines make one list (RFC 9112 §6.1).
    private mutating func addTransferEncoding(_ value: Span<UInt8>) throws(HTTPError) {
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

    private mutating func addConnection(_ value: Span<UInt8>) throws(HTTPError) {
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

    /// A list of `name` or `name/version` (RFC 9110 §7.8).
    private static func checkUpgrade(_ value: Span<UInt8>) throws(HTTPError) {
        var position = 0
        while let element = ListGrammar.nextElement(value, &position) {
            var index = element.lowerBound
            guard ListGrammar.token(value, &index) != nil else { throw .invalidUpgrade }
            if index < element.upperBound {
                guard value[index] == ASCII.slash else { throw .invalidUpgrade }
                index &+= 1
                guard ListGrammar.token(value, &index) != nil, index == element.upperBound else {
                    throw .invalidUpgrade
                }
            }
        }
    }

    /// Draws the conclusions once all fields are there.
    func finish(bodyLimit: Int) throws(HTTPError) -> RequestHead {
        var host = host
        if host == nil, version == .http11 { throw .missingHost }
        if case .absolute(_, let authority) = target.form {
            if let host, host != authority { throw .hostMismatch }
            host = authority
        }
        let framing = try framing(bodyLimit: bodyLimit)
        return RequestHead(
            method: method, target: target, version: version, fields: fields, host: host, framing: framing,
            connection: connection,
            // A server ignores the expectation of HTTP/1.0, and of a request without a body (RFC 9110
            // §10.1.1).
            expectsContinue: expectsContinue && version == .http11 && framing != .none
                && framing != .length(0))
    }

    /// Where the body ends (RFC 9112 §6.3), refusing whatever two servers might read differently.
    private func framing(bodyLimit: Int) throws(HTTPError) -> BodyFraming {
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
