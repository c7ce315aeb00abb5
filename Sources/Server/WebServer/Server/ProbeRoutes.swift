import HTTPTypes
import JSON
import Telemetry

/// What machines that watch the server ask: does it live, can it work, what are its numbers.
package enum ProbeRoutes {
    /// `/healthz`, `/readyz` and `/metrics`.
    ///
    /// `/metrics` is for this machine and the `watchers`; for others it does not exist.
    package static func all(watchers: ProxyTrust = ProxyTrust()) -> [Route] {
        [
            Route(.get, "/healthz", access: .anyone) { _, _ in .text("ok\n") },
            Route(.get, "/readyz", access: .anyone) { _, context in readiness(context.health) },
            Route(.get, "/metrics", access: .anyone) { request, context in
                guard isLocal(request.remote) || watchers.trusts(request.remote) else {
                    throw WebError.notFound
                }
                return .text(PrometheusText.render(context.metrics), type: PrometheusText.contentType)
            },
        ]
    }

    private static func readiness(_ health: Health) -> WebResponse {
        let obstacles = health.obstacles
        return .json(status: obstacles.isEmpty ? .ok : .serviceUnavailable) { writer in
            writer.object { writer in
                writer.member("ready", obstacles.isEmpty)
                writer.array("reasons", of: obstacles) { writer, obstacle in
                    writer.object { writer in
                        writer.member("name", obstacle.name)
                        writer.member("reason", obstacle.reason)
                    }
                }
                writer.array("degraded", of: health.degraded) { $0.string($1) }
            }
        }
    }

    private static func isLocal(_ address: String) -> Bool {
        address == "::1" || address.hasPrefix("127.") || address.hasPrefix("::ffff:127.")
    }
}
