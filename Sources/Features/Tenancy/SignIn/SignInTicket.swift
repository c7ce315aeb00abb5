import Postgres

/// Says for two minutes that a person's password was right, while the person chooses an institution.
///
/// Its text is `<person>.<expiry in seconds since 1970>.<institutions, joined by dashes>.<mac>`, signed with a key of the
/// deployment; nothing is stored. It opens a session of that person only, in one of those institutions, where the password
/// was right, if the person has a user there at that moment.
package struct SignInTicket: Hashable, Sendable {
    /// How long a choice may take.
    package static let lifetimeSeconds: Int64 = 120

    /// The person whose password was right.
    package let person: Int64
    /// When it ends, in milliseconds since 1970.
    package let expiresAt: Int64
    /// Where the password was right.
    package let institutions: Set<InstitutionID>

    /// Characters of a ticket at most.
    static let longest = 4000

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
    package init(person: Int64, institutions: Set<InstitutionID>, at now: Int64) {
        self.person = person
        self.institutions = institutions
        expiresAt = (now / 1000 + SignInTicket.lifetimeSeconds) * 1000
    }

    /// The text to hand out.
    package func text(_ key: Key) -> String {
        let places = institutions.map(\.rawValue).sorted().map(String.init).joined(separator: "-")
        let payload = "\(person).\(expiresAt / 1000).\(places)"
        return "\(payload).\(key.signature(payload))"
    }

    /// Reads a ticket; `nil` when it was not signed with this key or has ended by `now` (milliseconds since 1970).
    package init?(_ text: String, _ key: Key, at now: Int64) {
        guard text.utf8.count <= Self.longest else { return nil }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4, let person = Int64(parts[0]), let expiry = Int64(parts[1]),
            Digest.isEqual(
                Array(key.signature(parts[..<3].joined(separator: ".")).utf8), Array(parts[3].utf8)),
            expiry <= Int64.max / 1000, now < expiry * 1000
        else { return nil }
        self.person = person
        expiresAt = expiry * 1000
        institutions = Set(
            parts[2].split(separator: "-").compactMap { Int64($0) }.map { InstitutionID(rawValue: $0) })
    }
}
