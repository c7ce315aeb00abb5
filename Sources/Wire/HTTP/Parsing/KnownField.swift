import HTTPTypes

/// A field name that requests often bear: found by comparing words, so that no string is made for it.
struct KnownField: Sendable {
    /// What the head's own rules do with the field.
    enum Role: Sendable { case plain, host, contentLength, transferEncoding, connection, expect, upgrade }

    let name: HTTPField.Name
    let role: Role
    /// The first up to eight bytes of the lower-case name, the first one in the lowest bits.
    private let prefix: UInt64

    private init?(_ text: String) {
        guard let name = HTTPField.Name(text) else { return nil }
        self.name = name
        prefix = Self.prefix(of: text.utf8.span)
        role =
            switch text {
            case "host": .host
            case "content-length": .contentLength
            case "transfer-encoding": .transferEncoding
            case "connection": .connection
            case "expect": .expect
            case "upgrade": .upgrade
            default: .plain
            }
    }

    /// The known field called `token`, or `nil`; `token` must consist of token characters.
    static func find(_ token: Span<UInt8>) -> KnownField? {
        guard token.count < byLength.count else { return nil }
        let prefix = prefix(of: token)
        let candidates = byLength[token.count]
        // By position, so that only the one that is found is copied.
        for candidate in candidates.indices where candidates[candidate].prefix == prefix {
            var index = 8
            if token.count > index {
                let text = candidates[candidate].name.canonicalName.utf8.span
                while index < token.count, token[index] | 0x20 == text[index] { index &+= 1 }
            }
            if index >= token.count { return candidates[candidate] }
        }
        return nil
    }

    /// The first bytes with bit 5 set in each.
    ///
    /// That makes letters lower-case and keeps digits and "-" as they are. The two token
    /// characters that it changes, "^" and "_", become ones that no known name holds.
    private static func prefix(of token: Span<UInt8>) -> UInt64 {
        if token.count >= 8 { return token.word(at: 0) | 0x2020_2020_2020_2020 }
        var word: UInt64 = 0
        for index in token.indices { word |= UInt64(token[index] | 0x20) &<< UInt64(index &* 8) }
        return word
    }

    /// Sorted into lists by the length of the name.
    private static let byLength: [[KnownField]] = {
        let known = names.compactMap { KnownField($0) }
        var lists = [[KnownField]](repeating: [], count: 1 + (names.map(\.utf8.count).max() ?? 0))
        for field in known { lists[field.name.canonicalName.utf8.count].append(field) }
        return lists
    }()

    /// The names: the standard's, browsers', proxies', and those of our own API.
    static let names: [String] = [
        "accept", "accept-encoding", "accept-language", "authorization", "cache-control", "connection",
        "content-encoding", "content-length", "content-type", "cookie", "date", "dnt", "expect", "forwarded",
        "host",
        "idempotency-key", "if-match", "if-modified-since", "if-none-match", "if-range",
        "if-unmodified-since",
        "keep-alive", "origin", "pragma", "priority", "range", "referer", "sec-ch-ua", "sec-ch-ua-mobile",
        "sec-ch-ua-platform", "sec-fetch-dest", "sec-fetch-mode", "sec-fetch-site", "sec-fetch-user",
        "sec-gpc",
        "sec-websocket-extensions", "sec-websocket-key", "sec-websocket-protocol", "sec-websocket-version",
        "te",
        "traceparent", "trailer", "transfer-encoding", "upgrade", "upgrade-insecure-requests", "user-agent",
        "via",
        "x-csrf-token", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip",
        "x-request-id",
        "x-requested-with",
    ]
}
