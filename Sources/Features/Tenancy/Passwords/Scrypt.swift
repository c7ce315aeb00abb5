import COpenSSL

/// The memory-hard key derivation function scrypt (RFC 7914), as OpenSSL computes it.
package enum Scrypt {
    /// Derives `length` bytes from a password; takes as long and as much memory as `cost` says, so never on a loop.
    ///
    /// - Returns: `nil` when the memory cannot be had.
    package static func derive(
        _ password: [UInt8], salt: [UInt8], logN: Int, blockSize: Int, parallelism: Int, length: Int
    ) -> [UInt8]? {
        var key = [UInt8](repeating: 0, count: length)
        let limit = UInt64(ScryptCost.memoryLimit)
        // OpenSSL takes a null password for "no password, check the parameters only"; an empty array may be null.
        let padded = password.isEmpty ? [0] : password
        let done = padded.withUnsafeBytes { bytes in
            EVP_PBE_scrypt(
                bytes.baseAddress?.assumingMemoryBound(to: CChar.self), password.count, salt, salt.count,
                1 << UInt64(logN), UInt64(blockSize), UInt64(parallelism), limit, &key, length)
        }
        return done == 1 ? key : nil
    }
}
