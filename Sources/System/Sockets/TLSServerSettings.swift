/// What the servers of a node agree to with TLS clients.
package struct TLSServerSettings: Sendable {
    /// A certificate with those that lead to its authority, and its key: two PEM files.
    package struct Files: Equatable, Sendable {
        package let certificateFile: String
        package let keyFile: String

        package init(certificateFile: String, keyFile: String) {
            self.certificateFile = certificateFile
            self.keyFile = keyFile
        }
    }

    /// The oldest version of TLS that is spoken.
    package enum Version: String, CaseIterable, Sendable {
        case tls12 = "1.2"
        case tls13 = "1.3"
    }

    /// The certificates; clients that ask for no name, or for one that none bears, get the first.
    package var files: [Files]
    package var minimum = Version.tls12
    /// What may be spoken inside (ALPN, RFC 7301), the best first.
    ///
    /// A client that offers none of them is refused, one that offers nothing is let in. Empty leaves it open.
    package var protocols: [String] = []
    /// Makes and opens tickets of sessions; `nil` for a server that resumes none.
    package var tickets: TicketKeys?
    /// Whether the kernel encrypts where OpenSSL can have it do so.
    package var usesKernel = false

    package init(files: [Files]) { self.files = files }
}

/// What was agreed on in a handshake.
package struct TLSAgreement: Equatable, Sendable {
    /// As `TLSv1.3`.
    package let version: String
    /// Whether an earlier session goes on.
    package let isResumed: Bool
    /// What is spoken inside (ALPN); `nil` when the client did not say.
    package let applicationProtocol: String?
    /// Whether the kernel encrypts what is sent.
    package let usesKernel: Bool
}
