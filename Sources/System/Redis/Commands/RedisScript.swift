import COpenSSL

/// A Lua script that runs in the server as one step.
///
/// The text is sent only to a server that does not have it yet: its SHA-1, which names it, is known beforehand.
package struct RedisScript: Sendable, Equatable {
    /// The text.
    package let text: String
    /// The hexadecimal SHA-1 of the text (`EVALSHA`).
    package let digest: String

    package init(_ text: String) {
        self.text = text
        let bytes = Array(text.utf8)
        var hash = [UInt8](repeating: 0, count: Int(SHA_DIGEST_LENGTH))
        SHA1(bytes, bytes.count, &hash)
        let digits = Array("0123456789abcdef".utf8)
        digest = String(
            decoding: hash.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// Runs the script by its name.
    func byDigest(keys: [RedisArgument], arguments: [RedisArgument]) -> RedisCommand {
        command("EVALSHA", digest, keys, arguments)
    }

    /// Runs the script by its text, which the server keeps from then on.
    func byText(keys: [RedisArgument], arguments: [RedisArgument]) -> RedisCommand {
        command("EVAL", text, keys, arguments)
    }

    private func command(
        _ name: String, _ script: String, _ keys: [RedisArgument], _ arguments: [RedisArgument]
    ) -> RedisCommand {
        RedisCommand(
            name, [RedisArgument(script), RedisArgument(keys.count)] + keys + arguments, key: keys.first)
    }
}
