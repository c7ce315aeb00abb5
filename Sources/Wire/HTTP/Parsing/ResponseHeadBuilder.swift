import HTTPTypes

/// A response head while its lines come in.
struct ResponseHeadBuilder: Sendable {
    let status: Int
    private let version: HTTPVersion
    private(set) var fields = HTTPFields()
    /// Bytes of the field lines so far, CRLFs included.
    private(set) var bytes = 0
    private var framing = FramingFields()

    /// Reads the status line without its CRLF (RFC 9112 §4).
    ///
    /// The space before a missing reason may be missing too: many servers leave it out, and nothing is ambiguous.
    init(statusLine line: Span<UInt8>) throws(BadResponse) {
        guard line.count >= 12, line[8] == ASCII.space else { throw .invalidStatusLine }
        do throws(HTTPError) {
            version = try HTTPVersion.read(line.extracting(0..<8))
        } catch .unsupportedVersion {
            throw .message(.unsupportedVersion)
        } catch {
            throw .invalidStatusLine
        }
        var code = 0
        for index in 9..<12 {
            guard ASCII.isDigit(line[index]) else { throw .invalidStatusLine }
            code = code * 10 + Int(line[index] - ASCII.zero)
        }
        guard (100...599).contains(code) else { throw .invalidStatusLine }
        if line.count > 12 {
            guard line[12] == ASCII.space,
                line.extracting(12..<line.count).firstForbiddenInFieldValue() == nil
            else { throw .invalidStatusLine }
        }
        status = code
    }

    /// Takes in one field line without its CRLF; it must not be empty.
    mutating func add(fieldLine line: Span<UInt8>) throws(HTTPError) {
        let parsed = try FieldLine(line)
        switch parsed.role {
        case .contentLength: try framing.add(contentLength: parsed.field.value.utf8.span)
        case .transferEncoding: try framing.add(transferEncoding: parsed.field.value.utf8.span)
        case .connection: try framing.add(connection: parsed.field.value.utf8.span)
        case .plain, .host, .expect, .upgrade: break
        }
        fields.append(parsed.field)
        bytes += line.count + 2
    }

    /// Draws the conclusions once all fields are there (RFC 9112 §6.3).
    ///
    /// Where there is no body, a length tells of the one that a GET would have brought, and is not held against the
    /// limit.
    func finish(toHead: Bool, bodyLimit: Int) throws(HTTPError) -> ResponseHead {
        let hasNoBody = toHead || status == 204 || status == 304
        let framing = try framing.framing(version, bodyLimit: hasNoBody ? .max : bodyLimit)
        let bodyEnd: ResponseBodyEnd =
            switch framing {
            case _ where hasNoBody: .none
            case .none: .connectionEnd
            case .length(let count): .length(count)
            case .chunked: .chunked
            }
        return ResponseHead(
            status: HTTPResponse.Status(code: status), version: version, fields: fields, bodyEnd: bodyEnd)
    }
}
