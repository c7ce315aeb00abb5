import COpenSSL
import Glibc

/// OpenSSL's half of a TLS connection: it is fed with what was read, and writes straight to the socket.
///
/// Confined to the loop. Between two calls it owns no buffer of its own unless a record is incomplete, the kernel did not
/// take all of one, or bytes were kept.
final class TLSSession {
    enum Progress: Equatable { case done, needsInput, needsRoom, failed(StreamClosure) }
    enum Reading: Equatable { case bytes(Int), needsInput, needsRoom, ended, failed(StreamClosure) }

    /// The most that one record holds (RFC 8446 §5.1).
    static let recordSize = 16_384

    private let raw: OpaquePointer
    private let context: TLSContext
    private let tcp: TCPStream
    /// Why the kernel took nothing any more; 0 while it does.
    private var writeError: CInt = 0
    /// What has come from the network and was not read yet; valid inside ``feed(_:_:)`` only.
    private var input = UnsafeRawBufferPointer(start: nil, count: 0)
    /// What came while nobody wanted it: at most what one read from the socket brought.
    private var kept: [UInt8] = []

    /// A session of a server, or of a client that verifies that its peer is `serverName`: a name, or an IP address.
    init(_ context: TLSContext, serverName: String?, tcp: TCPStream) throws(TLSFailure) {
        ERR_clear_error()
        guard let raw = SSL_new(context.raw) else { throw .exhausted }
        self.raw = raw
        self.context = context
        self.tcp = tcp
        guard let method = TLSSession.method, let bio = BIO_new(method) else { throw .exhausted }
        BIO_set_data(bio, Unmanaged.passUnretained(self).toOpaque())
        BIO_set_init(bio, 1)
        // The kernel encrypts for a socket that OpenSSL itself writes to; reading stays ours.
        if context.asksKernel, let socket = BIO_new_socket(tcp.socket, BIO_NOCLOSE) {
            SSL_set_bio(raw, bio, socket)
        } else {
            SSL_set_bio(raw, bio, bio)
        }
        if let serverName {
            SSL_set_connect_state(raw)
            try TLSSession.expect(serverName, raw)
        } else {
            SSL_set_accept_state(raw)
        }
    }

    deinit { SSL_free(raw) }

    /// Whom the certificate must have been issued for (RFC 6125 §6.4); an address is not asked for by name (RFC 6066
    /// §3).
    private static func expect(_ name: String, _ raw: OpaquePointer) throws(TLSFailure) {
        var four = in_addr()
        var six = in6_addr()
        if inet_pton(AF_INET, name, &four) == 1 || inet_pton(AF_INET6, name, &six) == 1 {
            guard X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(raw), name) == 1 else { throw .exhausted }
            return
        }
        guard !name.isEmpty, !name.utf8.contains(0) else { throw .settings("\(name) is no host's name") }
        SSL_set_hostflags(raw, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
        guard SSL_set1_host(raw, name) == 1, copenssl_ask_for_name(raw, name) == 1 else {
            throw .settings("\(name) is no host's name")
        }
    }

    // MARK: Input

    /// Makes bytes of the network readable for `body`; what it leaves is kept.
    func feed(_ bytes: UnsafeRawBufferPointer, _ body: () -> Void) {
        guard kept.isEmpty else {
            kept.append(contentsOf: bytes)
            return feedKept(body)
        }
        input = bytes
        body()
        kept = Array(input)
        input = UnsafeRawBufferPointer(start: nil, count: 0)
    }

    /// Makes the bytes that were kept readable for `body`.
    func feedKept(_ body: () -> Void) {
        let bytes = kept
        kept = []
        bytes.withUnsafeBytes { buffer in
            input = buffer
            body()
            kept = Array(input)
            input = UnsafeRawBufferPointer(start: nil, count: 0)
        }
    }

    /// Drops what is readable: nobody wants it any more.
    func discardInput() {
        input = UnsafeRawBufferPointer(start: nil, count: 0)
        kept = []
    }

    // MARK: Steps

