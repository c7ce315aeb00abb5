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
    let headers: SecurityHeaders
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
        headers = SecurityHeaders(strictTransportSeconds: settings.strictTransportSeconds)
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
    /// What was refused, by the code that the client is told.
    let refusals: Labelled<Counter>
    let overload: Counter
    let tls: TLSMeters
    /// What was answered for each institution; requests without a credential belong to none.
    let institutions: InstitutionMeters

    init(_ metrics: Metrics) {
        requests = metrics.counters(
            "cohort_http_requests_total", "Requests answered.", labels: ["route", "method", "status"],
            limit: 2000)
        durations = metrics.distributions(
            "cohort_http_request_seconds", "From the end of a request's header to its answer.",
            labels: ["route"])
        refused = metrics.counters(
            "cohort_http_refused_total", "Requests that were no valid HTTP, by rule.", labels: ["rule"])
        refusals = metrics.counters(
            "cohort_http_refusals_total", "Requests that were answered with an error, by its code.",
            labels: ["code"])
        connections = metrics.gauge("cohort_http_connections", "Open HTTP connections.")
        webSockets = metrics.gauge("cohort_websockets", "Open WebSockets.")
        overload = metrics.counter("cohort_connections_refused_total", "Connections closed at the limit.")
        tls = TLSMeters(metrics)
        institutions = InstitutionMeters(metrics)
    }
}

/// What the server counts for each institution.
struct InstitutionMeters: Sendable {
    private let requests: ByInstitution<Counter>
    private let failures: ByInstitution<Counter>
    private let throttled: ByInstitution<Counter>
    private let bytes: ByInstitution<Counter>

    init(_ metrics: Metrics) {
        requests = metrics.countersByInstitution(
            "cohort_institution_requests_total", "Requests answered, by institution.")
        failures = metrics.countersByInstitution(
            "cohort_institution_failed_requests_total", "Requests that ended with a 5xx, by institution.")
        throttled = metrics.countersByInstitution(
            "cohort_institution_throttled_requests_total", "Requests that ended with 429, by institution.")
        bytes = metrics.countersByInstitution(
            "cohort_institution_sent_bytes_total", "Bytes of bodies that were sent, by institution.")
    }

    /// An answer of `status` with `length` bytes went to somebody of the institution.
    func count(_ institution: Int64, status: Int, length: Int) {
        requests.of(institution).add()
        bytes.of(institution).add(length)
        if status >= 500 { failures.of(institution).add() }
        if status == 429 { throttled.of(institution).add() }
    }
}
