import COpenSSL
import Glibc

/// A certificate with its chain and its key, read from two files and checked.
///
/// Errors name the file and never what is in it.
final class TLSIdentity {
    /// Files larger than this hold something else.
    private static let largestFile = 1 << 20

    let files: TLSServerSettings.Files
    /// The server's own certificate first.
    private(set) var chain: [OpaquePointer] = []
    let key: OpaquePointer
    /// The names that it was issued for, in lower case.
    private(set) var names: [String] = []
    /// When it ends, in seconds since 1970.
    private(set) var end: Int64 = 0

    /// Reads the files; blocks.
    ///
    /// - Parameters:
    ///   - files: The files.
    ///   - now: Seconds since 1970; a certificate that has ended by then, or has not begun, is refused. `nil` for tests of
    ///     clients, which have to find that out themselves.
    /// - Throws: ``TLSFailure/settings(_:)``.
    init(_ files: TLSServerSettings.Files, at now: Int64?) throws(TLSFailure) {
        self.files = files
        let bytes = try TLSIdentity.contents(of: files.certificateFile)
        key = try TLSIdentity.readKey(files.keyFile)
        chain = TLSIdentity.readChain(bytes)
        ERR_clear_error()
        guard let leaf = chain.first else {
            throw .settings("\(files.certificateFile) holds no certificate that can be read")
        }
        guard X509_check_private_key(leaf, key) == 1 else {
            ERR_clear_error()
            throw .settings("\(files.keyFile) holds no key of the certificate in \(files.certificateFile)")
        }
        names = TLSIdentity.names(of: leaf)
        end = TLSIdentity.seconds(X509_get0_notAfter(leaf))
        guard let now else { return }
        guard end > now else { throw .settings("the certificate in \(files.certificateFile) has expired") }
        guard TLSIdentity.seconds(X509_get0_notBefore(leaf)) <= now else {
            throw .settings("the certificate in \(files.certificateFile) is not valid yet")
        }
    }

    deinit {
        for certificate in chain { X509_free(certificate) }
        EVP_PKEY_free(key)
    }

    /// The kind of its key, by OpenSSL's number.
    var keyKind: CInt { EVP_PKEY_get_base_id(key) }

    /// Gives it to a context.
    func install(in context: OpaquePointer) throws(TLSFailure) {
        ERR_clear_error()
        guard SSL_CTX_use_certificate(context, chain[0]) == 1, SSL_CTX_use_PrivateKey(context, key) == 1
        else {
            let reason =
                ERR_reason_error_string(ERR_peek_last_error()).map { String(cString: $0) } ?? "refused"
            throw .settings("the certificate in \(files.certificateFile) cannot be used: \(reason)")
        }
        copenssl_clear_chain(context)
        for certificate in chain.dropFirst() where copenssl_add_chain(context, certificate) != 1 {
            throw .exhausted
        }
    }

    // MARK: Files

    private static func contents(of path: String) throws(TLSFailure) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            throw .settings("\(path) cannot be read: \(String(cString: strerror(errno)))")
        }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: largestFile + 1)
        var filled = 0
        while filled < bytes.count {
            let count = bytes.withUnsafeMutableBytes { buffer in
                read(file, buffer.baseAddress.map { $0 + filled }, buffer.count - filled)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                throw .settings("\(path) cannot be read: \(String(cString: strerror(errno)))")
            }
            if count == 0 { break }
            filled += count
        }
        guard filled <= largestFile else { throw .settings("\(path) is too large for PEM") }
        return Array(bytes.prefix(filled))
    }

    private static func readKey(_ path: String) throws(TLSFailure) -> OpaquePointer {
        var bytes = try contents(of: path)
        defer { OPENSSL_cleanse(&bytes, bytes.count) }
        guard let source = memory(bytes) else { throw .exhausted }
        defer { BIO_free(source) }
        ERR_clear_error()
        // Nobody is there to be asked for a passphrase.
        let key = PEM_read_bio_PrivateKey(source, nil, { _, _, _, _ in -1 }, nil)
        guard let key else {
            let isLocked = String(decoding: bytes, as: UTF8.self).contains("ENCRYPTED")
            ERR_clear_error()
            throw .settings(
                isLocked
                    ? "the key in \(path) is protected by a passphrase, which nobody can give it"
                    : "\(path) holds no key that can be read")
        }
        return key
    }

    private static func readChain(_ bytes: [UInt8]) -> [OpaquePointer] {
        guard let source = memory(bytes) else { return [] }
        defer { BIO_free(source) }
        var chain: [OpaquePointer] = []
        while let certificate = PEM_read_bio_X509(source, nil, nil, nil) { chain.append(certificate) }
        return chain
    }

    /// A copy that OpenSSL reads from, and cleanses when it is freed.
    private static func memory(_ bytes: [UInt8]) -> OpaquePointer? {
        guard let source = BIO_new(BIO_s_mem()) else { return nil }
        BIO_write(source, bytes, CInt(bytes.count))
        return source
    }

    // MARK: What a certificate says

    private static func names(of certificate: OpaquePointer) -> [String] {
        guard let raw = X509_get_ext_d2i(certificate, NID_subject_alt_name, nil, nil) else { return [] }
        let list = OpaquePointer(raw)
        defer { copenssl_free_names(list) }
        var names: [String] = []
        for index in 0..<copenssl_name_count(list) {
            var length: CInt = 0
            guard let text = copenssl_dns_name(list, index, &length) else { continue }
            let name = UnsafeBufferPointer(start: text, count: Int(length))
            names.append(String(decoding: name, as: UTF8.self).lowercased())
        }
        return names
    }

    private static func seconds(_ time: UnsafePointer<ASN1_TIME>?) -> Int64 {
        var parts = tm()
        guard ASN1_TIME_to_tm(time, &parts) == 1 else { return 0 }
        return Int64(timegm(&parts))
    }
}
