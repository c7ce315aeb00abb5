package import HTTP

/// The limits of the web server.
///
/// All have defaults that suit production; tests make them short.
package struct ServerSettings: Sendable {
    /// Sizes of request lines, headers and so on; bodies are limited by their routes.
    package var request = RequestLimits()
    /// From the first byte of a request to the end of its header.
    package var headTimeout: Duration = .seconds(10)
    /// What a body may take besides the time that ``bodyBytesPerSecond`` earns it.
    package var bodyGrace: Duration = .seconds(10)
    /// The slowest body that is waited for.
    package var bodyBytesPerSecond = 1000
    /// Between requests.
    package var idleTimeout: Duration = .seconds(75)
    /// How long a client may take no output at all before it is given up.
    package var writeTimeout: Duration = .seconds(30)
    /// How long a connection that ends goes on reading, so that the last answer is not lost in a reset.
    package var lingering: Duration = .seconds(2)
    /// Output that may wait for one client; more ends the connection.
    package var outputLimit = 32 << 20
    /// Connections that one loop has open at a time; those beyond are closed at once.
    package var connectionLimit = 100_000
    /// Origins besides the server's own that may use cookies.
    package var allowedOrigins: Set<String> = []
    /// Proxies whose `X-Forwarded-…` counts.
    package var proxies = ProxyTrust()
    /// How long browsers shall come by https only, once they have (RFC 6797), in seconds; 0 does not say so.
    package var strictTransportSeconds = 0
    /// Whether each request gets a line in the log.
    package var logsRequests = true

    package init() {}
}
