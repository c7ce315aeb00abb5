/// The client's side of one opening handshake (RFC 6455 §4.1), for tests and tools.
package struct ClientHandshake: Sendable {
    private static let maxHead = 16 * 1024

    /// The value of `Sec-WebSocket-Key`.
    package let key: String
    /// Subprotocols offered, the preferred one first.
    package let protocols: [String]

    /// Makes a handshake with a fresh key.
    package init(protocols: [String] = [], using generator: inout some RandomNumberGenerator) {
        key = Base64.encode((0..<16).map { _ in UInt8.random(in: 0 ... .max, using: &generator) })
        self.protocols = protocols
    }

    /// Makes a handshake with a fresh key.
    package init(protocols: [String] = []) {
        var generator = SystemRandomNumberGenerator()
        self.init(protocols: protocols, using: &generator)
    }

    /// The request's octets, with `fields` (cookies, origin) added.
    package func request(
        target: String, host: String, fields: [(name: String, value: String)] = []
    ) -> [UInt8] {
        var lines = [
            "GET \(target) HTTP/1.1", "Host: \(host)", "Upgrade: websocket", "Connection: Upgrade",
            "Sec-WebSocket-Key: \(key)", "Sec-WebSocket-Version: 13",
        ]
        if !protocols.isEmpty { lines.append("Sec-WebSocket-Protocol: " + protocols.joined(separator: ", ")) }
        lines += fields.map { "\($0.name): \($0.value)" }
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }

    /// Checks the answer at the front of `bytes`; `nil` while its head is incomplete.
    ///
    /// `length` is where the server's frames begin.
    package func verify(
        _ bytes: [UInt8]
    ) throws(ClientHandshakeError) -> (subprotocol: String?, length: Int)? {
        guard let length = Self.headLength(bytes) else {
            guard bytes.count < Self.maxHead else { throw .malformed }
            return nil
        }
        let head = String(decoding: bytes[..<length], as: UTF8.self)
        var lines = head.split(separator: "\r\n", omittingEmptySubsequences: true)
        guard !lines.isEmpty else { throw .malformed }
        let status = lines.removeFirst().split(separator: " ", maxSplits: 2)
        guard status.count >= 2, status[0] == "HTTP/1.1", let number = Int(status[1]) else {
            throw .malformed
        }
        guard number == 101 else { throw .status(number) }
        var fields: [String: [String]] = [:]
        for line in lines {
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { throw .malformed }
            fields[parts[0].lowercased(), default: []].append(String(HeaderTokens.trimmed(parts[1])))
        }
        return (try check(fields), length)
    }

    private func check(_ fields: [String: [String]]) throws(ClientHandshakeError) -> String? {
        guard HeaderTokens.contains("websocket", in: fields["upgrade"] ?? []),
            HeaderTokens.contains("upgrade", in: fields["connection"] ?? [])
        else { throw .notUpgraded }
        guard let accept = AcceptKey.value(for: key), fields["sec-websocket-accept"] == [accept] else {
            throw .wrongAccept
        }
        let chosen = fields["sec-websocket-protocol"] ?? []
        guard let first = chosen.first else { return nil }
        guard chosen.count == 1, protocols.contains(first) else { throw .unknownProtocol }
        return first
    }

    private static func headLength(_ bytes: [UInt8]) -> Int? {
        let end = Array("\r\n\r\n".utf8)
        guard bytes.count >= end.count else { return nil }
        for start in 0...bytes.count - end.count where bytes[start..<start + end.count] == end[...] {
            return start + end.count
        }
        return nil
    }
}
