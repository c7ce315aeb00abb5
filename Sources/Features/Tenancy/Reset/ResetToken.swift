/// Says for half an hour that whoever bears it may set a person's password, once.
///
/// Its text is `<person>.<expiry in seconds since 1970>.<mac>`; nothing is stored. The mac is bound to the password as it is
/// stored now: when that changes, by this token or in whatever way, all tokens are worth nothing.
package struct ResetToken: Hashable, Sendable {
    /// How long a letter may take to be read.
    package static let lifetimeSeconds: Int64 = 1800
    /// The longest text that is looked at.
    private static let longest = 128

    /// Whose password.
    package let person: Int64
    /// When it ends, in milliseconds since 1970.
    package let expiresAt: Int64
    private let mac: String

    /// Signs and checks tokens.
    package struct Key: Sendable {
        private let bytes: [UInt8]

        /// Derives the key from the deployment's secret, so that it signs nothing else.
        package init(secret: [UInt8]) {
            bytes = Digest.hmacSHA256(key: secret, Array("cohort password reset v1".utf8))
        }

        fileprivate func mac(_ payload: String, _ passwordHash: String?) -> String {
            // A person without a password has another mac than one whose hash is empty.
            let bound = passwordHash.map { "+\($0)" } ?? "-"
            return Base64.encode(Digest.hmacSHA256(key: bytes, Array("\(payload).\(bound)".utf8)), .url)
        }
    }

    /// Makes a token that begins now (milliseconds since 1970).
    package init(person: Int64, passwordHash: String?, _ key: Key, at now: Int64) {
        let expiry = now / 1000 + Self.lifetimeSeconds
        self.person = person
        expiresAt = expiry * 1000
        mac = key.mac("\(person).\(expiry)", passwordHash)
    }

    /// Reads a token without believing it; `nil` for what is none or has ended by `now` (milliseconds since 1970).
    package init?(_ text: String, at now: Int64) {
        guard text.utf8.count <= Self.longest else { return nil }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let person = Int64(parts[0]), String(person) == parts[0], person > 0,
            let expiry = Int64(parts[1]), String(expiry) == parts[1], (0...Int64.max / 1000).contains(expiry),
            now < expiry * 1000
        else { return nil }
        self.person = person
        expiresAt = expiry * 1000
        mac = String(parts[2])
    }

    /// Whether it was made with this key for the password that the person has now.
    package func isGood(for passwordHash: String?, _ key: Key) -> Bool {
        Digest.isEqual(Array(key.mac("\(person).\(expiresAt / 1000)", passwordHash).utf8), Array(mac.utf8))
    }

    /// The text to send.
    package var text: String { "\(person).\(expiresAt / 1000).\(mac)" }
}
