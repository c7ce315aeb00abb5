import HTTPTypes
import WebServer

/// The `Idempotency-Key` of a request, and what the request is, so that another one with the same key is noticed.
struct IdempotencyKey: Hashable, Sendable {
    /// Characters of a key at most.
    static let longest = 255

    /// What the client chose.
    let text: String
    /// SHA-256 of method, path, query, content type and body.
    let digest: [UInt8]

    /// Reads the key of a `POST`; `nil` for another method and for one without a key.
    ///
    /// - Throws: 400 for a key that is none, or more than one.
    init?(_ request: WebRequest) throws(WebError) {
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
        digest = Digest.sha256(bytes)
    }
}

extension HTTPField.Name {
    static let idempotencyKey = HTTPField.Name("Idempotency-Key") ?? .server
    static let idempotencyReplayed = HTTPField.Name("Idempotency-Replayed") ?? .server
}
