/// Says for two minutes that a person's password was right, while the person chooses an institution.
///
/// Its text is `<person>.<expiry in seconds since 1970>.<mac>`, signed with a key of the deployment; nothing is stored.
/// It opens a session of that person only, in institutions where the person has a user at that moment.
package struct SignInTicket: Hashable, Sendable {
    /// How long a choice may take.
    package static let lifetimeSeconds: Int64 = 120

    /// The person whose password was right.
    package let person: Int64
    /// When it ends, in milliseconds since 1970.
    package let expiresAt: Int64

    /// Signs and checks tickets.
    package struct Key: Sendable {
        private let bytes: [UInt8]

        /// Derives the tickets' key from the deployment's secret, so that it signs nothing else.
        package init(secret: [UInt8]) {
            bytes = Digest.hmacSHA256(key: secret, Array("cohort sign-in ticket v1".utf8))
        }

        fileprivate func signature(_ payload: String) -> String {
            Base64.encode(Digest.hmacSHA256(key: bytes, Array(payload.utf8)), .url)
        }
    }

    /// Makes a ticket that begins now (milliseconds since 1970).
    package init(person: Int64, at now: Int64) {
        self.person = person
        expiresAt = (now / 1000 + SignInTicket.lifetimeSeconds) * 1000
    }

    /// The text to hand out.
    package func text(_ key: Key) -> String {
        let payload = "\(person).\(expiresAt / 1000)"
        return "\(payload).\(key.signature(payload))"
    }

    /// Reads a ticket; `nil` when it was not signed with this key or has ended by `now` (milliseconds since 1970).
    package init?(_ text: String, _ key: Key, at now: Int64) {
        guard text.utf8.count <= 128 else { return nil }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let person = Int64(parts[0]), let expiry = Int64(parts[1]),
            Digest.isEqual(Array(key.signature("\(parts[0]).\(parts[1])").utf8), Array(parts[2].utf8)),
            expiry <= Int64.max / 1000, now < expiry * 1000
        else { return nil }
        self.person = person
        expiresAt = expiry * 1000
    }
}
