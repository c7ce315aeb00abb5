import Telemetry

/// What the server counts of TLS.
struct TLSMeters: Sendable {
    let handshakes: Labelled<Counter>
    let failures: Labelled<Counter>
    let underWay: Gauge
    let refused: Counter

    init(_ metrics: Metrics) {
        handshakes = metrics.counters(
            "cohort_tls_handshakes_total", "TLS handshakes that were completed.",
            labels: ["version", "resumed", "kernel"])
        failures = metrics.counters(
            "cohort_tls_handshake_failures_total", "TLS handshakes that were not completed, by reason.",
            labels: ["reason"])
        underWay = metrics.gauge("cohort_tls_handshakes_under_way", "TLS handshakes that have begun.")
        refused = metrics.counter(
            "cohort_tls_handshakes_refused_total",
            "Connections closed because as many handshakes as may were under way.")
    }
}
