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
    private var framingFields = FramingFields()
    private var expectsContinue = false

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
        version = try HTTPVersion.read(line.extracting((targetEnd + 1)..<line.count))
        if method == .connect { throw .connectRefused }
        target = try RequestTarget.parse(
            line.extracting(targetStart..<targetEnd), isOptions: method == .options)
        self.method = method
        fields.reserveCapacity(16)
    }

    /// Takes in one field line without its CRLF; it must not be empty.
    mutating func add(fieldLine line: Span<UInt8>) throws(HTTPError) {
        let parsed = try FieldLine(line)
        switch parsed.role {
        case .plain: break
        case .host:
            guard host == nil else { throw .duplicateHost }
            host = try Authority.parse(parsed.field.value.utf8.span)
        case .contentLength: try framingFields.add(contentLength: parsed.field.value.utf8.span)
        case .transferEncoding: try framingFields.add(transferEncoding: parsed.field.value.utf8.span)
        case .connection: try framingFields.add(connection: parsed.field.value.utf8.span)
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
        let framing = try framingFields.framing(version, bodyLimit: bodyLimit)
        return RequestHead(
            method: method, target: target, version: version, fields: fields, host: host, framing: framing,
            connection: framingFields.connection,
            // A server ignores the expectation of HTTP/1.0, and of a request without a body (RFC 9110
            // §10.1.1).
            expectsContinue: expectsContinue && version == .http11 && framing != .none
                && framing != .length(0))
    }
}
