import Postgres

/// What an app has to show for a code that it was sent back with.
struct AuthorizationCode: Sendable {
    /// Seconds from the person's yes to the app's question: RFC 6749 §4.1.2 wants ten minutes at most.
    static let lifetimeSeconds: Int64 = 300
    /// What a verifier may be (RFC 7636 §4.1).
    private static let verifierLength = 43...128

    let user: Int64
    let redirectURI: String
    let challenge: String?
    let scopes: [String]?
    let purpose: String?
    let isInTime: Bool

    init(_ row: Row) throws(PostgresError) {
        user = try row.int(0)
        redirectURI = try row.text(1)
        challenge = try row.textOrNil(2)
        scopes = try row.isNull(3) ? nil : row.textArray(3)
        purpose = try row.textOrNil(4)
        isInTime = try row.bool(5)
    }

    init(
        user: Int64 = 1, redirectURI: String, challenge: String?, scopes: [String]? = nil,
        purpose: String? = nil,
        isInTime: Bool = true
    ) {
        self.user = user
        self.redirectURI = redirectURI
        self.challenge = challenge
        self.scopes = scopes
        self.purpose = purpose
        self.isInTime = isInTime
    }

    /// Whether it may be given for a token by whoever says this.
    ///
    /// A verifier for a code that was asked for without a challenge means that somebody took the challenge away
    /// (RFC 9700 §4.8.2).
    func admits(redirectURI: String?, verifier: String?) -> Bool {
        guard isInTime, redirectURI == self.redirectURI else { return false }
        switch (challenge, verifier) {
        case (nil, nil): return true
        case (let challenge?, let verifier?):
            guard Self.verifierLength.contains(verifier.utf8.count) else { return false }
            let digest = Base64.encode(Digest.sha256(Array(verifier.utf8)), .url)
            return Digest.isEqual(Array(digest.utf8), Array(challenge.utf8))
        case (nil, _?), (_?, nil): return false
        }
    }
}
