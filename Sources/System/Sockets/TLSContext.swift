import COpenSSL

/// What all TLS connections of one purpose share: trust for clients, certificate and key for servers.
///
/// Any thread may use it. TLS 1.2 at least; no compression, no renegotiation, no session cache.
// Safety: the SSL_CTX is set up before `init` returns and only read afterwards; OpenSSL guards its reference count.
package final class TLSContext: @unchecked Sendable {
    /// Whom a client trusts.
    package enum Trust: Equatable, Sendable {
        /// The authorities that the system's administrator trusts.
        case system
        /// The authorities in this PEM file, and no others.
        case file(String)
    }

    let raw: OpaquePointer
    /// Whether connections of this context verify a server, or are one.
    package let isClient: Bool

    private init(isClient: Bool) throws(TLSFailure) {
        ERR_clear_error()
        guard let raw = SSL_CTX_new(isClient ? TLS_client_method() : TLS_server_method()) else {
            throw .exhausted
        }
        self.raw = raw
        self.isClient = isClient
        guard copenssl_harden(raw) == 1 else { throw .settings("OpenSSL refuses TLS 1.2") }
    }

    deinit { SSL_CTX_free(raw) }

    /// For connections to servers: their certificate must lead to one of these authorities, and bear their name.
    ///
    /// Reads files: called at start, not on a loop.
    /// - Throws: ``TLSFailure/settings(_:)`` when the authorities cannot be read.
    package static func client(trusting trust: Trust = .system) throws(TLSFailure) -> TLSContext {
        let context = try TLSContext(isClient: true)
        SSL_CTX_set_verify(context.raw, SSL_VERIFY_PEER, nil)
        switch trust {
        case .system:
            guard SSL_CTX_set_default_verify_paths(context.raw) == 1 else {
                throw .settings("the system's list of authorities cannot be read")
            }
        case .file(let path):
            guard SSL_CTX_load_verify_file(context.raw, path) == 1 else {
                throw .settings("\(path) holds no authorities that can be read")
            }
        }
        return context
    }

    /// For connections of clients, which are shown the certificates of one PEM file, the server's own first.
    ///
    /// Reads files: called at start, not on a loop.
    /// - Throws: ``TLSFailure/settings(_:)`` when a file cannot be read, or the key is another certificate's.
    package static func server(certificateFile: String, keyFile: String) throws(TLSFailure) -> TLSContext {
        let context = try TLSContext(isClient: false)
        guard SSL_CTX_use_certificate_chain_file(context.raw, certificateFile) == 1 else {
            throw .settings("\(certificateFile) holds no certificate that can be read")
        }
        guard SSL_CTX_use_PrivateKey_file(context.raw, keyFile, SSL_FILETYPE_PEM) == 1,
            SSL_CTX_check_private_key(context.raw) == 1
        else { throw .settings("\(keyFile) holds no key of the certificate in \(certificateFile)") }
        return context
    }
}
