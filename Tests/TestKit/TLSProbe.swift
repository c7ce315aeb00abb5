import COpenSSL
import Glibc

/// A blocking TLS client that shows what a server agrees to; for tests outside of loops.
///
/// Confined to its caller.
package final class TLSProbe {
    /// What a client says of itself.
    package struct Options {
        /// The name that it asks for (SNI); `nil` for none.
        package var serverName: String? = "localhost"
        /// What it can speak inside (ALPN).
        package var protocols: [String] = []
        /// The one version that it speaks; `nil` for all.
        package var version: CInt?
        /// A session that is to go on.
        package var session: Session?
        /// Whether each byte is sent by itself.
        package var isByteByByte = false
        package var receiveBuffer: CInt?

        package init() {}
    }

    /// A session to be resumed.
    package final class Session {
        fileprivate let raw: OpaquePointer
        fileprivate init(_ raw: OpaquePointer) { self.raw = raw }
        deinit { SSL_SESSION_free(raw) }
    }

    /// Why there is no connection: OpenSSL's reason, or `closed`.
    package struct Failure: Error, Equatable {
        package let reason: String
        package init(reason: String) { self.reason = reason }
    }

    private let socketNumber: CInt
    private let context: OpaquePointer
    private let raw: OpaquePointer
    private let isByteByByte: Bool

    /// Connects and shakes hands; blocks for a minute at most.
    ///
    /// - Throws: ``Failure``.
    package init(port: UInt16, authorityFile: String, _ options: Options = Options()) throws {
        socketNumber = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        var limit = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(
            socketNumber, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        if var size = options.receiveBuffer {
            setsockopt(socketNumber, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<CInt>.size))
        }
        var one: CInt = 1
        setsockopt(socketNumber, CInt(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<CInt>.size))
        isByteByByte = options.isByteByByte
        guard let context = SSL_CTX_new(TLS_client_method()), let raw = SSL_new(context) else {
            close(socketNumber)
            throw Failure(reason: "memory")
        }
        self.context = context
        self.raw = raw
        SSL_CTX_load_verify_file(context, authorityFile)
        SSL_set_verify(raw, SSL_VERIFY_PEER, nil)
        if let version = options.version { copenssl_pin_version(raw, version) }
        if let name = options.serverName { _ = copenssl_ask_for_name(raw, name) }
        let list = options.protocols.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
        if !list.isEmpty { SSL_set_alpn_protos(raw, list, UInt32(list.count)) }
        if let session = options.session { SSL_set_session(raw, session.raw) }
        SSL_set_bio(raw, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()))
        SSL_set_connect_state(raw)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        inet_pton(AF_INET, "127.0.0.1", &address.sin_addr)
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socketNumber, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw Failure(reason: "connect") }
        _ = try carry { SSL_do_handshake(raw) }
    }

    deinit {
        // OpenSSL lets nobody resume a session whose connection was broken off.
        SSL_set_shutdown(raw, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN)
        SSL_free(raw)
        SSL_CTX_free(context)
        close(socketNumber)
    }

    // MARK: What was agreed on

    /// As `TLSv1.3`.
    package var version: String { String(cString: SSL_get_version(raw)) }
    /// Whether the session went on.
    package var isResumed: Bool { SSL_session_reused(raw) == 1 }
    /// What is spoken inside; `nil` when the server did not say.
    package var applicationProtocol: String? {
        var name: UnsafePointer<UInt8>?
        var length: UInt32 = 0
        SSL_get0_alpn_selected(raw, &name, &length)
        return name.map {
            String(decoding: UnsafeBufferPointer(start: $0, count: Int(length)), as: UTF8.self)
        }
    }
    /// The session, to be gone on with; with TLS 1.3 it comes with the first bytes that are read.
    package var session: Session? { SSL_get1_session(raw).map { Session($0) } }
    /// As `RSA` or `EC`.
    package var keyKind: String {
        guard let certificate = SSL_get1_peer_certificate(raw) else { return "" }
        defer { X509_free(certificate) }
        return EVP_PKEY_get_base_id(X509_get0_pubkey(certificate)) == EVP_PKEY_RSA ? "RSA" : "EC"
    }

    /// Whether the certificate that was shown is for this name.
    package func shows(_ name: String) -> Bool {
        guard let certificate = SSL_get1_peer_certificate(raw) else { return false }
        defer { X509_free(certificate) }
        return X509_check_host(certificate, name, name.utf8.count, 0, nil) == 1
    }

    // MARK: Bytes

    package func send(_ bytes: [UInt8]) throws { _ = try carry { SSL_write(raw, bytes, CInt(bytes.count)) } }

    package func send(_ text: String) throws { try send(Array(text.utf8)) }

    /// Reads what comes next, 16 KiB at most; empty at the announced end.
    package func receive() throws -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 16_384)
        let count = try carry { SSL_read(raw, &buffer, CInt(buffer.count)) }
        return Array(buffer.prefix(Int(max(0, count))))
    }

    /// Reads until `condition` holds or the end.
    package func receive(until condition: ([UInt8]) -> Bool) throws -> [UInt8] {
        var all: [UInt8] = []
        while !condition(all) {
            let more = try receive()
            if more.isEmpty { break }
            all += more
        }
        return all
    }

    /// Asks for a path over HTTP/1.1, and reads the whole answer up to the connection's end.
    package func ask(_ path: String) throws -> String {
        try send("GET \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        return String(decoding: try receive { _ in false }, as: UTF8.self)
    }

    /// Ends our direction of the socket without a word of TLS.
    package func cutOutput() { shutdown(socketNumber, CInt(SHUT_WR)) }

    /// Sends bytes as they are, past TLS.
    package func sendPlain(_ bytes: [UInt8]) {
        _ = Glibc.send(socketNumber, bytes, bytes.count, CInt(MSG_NOSIGNAL))
    }

    /// Repeats a step of OpenSSL's, carrying what it says and wants to hear, until it is done.
    private func carry(_ step: () -> CInt) throws -> CInt {
        while true {
            ERR_clear_error()
            let result = step()
            let error = SSL_get_error(raw, result)
            let reason = ERR_reason_error_string(ERR_peek_last_error()).map { String(cString: $0) }
            flush()
            if result > 0 { return result }
            if error == SSL_ERROR_ZERO_RETURN { return 0 }
            guard error == SSL_ERROR_WANT_READ else { throw Failure(reason: reason ?? "unknown") }
            var bytes = [UInt8](repeating: 0, count: 65_536)
            let count = recv(socketNumber, &bytes, bytes.count, 0)
            guard count > 0 else { throw Failure(reason: count == 0 ? "closed" : "errno \(errno)") }
            BIO_write(SSL_get_rbio(raw), bytes, CInt(count))
        }
    }

    private func flush() {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Int(BIO_read(SSL_get_wbio(raw), &bytes, CInt(bytes.count)))
            guard count > 0 else { return }
            if isByteByByte {
                for byte in bytes.prefix(count) { sendPlain([byte]) }
            } else {
                sendPlain(Array(bytes.prefix(count)))
            }
        }
    }
}
