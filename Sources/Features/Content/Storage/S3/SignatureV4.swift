import Tenancy

/// Signs requests as S3 checks them (AWS Signature Version 4).
///
/// Pure: the time is handed in. Paths are encoded once, as S3 has it, unlike other services.
package struct SignatureV4: Sendable {
    /// The hash that stands for a body that is not signed.
    package static let unsignedPayload = "UNSIGNED-PAYLOAD"

    private let accessKey: String
    private let secretKey: String
    private let region: String
    private let service: String

    /// Signs with this key, for one region of one service.
    package init(accessKey: String, secretKey: String, region: String, service: String = "s3") {
        self.accessKey = accessKey
        self.secretKey = secretKey
        self.region = region
        self.service = service
    }

    /// The header fields that sign a request, `Authorization` among them; `host` is signed and not returned.
    ///
    /// - Parameters:
    ///   - method: In upper-case.
    ///   - host: As the request's `Host` has it.
    ///   - path: Not encoded.
    ///   - query: Not encoded.
    ///   - fields: Further fields to sign, with lower-case names.
    ///   - payloadHash: The body's SHA-256 in hexadecimal, or ``unsignedPayload``.
    ///   - now: Milliseconds since 1970.
    /// - Returns: Names in lower-case with their values.
    package func headers(
        method: String, host: String, path: String, query: [(String, String)] = [],
        fields: [(String, String)] = [], payloadHash: String, at now: Int64
    ) -> [(String, String)] {
        let time = SignatureV4.time(now)
        let added = [("x-amz-content-sha256", payloadHash), ("x-amz-date", time)]
        let signed = (fields + added + [("host", host)]).sorted { $0.0 < $1.0 }
        let request = canonical(method, path, query, signed, payloadHash)
        let names = signed.map(\.0).joined(separator: ";")
        let authorization =
            "AWS4-HMAC-SHA256 Credential=\(accessKey)/\(scope(time)), SignedHeaders=\(names), "
            + "Signature=\(signature(of: request, time))"
        return fields + added + [("authorization", authorization)]
    }

    /// The query that lets anybody who has it do one request for a while; `host` is the only signed field.
    ///
    /// - Parameters:
    ///   - method: In upper-case.
    ///   - host: As the request's `Host` will have it.
    ///   - path: Not encoded.
    ///   - query: What else the query has, not encoded.
    ///   - seconds: How long it is valid.
    ///   - now: Milliseconds since 1970.
    /// - Returns: The encoded query.
    package func presignedQuery(
        method: String, host: String, path: String, query: [(String, String)] = [], seconds: Int,
        at now: Int64
    ) -> String {
        let time = SignatureV4.time(now)
        let whole =
            query + [
                ("X-Amz-Algorithm", "AWS4-HMAC-SHA256"), ("X-Amz-Credential", "\(accessKey)/\(scope(time))"),
                ("X-Amz-Date", time), ("X-Amz-Expires", String(seconds)), ("X-Amz-SignedHeaders", "host"),
            ]
        let request = canonical(method, path, whole, [("host", host)], SignatureV4.unsignedPayload)
        return SignatureV4.encoded(whole) + "&X-Amz-Signature=\(signature(of: request, time))"
    }

    // MARK: Steps

    private func canonical(
        _ method: String, _ path: String, _ query: [(String, String)], _ fields: [(String, String)],
        _ hash: String
    ) -> String {
        let lines = fields.map { "\($0.0):\(SignatureV4.trimmed($0.1))\n" }.joined()
        return [
            method, SignatureV4.encodedPath(path), SignatureV4.encoded(query), lines,
            fields.map(\.0).joined(separator: ";"), hash,
        ].joined(separator: "\n")
    }

    private func signature(of request: String, _ time: String) -> String {
        let digest = Hexadecimal.text(Digest.sha256(Array(request.utf8)))
        let text = "AWS4-HMAC-SHA256\n\(time)\n\(scope(time))\n\(digest)"
        var key = Array("AWS4\(secretKey)".utf8)
        for part in [String(time.prefix(8)), region, service, "aws4_request"] {
            key = Digest.hmacSHA256(key: key, Array(part.utf8))
        }
        return Hexadecimal.text(Digest.hmacSHA256(key: key, Array(text.utf8)))
    }

    private func scope(_ time: String) -> String { "\(time.prefix(8))/\(region)/\(service)/aws4_request" }

    /// `20130524T000000Z`.
    private static func time(_ now: Int64) -> String {
        ISO8601.text(milliseconds: now).filter { $0 != "-" && $0 != ":" }
    }

    /// Spaces at the ends go, several in a row become one.
    private static func trimmed(_ value: String) -> String {
        value.split(separator: " ").joined(separator: " ")
    }

    private static func encoded(_ query: [(String, String)]) -> String {
        query.map { (encoded($0.0), encoded($0.1)) }.sorted { $0 < $1 }
            .map { "\($0.0)=\($0.1)" }.joined(separator: "&")
    }

    /// A path as it is sent and signed.
    static func encodedPath(_ path: String) -> String {
        path.split(separator: "/", omittingEmptySubsequences: false).map { encoded(String($0)) }
            .joined(separator: "/")
    }

    /// Everything but letters, digits, `-`, `.`, `_` and `~` becomes `%XX`.
    private static func encoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var result: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: result.append(byte)
            default: result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
