/// Where letters are handed over, and how.
package struct SMTPSettings: Sendable {
    /// What protects the connection.
    package enum Security: String, Sendable, CaseIterable {
        /// TLS after STARTTLS (RFC 3207), without which nothing is sent.
        case startTLS = "starttls"
        /// TLS from the first byte (RFC 8314 §3.3).
        case tls
        /// Nothing: for a relay on the same machine. No password is sent over it.
        case none
    }

    /// The relay's name or address.
    package let host: String
    /// Its port.
    package let port: UInt16
    /// What protects the connection.
    package let security: Security
    /// User and password; `nil` for a relay that asks for none.
    package let credentials: (user: String, password: String)?
    /// Who sends.
    package let from: MailAddress
    /// What this host calls itself in EHLO: a name or an address literal.
    package let clientName: String

    /// Describes a relay.
    package init(
        host: String, port: UInt16, security: Security, credentials: (user: String, password: String)?,
        from: MailAddress, clientName: String = "[127.0.0.1]"
    ) {
        self.host = host
        self.port = port
        self.security = security
        self.credentials = credentials
        self.from = from
        self.clientName = clientName
    }
}