    func handshake() -> Progress {
        ERR_clear_error()
        let result = SSL_do_handshake(raw)
        if result == 1 { return .done }
        switch SSL_get_error(raw, result) {
        case SSL_ERROR_WANT_READ: return .needsInput
        case SSL_ERROR_WANT_WRITE: return noRoom(.needsRoom)
        case let error: return .failed(failure(error))
        }
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Reading {
        ERR_clear_error()
        let count = SSL_read(raw, buffer.baseAddress, CInt(clamping: buffer.count))
        if count > 0 { return .bytes(Int(count)) }
        switch SSL_get_error(raw, count) {
        case SSL_ERROR_WANT_READ: return .needsInput
        // An answer of TLS's own has to leave first.
        case SSL_ERROR_WANT_WRITE: return noRoom(.needsRoom)
        case SSL_ERROR_ZERO_RETURN: return .ended
        case let error: return .failed(failure(error))
        }
    }

    /// Encrypts all of `bytes`, which must not be empty, as one record, and writes it.
    ///
    /// After `needsRoom` the very same bytes must be given again, when there is room.
    func write(_ bytes: UnsafeRawBufferPointer) -> Progress {
        ERR_clear_error()
        let count = SSL_write(raw, bytes.baseAddress, CInt(clamping: bytes.count))
        if count > 0 { return .done }
        let error = SSL_get_error(raw, count)
        return error == SSL_ERROR_WANT_WRITE ? noRoom(.needsRoom) : .failed(failure(error))
    }

    /// Says that nothing more will be sent.
    func sayEnd() -> Progress {
        ERR_clear_error()
        let result = SSL_shutdown(raw)
        guard result < 0, SSL_get_error(raw, result) == SSL_ERROR_WANT_WRITE else { return .done }
        return noRoom(.needsRoom)
    }

    private func noRoom<Outcome>(_ outcome: Outcome) -> Outcome {
        tcp.noteBlocked()
        return outcome
    }

    /// What the handshake led to.
    var agreement: TLSAgreement {
        var name: UnsafePointer<UInt8>?
        var length: UInt32 = 0
        SSL_get0_alpn_selected(raw, &name, &length)
        let inside = name.map {
            String(decoding: UnsafeBufferPointer(start: $0, count: Int(length)), as: UTF8.self)
        }
        return TLSAgreement(
            version: String(cString: SSL_get_version(raw)), isResumed: SSL_session_reused(raw) == 1,
            applicationProtocol: inside, usesKernel: copenssl_kernel_encrypts(raw) == 1)
    }

    private func failure(_ error: CInt) -> StreamClosure {
        if error == SSL_ERROR_SYSCALL {
            // Our own way of writing keeps what the kernel said; a socket of OpenSSL's leaves it in errno.
            let code = writeError == 0 && context.asksKernel ? errno : writeError
            if code != 0 { return .failed(errno: code) }
        }
        return .tls(protocolFailure)
    }

    private var protocolFailure: TLSFailure {
        let verification = SSL_get_verify_result(raw)
        guard verification == Int(X509_V_OK) else { return .certificate(TLSSession.fault(verification)) }
        let code = ERR_peek_last_error()
        if [SSL_R_HTTP_REQUEST, SSL_R_HTTPS_PROXY_REQUEST].contains(ERR_GET_REASON(code)) {
            return .plainHTTP
        }
        guard let text = ERR_reason_error_string(code) else { return .violation("unknown error") }
        return .violation(String(cString: text))
    }

    private static func fault(_ code: Int) -> CertificateFault {
        switch CInt(clamping: code) {
        case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH: .wrongName
        case X509_V_ERR_CERT_HAS_EXPIRED: .expired
        case X509_V_ERR_CERT_NOT_YET_VALID: .notYetValid
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
            X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN,
            X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, X509_V_ERR_CERT_UNTRUSTED:
            .unknownAuthority
        default: .other(code)
        }
    }

    // MARK: The network, as OpenSSL sees it

    /// Reads from the session's input and writes to its socket, so that nothing is buffered on the way.
    // Safety: made once, before the first use, and never changed.
    private nonisolated(unsafe) static let method: OpaquePointer? = {
        guard let method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "cohort") else {
            return nil
        }
        BIO_meth_set_read(method) { bio, buffer, capacity in
            guard let bio, let buffer, let session = TLSSession.behind(bio) else { return -1 }
            copenssl_clear_retry(bio)
            let count = min(Int(capacity), session.input.count)
            guard count > 0, let source = session.input.baseAddress else {
                copenssl_read_again(bio)
                return -1
            }
            memcpy(buffer, source, count)
            session.input = UnsafeRawBufferPointer(rebasing: session.input[count...])
            return CInt(count)
        }
        BIO_meth_set_write(method) { bio, buffer, count in
            guard let bio, let buffer, count > 0, let session = TLSSession.behind(bio) else { return -1 }
            copenssl_clear_retry(bio)
            let sent = session.tcp.write(UnsafeRawBufferPointer(start: buffer, count: Int(count)))
            if sent > 0 { return CInt(sent) }
            if sent == 0 { copenssl_write_again(bio) } else { session.writeError = errno }
            return -1
        }
        BIO_meth_set_ctrl(method) { _, command, _, _ in command == BIO_CTRL_FLUSH ? 1 : 0 }
        return method
    }()

    // Safety: OpenSSL calls the method's functions inside a call of a session's own method only, and the session, which
    // owns the BIO through its SSL, is alive then.
    private static func behind(_ bio: OpaquePointer) -> TLSSession? {
        BIO_get_data(bio).map { Unmanaged<TLSSession>.fromOpaque($0).takeUnretainedValue() }
    }
}
