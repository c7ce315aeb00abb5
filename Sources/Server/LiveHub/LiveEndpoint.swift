package import WebServer

/// The way in for WebSockets that speak the live protocol.
package enum LiveEndpoint {
    /// The route `/connection/websocket`; each loop's context must provide its ``LiveLoop``.
    package static func route(messageBytes: Int = 1 << 16) -> Route {
        .webSocket(
            "/connection/websocket", access: .maybeSignedIn,
            limits: WebSocketLimits(messageBytes: messageBytes)
        ) { request, context in
            let loop = context.service(LiveLoop.self)
            if loop.hub.turnsAway { throw WebError.unavailable(retryAfter: 1) }
            return WebSocketAcceptance(handler: LiveSession(loop: loop, principal: request.principal))
        }
    }
}
