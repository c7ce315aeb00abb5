package import Postgres

/// A secret that whoever bears it is known by: a session cookie's or an access token's.
///
/// Its text is `<institution>~<43 characters>`: the institution in clear, so that the look-up happens within that
/// institution's rows alone, and 256 random bits. Every character may stand in a cookie (RFC 6265 §4.1.1) and in a
/// bearer token (RFC 6750 §2.1). Only ``hash`` is stored.
package struct BearerSecret: Hashable, Sendable {
    private static let byteCount = 32
    /// The longest text there is; a longer one is refused unread.
    package static let longestText = 19 + 1 + 43

    /// The institution whose rows know the secret.
    package let institution: TenantID
    private let bytes: [UInt8]

    private init(institution: TenantID, bytes: [UInt8]) {
        self.institution = institution
        self.bytes = bytes
    }

    /// Makes a new secret from the kernel's random numbers.
    package static func random(in institution: TenantID) -> BearerSecret {
        BearerSecret(institution: institution, bytes: Digest.random(byteCount))
    }

    /// Reads a secret; `nil` for anything that ``text`` cannot have written.
    package init?(_ text: some StringProtocol) {
        guard text.utf8.count <= BearerSecret.longestText,
            let tilde = text.utf8.firstIndex(of: UInt8(ascii: "~"))
        else { return nil }
        let number = text[..<tilde]
        guard let id = Int64(number), id > 0, String(id) == number,
            let bytes = Base64.decode(text[text.utf8.index(after: tilde)...], .url),
            bytes.count == Self.byteCount
        else { return nil }
        self.init(institution: TenantID(rawValue: id), bytes: bytes)
    }

    /// The form that its bearer keeps.
    package var text: String { "\(institution.rawValue)~\(Base64.encode(bytes, .url))" }

    /// The form at rest: a secret of 256 random bits needs neither salt nor a slow hash.
    package var hash: [UInt8] { Digest.sha256(bytes) }
}
