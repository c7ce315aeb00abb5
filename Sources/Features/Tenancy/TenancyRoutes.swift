package import WebServer

/// Every way into this feature over HTTP.
package enum TenancyRoutes {
    /// A sign-in is a few short strings.
    private static let smallBody = 16_384

    /// The routes; they need ``TenancyServices/provide(to:)`` on every loop.
    package static let all: [Route] = [
        .open("POST /api/v1/session", bodyLimit: smallBody, SessionRoutes.create),
        .call("GET /api/v1/session", SessionRoutes.show),
        .call("PUT /api/v1/session", bodyLimit: smallBody, SessionRoutes.change),
        .call("DELETE /api/v1/session", SessionRoutes.delete),
        .call("POST /api/v1/live_token", bodyLimit: smallBody, LiveTokenRoutes.create),
        .call("GET /api/v1/users/self", UserRoutes.me),
        .call("GET /api/v1/users/self/profile", UserRoutes.profile),
        .call("GET /api/v1/users/self/observees", UserRoutes.observees),
    ]
}
