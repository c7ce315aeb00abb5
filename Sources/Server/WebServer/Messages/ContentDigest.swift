import COpenSSL

/// A running SHA-256 that tells versions of a content apart; its result is cut to 128 bits, which are enough for that.
final class ContentDigest {
    private let context: OpaquePointer

    /// `nil` when the crypto library refuses SHA-256.
    init?() {
        guard let context = EVP_MD_CTX_new() else { return nil }
        self.context = context
        guard EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else { return nil }
    }

    deinit { EVP_MD_CTX_free(context) }

    func add(_ bytes: ArraySlice<UInt8>) {
        _ = bytes.withUnsafeBytes { EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
    }

    /// The digest in hexadecimal; called once.
    func finish() -> String {
        var result = [UInt8](repeating: 0, count: 32)
        var length: CUnsignedInt = 0
        EVP_DigestFinal_ex(context, &result, &length)
        return ContentDigest.text(cutting: result)
    }

    /// The digest of a content that is in memory.
    static func text(of bytes: [UInt8]) -> String {
        var result = [UInt8](repeating: 0, count: 32)
        _ = SHA256(bytes, bytes.count, &result)
        return text(cutting: result)
    }

    private static func text(cutting digest: [UInt8]) -> String {
        digest[..<16].map { byte in
            let text = String(byte, radix: 16)
            return byte < 16 ? "0" + text : text
        }.joined()
    }
}
