/// Why a letter was not handed over.
package enum MailFailure: Error, Equatable, Sendable, CustomStringConvertible {
    /// The relay, or the way there, may do better later.
    case passing(String)
    /// Trying again would end the same way.
    case final(String)

    package var description: String {
        switch self {
        case .passing(let reason), .final(let reason): reason
        }
    }
}
