/// Judges opening handshakes on one endpoint (RFC 6455 §4.2); the HTTP layer writes the answer.
package struct Handshake: Sendable {
    /// Subprotocols that the endpoint speaks.
    package var protocols: [String]
    /// Pages that may connect.
    package var origins: OriginRule

    /// Describes an endpoint; a client that names no subprotocol, or none of these, is accepted without one.
    package init(protocols: [String] = [], origins: OriginRule) {
        self.protocols = protocols
        self.origins = origins
    }

    /// Accepts or refuses a request; a pure function, to be called from any thread.
    package func answer(_ request: HandshakeRequest) throws(HandshakeRefusal) -> HandshakeAcceptance {
        guard request.method == "GET" else { throw .method }
        guard request.isAtLeastHTTP11, HeaderTokens.contains("websocket", in: request.upgrade),
            HeaderTokens.contains("upgrade", in: request.connection)
        else { throw .noUpgrade }
        guard request.version.count == 1 else { throw .malformedVersion }
        guard HeaderTokens.trimmed(request.version[0][...]) == "13" else { throw .unsupportedVersion }
        guard request.key.count == 1 else { throw .malformedKey }
        let key = String(HeaderTokens.trimmed(request.key[0][...]))
        guard Base64.isSixteenOctets(key) else { throw .malformedKey }
        guard request.origin.count <= 1 else { throw .foreignOrigin }
        if let origin = request.origin.first, !origins.allows(origin, host: request.host) {
            throw .foreignOrigin
        }
        let subprotocol = try chooseProtocol(request.protocols)
        guard let accept = AcceptKey.value(for: key) else { throw .digestUnavailable }
        return HandshakeAcceptance(accept: accept, subprotocol: subprotocol)
    }

    /// The subprotocols that a client offers, best first, from the lines of `Sec-WebSocket-Protocol`.
    package static func offered(_ lines: [String]) -> [String] {
        HeaderTokens.elements(lines).map(String.init)
    }

    /// The first that the client prefers and we speak; names are compared exactly (§4.1).
    private func chooseProtocol(_ lines: [String]) throws(HandshakeRefusal) -> String? {
        let offered = HeaderTokens.elements(lines)
        guard offered.allSatisfy(HeaderTokens.isToken) else { throw .malformedProtocols }
        for name in offered {
            if let ours = protocols.first(where: { $0 == name }) { return ours }
        }
        return nil
    }
}
