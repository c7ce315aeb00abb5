/// Why a TLS connection could not be made, or could not go on (RFC 8446, RFC 5246).
package enum TLSFailure: Error, Equatable, Sendable, CustomStringConvertible {
    /// The peer's certificate is not accepted.
    case certificate(CertificateFault)
    /// The peer broke the protocol, speaks another one, or sent a fatal alert; the text is OpenSSL's reason.
    case violation(String)
    /// The peer speaks HTTP without TLS.
    case plainHTTP
    /// The peer ended the connection before the handshake was complete.
    case endedEarly
    /// The connection ended without a closing alert: bytes may be missing (RFC 8446 §6.1).
    case truncated
    /// The handshake took longer than it may.
    case handshakeTimedOut
    /// A certificate, key or list of authorities cannot be used.
    case settings(String)
    /// OpenSSL has no memory for another session.
    case exhausted

    package var description: String {
        switch self {
        case .certificate(let fault): "the peer's certificate is not accepted: \(fault)"
        case .violation(let reason): "TLS: \(reason)"
        case .plainHTTP: "the peer speaks HTTP without TLS"
        case .endedEarly: "the peer ended the connection during the TLS handshake"
        case .truncated: "the connection ended without TLS's closing alert"
        case .handshakeTimedOut: "the TLS handshake took too long"
        case .settings(let reason): reason
        case .exhausted: "no memory for another TLS session"
        }
    }

    /// One word of a few, for counters.
    package var kind: String {
        switch self {
        case .certificate: return "certificate"
        case .plainHTTP: return "plain_http"
        case .endedEarly: return "ended"
        case .truncated: return "truncated"
        case .handshakeTimedOut: return "timeout"
        case .settings, .exhausted: return "own"
        case .violation(let reason):
            switch reason {
            case "no application protocol": return "application_protocol"
            case "unsupported protocol": return "version"
            case "no shared cipher", "no suitable key share", "no suitable signature algorithm",
                "no shared signature algorithms", "no shared groups":
                return "cipher"
            // What a peer says to ours: that it does not trust the certificate, for one.
            case _ where reason.contains("alert"): return "alert"
            default: return "protocol"
            }
        }
    }
}

/// What is wrong with a peer's certificate (RFC 5280 §6, RFC 6125 §6).
package enum CertificateFault: Equatable, Sendable, CustomStringConvertible {
    /// It was issued for another host.
    case wrongName
    /// It has ended.
    case expired
    /// It has not begun.
    case notYetValid
    /// No trusted authority stands behind it.
    case unknownAuthority
    /// Anything else, by OpenSSL's number (`X509_V_ERR_…`).
    case other(Int)

    package var description: String {
        switch self {
        case .wrongName: "it was issued for another host"
        case .expired: "it has expired"
        case .notYetValid: "it is not valid yet"
        case .unknownAuthority: "no trusted authority stands behind it"
        case .other(let code): "verification error \(code)"
        }
    }
}
