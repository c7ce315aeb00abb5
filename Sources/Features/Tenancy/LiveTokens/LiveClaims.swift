/// What a verified live token says of its bearer.
package struct LiveClaims: Hashable, Sendable {
    /// Who bears it: for Cohort's own classes a user's id, for an operator's own channels any name.
    package let subject: String
    /// When it ends, in milliseconds since 1970.
    package let expiresAt: Int64
    /// The institution; a token of Cohort's always has one, and without one no class can be joined.
    package let institution: InstitutionID?
    /// The name to show, when the token has one.
    package let name: String?
    /// The role that stands for all of the user's.
    package let role: Role?
    /// The session that it was got with; with its end the bearer's connections end, too.
    package let session: Int64?
    /// The access token that it was got with.
    package let accessToken: Int64?

    /// States claims as they are.
    package init(
        subject: String, expiresAt: Int64, institution: InstitutionID?, name: String?, role: Role?,
        session: Int64? = nil, accessToken: Int64? = nil
    ) {
        self.session = session
        self.accessToken = accessToken
        self.subject = subject
        self.expiresAt = expiresAt
        self.institution = institution
        self.name = name
        self.role = role
    }

    /// The user, when the subject is an id and the institution is named.
    package var user: Int64? {
        guard institution != nil, let id = Int64(subject), id > 0, String(id) == subject else { return nil }
        return id
    }
}

/// Why a live token is not accepted, or cannot be made.
package enum LiveTokenError: Error, Equatable, Sendable {
    /// Not three parts, not JSON, or a claim is missing or of another kind.
    case malformed
    /// The header names another algorithm than the key's, `none` included, or demands an extension.
    case algorithm
    /// The signature was not made with the key.
    case signature
    /// It has ended; its bearer fetches a new one.
    case expired
    /// It has not begun.
    case notYetValid
    /// It is meant for another audience than the configured one, or for none.
    case audience
    /// It comes from another issuer than the configured one, or from none.
    case issuer
    /// The configured secret is shorter than 256 bits, which HS256 demands (RFC 7518 §3.2).
    case weakSecret
    /// The configured key set is none, or holds a key without `kid`, of another kind, or a private one.
    case keySet
    /// It names a key that is not known, and its issuer cannot be asked now; its bearer tries again.
    case keysUnavailable
}
