import HTTPTypes
import WebServer

/// The `Idempotency-Key` of a request, and what the request is, so that another one with the same key is noticed.
struct IdempotencyKey: Hashable, Sendable {
    /// Characters of a key at most.
    static let longest = 255

    /// What the client chose.
    let text: String
    /// HMAC-SHA-256 of method, path, query, content type and body.
    ///
    /// Under the deployment's secret, since bodies hold passwords, which nobody shall be able to try by what is stored.
    let digest: [UInt8]

    /// What requests are digested under.
    struct Secret: Hashable, Sendable {
        fileprivate let bytes: [UInt8]

        /// Derives it from the deployment's secret, so that it is good for nothing else.
        init(secret: [UInt8]) {
            bytes = Digest.hmacSHA256(key: secret, Array("cohort idempotency key v1".utf8))
        }
    }

    /// Reads the key of a `POST`; `nil` for another method and for one without a key.
    ///
    /// - Throws: 400 for a key that is none, or more than one.
    init?(_ request: WebRequest, _ secret: Secret) throws(WebError) {
        guard request.method == .post else { return nil }
        let values = request.headers[values: .idempotencyKey]
        guard let text = values.first else { return nil }
        guard values.count == 1, (1...Self.longest).contains(text.utf8.count),
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            throw .badRequest(
                "The Idempotency-Key must have 1 to \(Self.longest) visible ASCII characters.",
                field: "Idempotency-Key")
        }
        self.text = text
        var bytes = Array("\(request.method.rawValue) \(request.path)\n".utf8)
        for item in request.query { bytes += Array("\(item.name)=\(item.value)\n".utf8) }
        bytes += Array("\(request.headers[.contentType] ?? "")\n".utf8)
        bytes += request.body
        digest = Digest.hmacSHA256(key: secret.bytes, bytes)
    }
}

extension WebError {
    /// A key that stands for another request.
    static let keyReused = WebError(
        .unprocessableContent, code: "key_reused",
        message: "The Idempotency-Key stands for another request.", field: "Idempotency-Key")
}

extension HTTPField.Name {
    static let idempotencyKey = HTTPField.Name("Idempotency-Key") ?? .server
    static let idempotencyReplayed = HTTPField.Name("Idempotency-Replayed") ?? .server
}
