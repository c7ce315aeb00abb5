/// A side of the connection; what one of them sends is masked, what the other sends is not (RFC 6455 §5.1).
package enum Peer: Sendable {
    /// Who asked for the connection; masks.
    case client
    /// Who accepted it; does not mask.
    case server
}
