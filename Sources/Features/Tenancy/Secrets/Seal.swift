import COpenSSL

/// Seals bytes so that only this deployment reads them, and nobody changes them: AES-256-GCM (NIST SP 800-38D).
///
/// What is sealed is 12 random bytes, the ciphertext and a tag of 16 bytes. A key seals far fewer than 2^32 texts, which is
/// what random nonces are good for (§8.3).
package struct Seal: Sendable {
    private static let nonceLength = 12
    private static let tagLength = 16

    private let key: [UInt8]

    /// Derives a key for one purpose from the deployment's secret, so that it opens nothing else.
    package init(secret: [UInt8], purpose: String) {
        key = Digest.hmacSHA256(key: secret, Array("cohort seal v1 \(purpose)".utf8))
    }

    /// Seals bytes; `context` says where they belong and must be the same when they are opened.
    package func seal(_ bytes: [UInt8], context: String) -> [UInt8] {
        let nonce = Digest.random(Self.nonceLength)
        let cipher = EVP_CIPHER_CTX_new()
        defer { EVP_CIPHER_CTX_free(cipher) }
        var out = [UInt8](repeating: 0, count: bytes.count)
        var tag = [UInt8](repeating: 0, count: Self.tagLength)
        var (length, rest): (CInt, CInt) = (0, 0)
        let about = Array(context.utf8)
        let done =
            EVP_EncryptInit_ex(cipher, EVP_aes_256_gcm(), nil, key, nonce) == 1
            && EVP_EncryptUpdate(cipher, nil, &length, about, CInt(about.count)) == 1
            && EVP_EncryptUpdate(cipher, &out, &length, bytes, CInt(bytes.count)) == 1
            && EVP_EncryptFinal_ex(cipher, &tag, &rest) == 1
            && EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_GET_TAG, CInt(Self.tagLength), &tag) == 1
        precondition(done && Int(length) == bytes.count, "OpenSSL has no AES-256-GCM")
        return nonce + out + tag
    }

    /// Opens what was sealed; `nil` for anything else, and for another context.
    package func open(_ sealed: [UInt8], context: String) -> [UInt8]? {
        guard sealed.count >= Self.nonceLength + Self.tagLength else { return nil }
        let nonce = Array(sealed.prefix(Self.nonceLength))
        var tag = Array(sealed.suffix(Self.tagLength))
        let text = Array(sealed.dropFirst(Self.nonceLength).dropLast(Self.tagLength))
        let cipher = EVP_CIPHER_CTX_new()
        defer { EVP_CIPHER_CTX_free(cipher) }
        var out = [UInt8](repeating: 0, count: text.count)
        var last = [UInt8](repeating: 0, count: Self.tagLength)
        var (length, rest): (CInt, CInt) = (0, 0)
        let about = Array(context.utf8)
        guard EVP_DecryptInit_ex(cipher, EVP_aes_256_gcm(), nil, key, nonce) == 1,
            EVP_DecryptUpdate(cipher, nil, &length, about, CInt(about.count)) == 1,
            EVP_DecryptUpdate(cipher, &out, &length, text, CInt(text.count)) == 1,
            EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_TAG, CInt(Self.tagLength), &tag) == 1,
            EVP_DecryptFinal_ex(cipher, &last, &rest) == 1
        else { return nil }
        return out
    }
}
