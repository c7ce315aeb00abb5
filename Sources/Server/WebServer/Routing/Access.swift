/// Who may call a route at all; finer rules are the handlers' matter.
package enum Access: Sendable, Hashable {
    /// Anyone; credentials are not looked at.
    case anyone
    /// Anyone; a credential that is there is looked at, and its user handed to the handler.
    case maybeSignedIn
    /// Users only: everybody else gets 401.
    case signedIn
}
