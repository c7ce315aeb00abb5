/// Why an opening handshake is refused, before anything was upgraded; each has one HTTP status.
package enum HandshakeRefusal: Error, Equatable, Sendable {
    /// Not a GET.
    case method
    /// An ordinary request, or HTTP/1.0: the resource is there for WebSockets only.
    case noUpgrade
    /// No version, or several.
    case malformedVersion
    /// A version other than 13 (RFC 6455 §4.4).
    case unsupportedVersion
    /// No key, several, or one that is not 16 octets in base64.
    case malformedKey
    /// An element of the subprotocol list is not a token.
    case malformedProtocols
    /// The list of extensions is none (RFC 6455 §9.1).
    case malformedExtensions
    /// Several `Origin` headers, or one that may not connect (§10.2).
    case foreignOrigin
    /// The crypto library refuses SHA-1.
    case digestUnavailable

    /// The HTTP status of the answer.
    package var status: Int {
        switch self {
        case .method: 405
        case .noUpgrade, .unsupportedVersion: 426
        case .malformedVersion, .malformedKey, .malformedProtocols, .malformedExtensions: 400
        case .foreignOrigin: 403
        case .digestUnavailable: 500
        }
    }

    /// A sentence for the client.
    package var message: String {
        switch self {
        case .method: "A WebSocket handshake must be a GET."
        case .noUpgrade: "This resource speaks WebSocket only."
        case .malformedVersion: "Sec-WebSocket-Version must be given once."
        case .unsupportedVersion: "Only version 13 of WebSocket is spoken here."
        case .malformedKey: "Sec-WebSocket-Key must be given once and hold 16 bytes in base64."
        case .malformedProtocols: "Sec-WebSocket-Protocol must be a list of tokens."
        case .malformedExtensions:
            "Sec-WebSocket-Extensions must be a list of extensions with their parameters."
        case .foreignOrigin: "This origin may not connect."
        case .digestUnavailable: "The handshake cannot be completed."
        }
    }

    /// Header fields that the answer needs because of its status (RFC 9110 §15.5.6, §15.5.22; RFC 6455 §4.4).
    package var fields: [(name: String, value: String)] {
        switch self {
        case .method: [("Allow", "GET")]
        case .noUpgrade, .unsupportedVersion:
            [("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Version", "13")]
        case .malformedVersion: [("Sec-WebSocket-Version", "13")]
        case .malformedKey, .malformedProtocols, .malformedExtensions, .foreignOrigin, .digestUnavailable: []
        }
    }
}
