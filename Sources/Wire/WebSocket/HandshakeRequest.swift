/// What the opening handshake looks at in an HTTP request (RFC 6455 §4.2.1).
///
/// Header values are given line by line, as they came; a missing header is an empty list.
package struct HandshakeRequest: Equatable, Sendable {
    /// The request method, which knows upper and lower case.
    package var method: String
    /// False for HTTP/1.0, which has no upgrade (RFC 9110 §7.8).
    package var isAtLeastHTTP11 = true
    /// `Host`.
    package var host: String?
    /// `Upgrade`.
    package var upgrade: [String]
    /// `Connection`.
    package var connection: [String]
    /// `Sec-WebSocket-Key`.
    package var key: [String]
    /// `Sec-WebSocket-Version`.
    package var version: [String]
    /// `Sec-WebSocket-Protocol`; an empty value means the same as none.
    package var protocols: [String]
    /// `Sec-WebSocket-Extensions`.
    package var extensions: [String]
    /// `Origin`, which only browsers send.
    package var origin: [String]

    /// Copies what the HTTP layer found.
    package init(
        method: String, isAtLeastHTTP11: Bool = true, host: String? = nil, upgrade: [String],
        connection: [String],
        key: [String], version: [String], protocols: [String] = [], extensions: [String] = [],
        origin: [String] = []
    ) {
        self.method = method
        self.isAtLeastHTTP11 = isAtLeastHTTP11
        self.host = host
        self.upgrade = upgrade
        self.connection = connection
        self.key = key
        self.version = version
        self.protocols = protocols
        self.extensions = extensions
        self.origin = origin
    }
}
