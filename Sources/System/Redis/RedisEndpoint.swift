/// Where a server listens: a name or a numeric address, and a port.
package struct RedisEndpoint: Hashable, Sendable, CustomStringConvertible {
    /// The name or address, IPv6 without brackets; empty in a redirection to the host that sent it.
    package let host: String
    package let port: UInt16

    package init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// Reads `host:port` of a redirection; an IPv6 address is written without brackets there.
    init?(redirection text: some StringProtocol) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            return nil
        }
        self.init(host: String(text[..<colon]), port: port)
    }

    /// The same port at `other`'s host when no host is named.
    func orHost(of other: RedisEndpoint) -> RedisEndpoint {
        host.isEmpty ? RedisEndpoint(host: other.host, port: port) : self
    }

    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
