/// Why a sign-in by another provider did not come to its end; the sign-in page has a sentence for each.
enum OIDCProblem: String, Error, Equatable, Sendable {
    /// The institution has no such sign-in.
    case none
    /// The provider, or the person there, said no.
    case refused
    /// It took too long, was begun elsewhere, or came a second time.
    case expired
    /// The provider cannot be reached.
    case unavailable
    /// The provider's answer cannot be trusted.
    case answer
    /// The provider knows the person, the institution does not.
    case unknown
}
