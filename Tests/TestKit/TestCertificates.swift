import COpenSSL
import Foundation
import Synchronization

/// An authority of the tests' own and the certificates that it issues, in files that go away with it.
///
/// Any thread may use it.
// Safety: the authority and its key are only read once `init` has returned.
package final class TestCertificates: @unchecked Sendable {
    /// What OpenSSL refused to make.
    package struct Failure: Error { package let step: String }

    /// A certificate and its key, as PEM files.
    package struct Identity: Sendable {
        package let certificateFile: String
        package let keyFile: String
    }

    /// The authority's certificate: trust it to accept what it issues.
    package let authorityFile: String

    private let folder = NSTemporaryDirectory() + "/cohort-certificates-\(UUID().uuidString)"
    private let authority: OpaquePointer
    private let authorityKey: OpaquePointer
    private let serials = Atomic<Int>(1)

    /// Makes a new authority, which nobody trusts yet.
    package init() throws {
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        authorityFile = folder + "/authority.pem"
        guard let key = copenssl_new_p256_key() else { throw Failure(step: "key") }
        guard
            let certificate = TestCertificates.make(
                "Test authority \(UUID().uuidString)", serial: 1, days: -1...30, key: key)
        else {
            EVP_PKEY_free(key)
            throw Failure(step: "certificate")
        }
        authorityKey = key
        authority = certificate
        try TestCertificates.extend(
            certificate, issuer: certificate,
            [(NID_basic_constraints, "critical,CA:TRUE"), (NID_key_usage, "critical,keyCertSign,cRLSign")])
        try sign(certificate)
        try write(certificate, to: authorityFile)
    }

    deinit {
        X509_free(authority)
        EVP_PKEY_free(authorityKey)
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Issues a certificate for these names and addresses.
    ///
    /// - Parameters:
    ///   - alternatives: What it is for, such as `DNS:localhost` or `IP:127.0.0.1`.
    ///   - days: When it is valid, in days from now.
    ///   - isRSA: Whether its key is of RSA, not of P-256.
    /// - Returns: The files.
    /// - Throws: ``Failure``.
    package func issue(
        for alternatives: [String] = ["DNS:localhost", "IP:127.0.0.1"], days: ClosedRange<Int> = -1...30,
        isRSA: Bool = false
    ) throws -> Identity {
        let serial = serials.add(1, ordering: .relaxed).newValue
        guard let key = isRSA ? copenssl_new_rsa_key(2048) : copenssl_new_p256_key() else {
            throw Failure(step: "key")
        }
        defer { EVP_PKEY_free(key) }
        guard let certificate = TestCertificates.make("Test server", serial: serial, days: days, key: key)
        else {
            throw Failure(step: "certificate")
        }
        defer { X509_free(certificate) }
        X509_set_issuer_name(certificate, X509_get_subject_name(authority))
        try TestCertificates.extend(
            certificate, issuer: authority,
            [
                (NID_basic_constraints, "critical,CA:FALSE"), (NID_ext_key_usage, "serverAuth"),
                (NID_subject_alt_name, alternatives.joined(separator: ",")),
            ])
        try sign(certificate)
        let identity = Identity(
            certificateFile: "\(folder)/\(serial).pem", keyFile: "\(folder)/\(serial).key")
        try write(certificate, to: identity.certificateFile)
        guard let file = BIO_new_file(identity.keyFile, "w") else { throw Failure(step: "key file") }
        defer { BIO_free(file) }
        guard PEM_write_bio_PrivateKey(file, key, nil, nil, 0, nil, nil) == 1 else {
            throw Failure(step: "key file")
        }
        return identity
    }

    private static func make(
        _ name: String, serial: Int, days: ClosedRange<Int>, key: OpaquePointer
    ) -> OpaquePointer? {
        guard let certificate = X509_new() else { return nil }
        X509_set_version(certificate, 2)
        ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial)
        X509_gmtime_adj(X509_getm_notBefore(certificate), days.lowerBound * 86_400)
        X509_gmtime_adj(X509_getm_notAfter(certificate), days.upperBound * 86_400)
        X509_set_pubkey(certificate, key)
        let subject = X509_get_subject_name(certificate)
        X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, name, -1, -1, 0)
        X509_set_issuer_name(certificate, subject)
        return certificate
    }

    private static func extend(
        _ certificate: OpaquePointer, issuer: OpaquePointer, _ extensions: [(kind: CInt, value: String)]
    ) throws {
        var context = X509V3_CTX()
        X509V3_set_ctx(&context, issuer, certificate, nil, nil, 0)
        for entry in extensions {
            guard let made = X509V3_EXT_conf_nid(nil, &context, entry.kind, entry.value) else {
                throw Failure(step: entry.value)
            }
            defer { X509_EXTENSION_free(made) }
            guard X509_add_ext(certificate, made, -1) == 1 else { throw Failure(step: entry.value) }
        }
    }

    private func sign(_ certificate: OpaquePointer) throws {
        guard X509_sign(certificate, authorityKey, EVP_sha256()) > 0 else { throw Failure(step: "signature") }
    }

    private func write(_ certificate: OpaquePointer, to path: String) throws {
        guard let file = BIO_new_file(path, "w") else { throw Failure(step: path) }
        defer { BIO_free(file) }
        guard PEM_write_bio_X509(file, certificate) == 1 else { throw Failure(step: path) }
    }
}
