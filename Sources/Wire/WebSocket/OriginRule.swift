/// Which web pages may connect (RFC 6455 §10.2); whoever sends no `Origin` is not a browser and may.
package enum OriginRule: Equatable, Sendable {
    /// All of them: for endpoints that trust nothing but a token in the first message.
    case any
    /// Pages of the host that is asked, and these origins (`https://example.org`, lower case, no path).
    case sameHost(orAnyOf: Set<String>)

    /// Whether `origin` may connect to `host`, the value of the `Host` header.
    package func allows(_ origin: String, host: String?) -> Bool {
        switch self {
        case .any:
            return true
        case .sameHost(let others):
            let origin = origin.lowercased()
            if others.contains(origin) { return true }
            for (scheme, port) in [("http://", ":80"), ("https://", ":443")] where origin.hasPrefix(scheme) {
                guard let host, !host.isEmpty else { return false }
                let own = Self.dropping(port, from: host.lowercased())
                return Self.dropping(port, from: String(origin.dropFirst(scheme.count))) == own
            }
            return false
        }
    }

    private static func dropping(_ port: String, from authority: String) -> String {
        authority.hasSuffix(port) ? String(authority.dropLast(port.count)) : authority
    }
}
