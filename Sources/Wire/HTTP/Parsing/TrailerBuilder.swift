import HTTPTypes

/// The trailer section of a chunked body while its lines come in (RFC 9112 §7.1.2).
struct TrailerBuilder: Sendable {
    /// Those that may be there; the others are dropped.
    private(set) var fields = HTTPFields()
    /// Lines so far, dropped ones too.
    private(set) var count = 0
    /// Their bytes, CRLFs included.
    private(set) var bytes = 0

    /// Takes in one line without its CRLF; it must not be empty.
    mutating func add(_ line: Span<UInt8>) throws(HTTPError) {
        let parsed = try FieldLine(line)
        count += 1
        bytes += line.count + 2
        if Self.allows(parsed) { fields.append(parsed.field) }
    }

    /// Whether a field means something in a trailer (RFC 9110 §6.5.1): nothing that frames, routes, controls,
    /// authenticates or describes the content.
    private static func allows(_ line: FieldLine) -> Bool {
        line.role == .plain && !forbidden.contains(line.field.name.canonicalName)
    }

    private static let forbidden: Set<String> = [
        "accept", "accept-encoding", "accept-language", "authorization", "cache-control", "content-encoding",
        "content-range", "content-type", "cookie", "forwarded", "idempotency-key", "if-match",
        "if-modified-since",
        "if-none-match", "if-range", "if-unmodified-since", "keep-alive", "max-forwards", "origin", "pragma",
        "proxy-authorization", "proxy-connection", "range", "referer", "set-cookie", "te", "trailer", "via",
        "x-csrf-token", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip",
        "x-request-id",
    ]
}
