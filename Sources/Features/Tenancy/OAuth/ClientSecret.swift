/// What an app shows that it is itself by: 256 random bits, of which the digest alone is kept.
struct ClientSecret: Sendable {
    let text: String

    static func random() -> ClientSecret { ClientSecret(text: Base64.encode(Digest.random(32), .url)) }

    var hash: [UInt8] { Digest.sha256(Array(text.utf8)) }

    /// Whether a text is the secret with this digest, in a time that tells nothing.
    static func isRight(_ text: String, _ hash: [UInt8]) -> Bool {
        text.utf8.count <= 256 && Digest.isEqual(ClientSecret(text: text).hash, hash)
    }
}
