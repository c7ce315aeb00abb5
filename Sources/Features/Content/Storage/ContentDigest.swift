import COpenSSL

/// A running SHA-256 of what is stored; its result names the content.
///
/// One thread at a time.
package final class ContentDigest {
    private let context: OpaquePointer

    package init() {
        guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
            preconditionFailure("OpenSSL has no SHA-256")
        }
        self.context = context
    }

    deinit { EVP_MD_CTX_free(context) }

    /// Adds bytes.
    package func add(_ bytes: [UInt8]) {
        _ = bytes.withUnsafeBytes { EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
    }

    /// The digest in hexadecimal; called once.
    package func finish() -> String {
        var result = [UInt8](repeating: 0, count: 32)
        var length: CUnsignedInt = 0
        EVP_DigestFinal_ex(context, &result, &length)
        return Hexadecimal.text(result)
    }

    /// MD5 (RFC 1321), which nginx's `secure_link_md5` is made of; for nothing else.
    static func md5(_ bytes: [UInt8]) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: 16)
        var length: CUnsignedInt = 0
        let done = EVP_Digest(bytes, bytes.count, &result, &length, EVP_md5(), nil)
        precondition(done == 1 && length == 16, "OpenSSL has no MD5")
        return result
    }
}

/// Bytes as hexadecimal digits.
enum Hexadecimal {
    static func text(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in bytes { text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
        return String(decoding: text, as: UTF8.self)
    }
}
