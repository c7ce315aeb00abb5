/// What a request asks for: the target as sent, and its parts (RFC 9112 §3.2).
package struct RequestTarget: Sendable, Equatable {
    /// The four forms of the standard without authority-form, which only CONNECT has.
    package enum Form: Sendable, Equatable {
        /// `/path?query`.
        case origin
        /// `http://host/path?query`, with the scheme and the authority in lower-case.
        case absolute(scheme: String, authority: String)
        /// `*`, for OPTIONS only.
        case asterisk
    }

    /// The target as the client sent it: ASCII without control characters, spaces and "#".
    package let raw: String
    /// Which form it has.
    package let form: Form
    /// The path, still percent-encoded: begins with "/", or is "*" in asterisk-form.
    package let path: String
    /// What follows the first "?", still percent-encoded; `nil` without one.
    package let query: String?

    /// The path's segments, decoded; "/" has none, and a trailing slash gives an empty last one.
    ///
    /// `invalidPath` where a segment is "." or "..", or decodes to control characters or to no UTF-8. A
    /// segment may decode to text with "/" or "\" in it: whoever makes a file name of it must refuse that.
    package func segments() throws(HTTPError) -> [String] {
        guard form != .asterisk else { return [] }
        let bytes = path.utf8.span
        guard bytes.count > 1 else { return [] }
        var segments: [String] = []
        var start = 1
        for index in 1...bytes.count where index == bytes.count || bytes[index] == ASCII.slash {
            guard let text = PercentCoding.decode(bytes.extracting(start..<index), plusIsSpace: false),
                text != ".", text != "..", !text.utf8.contains(where: { $0 < 0x20 || $0 == ASCII.delete })
            else { throw .invalidPath }
            segments.append(text)
            start = index + 1
        }
        return segments
    }

    /// The query's fields in their order (see `FormFields`); none without a query.
    package func queryFields(limit: Int = FormFields.defaultLimit) throws(HTTPError) -> FormFields {
        try FormFields(parsing: query ?? "", limit: limit)
    }

    /// Reads a target that is not empty and holds no space.
    static func parse(_ bytes: Span<UInt8>, isOptions: Bool) throws(HTTPError) -> RequestTarget {
        if bytes[0] == ASCII.slash {
            let question = try checkPathAndQuery(bytes)
            let raw = String(copyingASCII: bytes)
            guard let question else { return RequestTarget(raw: raw, form: .origin, path: raw, query: nil) }
            return RequestTarget(
                raw: raw, form: .origin, path: String(copyingASCII: bytes.extracting(0..<question)),
                query: String(copyingASCII: bytes.extracting((question + 1)..<bytes.count)))
        }
        if bytes.count == 1, bytes[0] == ASCII.asterisk {
            guard isOptions else { throw .invalidTarget }
            return RequestTarget(raw: "*", form: .asterisk, path: "*", query: nil)
        }
        return try parseAbsolute(bytes)
    }

    /// Absolute-form, which clients send to proxies; servers must take it too (RFC 9112 §3.2.2).
    private static func parseAbsolute(_ bytes: Span<UInt8>) throws(HTTPError) -> RequestTarget {
        let scheme: String
        var start: Int
        if bytes.count >= 7, bytes.extracting(0..<7).equalsIgnoringCase("http://") {
            (scheme, start) = ("http", 7)
        } else if bytes.count >= 8, bytes.extracting(0..<8).equalsIgnoringCase("https://") {
            (scheme, start) = ("https", 8)
        } else {
            throw .invalidTarget
        }
        let hostStart = start
        while start < bytes.count, bytes[start] != ASCII.slash, bytes[start] != ASCII.question {
            if bytes[start] == ASCII.hash { throw .fragmentInTarget }
            start &+= 1
        }
        let form = Form.absolute(
            scheme: scheme, authority: try Authority.parse(bytes.extracting(hostStart..<start)))
        let rest = bytes.extracting(start..<bytes.count)
        let question = try checkPathAndQuery(rest)
        let path = String(copyingASCII: rest.extracting(0..<(question ?? rest.count)))
        return RequestTarget(
            raw: String(copyingASCII: bytes), form: form, path: path.isEmpty ? "/" : path,
            query: question.map { String(copyingASCII: rest.extracting(($0 + 1)..<rest.count)) })
    }

    /// Checks every byte; returns the position of the "?" that begins the query.
    private static func checkPathAndQuery(_ bytes: Span<UInt8>) throws(HTTPError) -> Int? {
        var question: Int?
        var allowed = ByteSet.path
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if allowed.contains(byte) {
                index &+= 1
                continue
            }
            switch byte {
            case ASCII.percent:
                guard index + 2 < bytes.count, ASCII.hexValue(bytes[index + 1]) != nil,
                    ASCII.hexValue(bytes[index + 2]) != nil
                else { throw .invalidPercentEncoding }
                index &+= 3
            case ASCII.question:
                // Only the first one comes here: a query may hold more of them.
                question = index
                allowed = .query
                index &+= 1
            case ASCII.hash: throw .fragmentInTarget
            case ASCII.carriageReturn: throw .bareCarriageReturn
            default: throw .invalidTarget
            }
        }
        return question
    }
}
