/// Prometheus' text exposition, version 0.0.4.
package enum PrometheusText {
    /// What `Content-Type` says.
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// Everything that `metrics` knows, in the order of the names.
    package static func render(_ metrics: Metrics) -> String {
        var text = ""
        for (name, family) in metrics.families() {
            text += "# HELP \(name) \(escapedHelp(family.help))\n# TYPE \(name) \(family.kind.rawValue)\n"
            for (labels, instrument) in family.members { append(name, labels, instrument, to: &text) }
        }
        return text
    }

    private static func append(
        _ name: String, _ labels: [Metrics.Label], _ instrument: Metrics.Instrument, to text: inout String
    ) {
        switch instrument {
        case .counter(let counter): line(name, labels, "\(counter.value)", to: &text)
        case .gauge(let gauge): line(name, labels, "\(gauge.value)", to: &text)
        case .probe(let probe): line(name, labels, number(probe()), to: &text)
        case .distribution(let distribution):
            let total = distribution.total()
            for (bound, count) in zip(Distribution.bounds, total.cumulative) {
                line("\(name)_bucket", labels + [("le", seconds(bound))], "\(count)", to: &text)
            }
            line("\(name)_bucket", labels + [("le", "+Inf")], "\(total.count)", to: &text)
            line("\(name)_sum", labels, seconds(total.sum), to: &text)
            line("\(name)_count", labels, "\(total.count)", to: &text)
        }
    }

    private static func line(
        _ name: String, _ labels: [Metrics.Label], _ value: String, to text: inout String
    ) {
        text += name
        if !labels.isEmpty {
            text +=
                "{" + labels.map { "\($0.name)=\"\(escapedValue($0.value))\"" }.joined(separator: ",") + "}"
        }
        text += " \(value)\n"
    }

    /// Microseconds as seconds.
    private static func seconds(_ microseconds: UInt64) -> String { number(Double(microseconds) / 1_000_000) }

    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        let text = value.description
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    private static func escapedHelp(_ text: String) -> String {
        text.split(separator: "\\", omittingEmptySubsequences: false).joined(separator: "\\\\")
            .split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\\n")
    }

    private static func escapedValue(_ text: String) -> String {
        escapedHelp(text).split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\\\"")
    }
}
