import COpenSSL

/// The proof that a server has read the handshake (RFC 6455 §4.2.2).
enum AcceptKey {
    /// SHA-1 of the client's key and a fixed text, in base64; `nil` when the crypto library refuses SHA-1.
    static func value(for key: String) -> String? {
        let input = Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)
        var digest: [UInt8] = Array(repeating: 0, count: 20)
        // Safety: both arrays outlive the call; SHA-1 writes 20 octets, which is the length of `digest`.
        let result = unsafe EVP_Digest(input, input.count, &digest, nil, EVP_sha1(), nil)
        return result == 1 ? Base64.encode(digest) : nil
    }
}
