import HTTP
package import Telemetry

/// What all loops serve alike: routes, authenticator, rules.
///
/// Made once, shared, never changed.
package struct WebApplication: Sendable {
    package let routes: RouteTable
    package let settings: ServerSettings
    let authenticator: any Authenticator
    let requestGuard: RequestGuard
    let headers = SecurityHeaders()
    let meters: ServerMeters

    /// Checks the routes and puts everything together.
    ///
    /// - Throws: ``RouteProblem`` when two routes would answer the same requests, or a pattern is none.
    package init(
        routes: [Route], authenticator: any Authenticator = NoAuthenticator(),
        settings: ServerSettings = ServerSettings(), metrics: Metrics
    ) throws(RouteProblem) {
        self.routes = try RouteTable(routes)
        var settings = settings
        // The parser refuses what no route takes; the route at hand lowers the limit for its own requests.
        settings.request.body = routes.map(\.bodyLimit).max() ?? 0
        self.settings = settings
        self.authenticator = authenticator
        requestGuard = RequestGuard(allowedOrigins: settings.allowedOrigins)
        meters = ServerMeters(metrics)
    }
}

/// What the server counts of itself.
struct ServerMeters: Sendable {
    let requests: Labelled<Counter>
    let durations: Labelled<Distribution>
    let refused: Labelled<Counter>
    let connections: Gauge
    let webSockets: Gauge
    let overload: Counter

    init(_ metrics: Metrics) {
        requests = metrics.counters(
            "cohort_http_requests_total", "Requests answered.", labels: ["route", "method", "status"],
            limit: 2000)
        durations = metrics.distributions(
            "cohort_http_request_seconds", "From the end of a request's header to its answer.",
            labels: ["route"])
        refused = metrics.counters(
            "cohort_http_refused_total", "Requests that were no valid HTTP, by rule.", labels: ["rule"])
        connections = metrics.gauge("cohort_http_connections", "Open HTTP connections.")
        webSockets = metrics.gauge("cohort_websockets", "Open WebSockets.")
        overload = metrics.counter("cohort_connections_refused_total", "Connections closed at the limit.")
    }
}
