import LiveProtocol
package import WebServer

/// The way in for WebSockets that speak the live protocol.
package enum LiveEndpoint {
    /// The route `/connection/websocket`; each loop's context must provide its ``LiveLoop``.
    ///
    /// - Parameters:
    ///   - messageBytes: The largest message of a client.
    ///   - allowsDeflate: Whether messages may be compressed, where the client offers it.
    ///   - scope: What a token that is limited to some routes must be good for, to come in with it; `nil` lets none in.
    /// - Returns: The route.
    package static func route(
        messageBytes: Int = 1 << 16, allowsDeflate: Bool = true, scope: String? = nil
    ) -> Route {
        .webSocket(
            "/connection/websocket", access: .maybeSignedIn,
            limits: WebSocketLimits(messageBytes: messageBytes, allowsDeflate: allowsDeflate)
        ) { request, context in
            if let scopes = request.principal?.scopes, scope.map({ scopes.contains($0) }) != true {
                throw WebError.forbidden(
                    "The access token is not good for a live connection.", code: "insufficient_scope")
            }
            let loop = context.service(LiveLoop.self)
            if loop.hub.turnsAway { throw WebError.unavailable(retryAfter: 1) }
            let form = request.subprotocols.lazy.compactMap { name in
                MessageForm.allCases.first { $0.subprotocol == name }
            }.first
            return WebSocketAcceptance(
                handler: LiveSession(loop: loop, principal: request.principal, form: form ?? .json),
                subprotocol: form?.subprotocol)
        }
    }
}
