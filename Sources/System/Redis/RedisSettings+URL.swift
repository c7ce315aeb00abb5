extension RedisSettings {
    /// Reads `redis://[[user]:password@]host[:port][,host[:port]…][/database][?key=value&…]`; `rediss://` encrypts.
    ///
    /// Keys: `cluster` (`true` or `false`), `protocol` (2 or 3), `name`. Several hosts need `cluster=true`. What must
    /// not stand as it is, is percent-encoded (RFC 3986 §2.1); IPv6 addresses stand in brackets.
    ///
    /// - Throws: ``RedisError/configuration(_:)``, which never repeats the URL, since it holds a password.
    package init(url: String) throws(RedisError) {
        let encrypted: Bool
        var rest: Substring
        if url.hasPrefix("redis://") {
            encrypted = false
            rest = url.dropFirst("redis://".count)
        } else if url.hasPrefix("rediss://") {
            encrypted = true
            rest = url.dropFirst("rediss://".count)
        } else {
            throw .configuration("the Redis URL begins with neither redis:// nor rediss://")
        }
        var query: Substring = ""
        if let mark = rest.firstIndex(of: "?") {
            query = rest[rest.index(after: mark)...]
            rest = rest[..<mark]
        }
        var path: Substring = ""
        if let slash = rest.firstIndex(of: "/") {
            path = rest[rest.index(after: slash)...]
            rest = rest[..<slash]
        }
        var account: Substring?
        if let at = rest.lastIndex(of: "@") {
            account = rest[..<at]
            rest = rest[rest.index(after: at)...]
        }
        var endpoints: [RedisEndpoint] = []
        for part in rest.split(separator: ",", omittingEmptySubsequences: false) {
            endpoints.append(try RedisSettings.endpoint(part))
        }
        self.init(endpoint: endpoints[0])
        self.endpoints = endpoints
        isEncrypted = encrypted
        if let account { try read(account: account) }
        if !path.isEmpty {
            guard let number = Int(path), number >= 0 else {
                throw .configuration("the database in the Redis URL is no number")
            }
            database = number
        }
        for pair in query.split(separator: "&") { try read(pair: pair) }
        guard isCluster || endpoints.count == 1 else {
            throw .configuration("several Redis hosts need cluster=true")
        }
        guard !isCluster || database == 0 else {
            throw .configuration("a Redis Cluster has database 0 only")
        }
    }

    private mutating func read(account: Substring) throws(RedisError) {
        guard let colon = account.firstIndex(of: ":") else {
            throw .configuration("the Redis URL names a user and no password")
        }
        let name = try RedisSettings.decoded(account[..<colon])
        user = name.isEmpty ? nil : name
        password = try RedisSettings.decoded(account[account.index(after: colon)...])
    }

    private mutating func read(pair: Substring) throws(RedisError) {
        let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw .configuration("a key in the Redis URL has no value") }
        let value = try RedisSettings.decoded(parts[1])
        switch (parts[0], value) {
        case ("cluster", "true"): isCluster = true
        case ("cluster", "false"): isCluster = false
        case ("protocol", "2"): protocolVersion = .resp2
        case ("protocol", "3"): protocolVersion = .resp3
        case ("name", let name) where !name.isEmpty && name.utf8.allSatisfy { (33...126).contains($0) }:
            clientName = name
        default: throw .configuration("the key \(parts[0]) in the Redis URL is unknown, or its value is")
        }
    }

    private static func endpoint(_ text: Substring) throws(RedisError) -> RedisEndpoint {
        var host = text
        var port: Substring?
        if text.first == "[" {
            guard let end = text.firstIndex(of: "]") else {
                throw .configuration("a bracket in the Redis URL is not closed")
            }
            host = text[text.index(after: text.startIndex)..<end]
            let behind = text[text.index(after: end)...]
            guard behind.isEmpty || behind.first == ":" else {
                throw .configuration("a host in the Redis URL cannot be read")
            }
            port = behind.isEmpty ? nil : behind.dropFirst()
        } else if let colon = text.lastIndex(of: ":") {
            host = text[..<colon]
            port = text[text.index(after: colon)...]
        }
        let name = try decoded(host)
        guard !name.isEmpty else { throw .configuration("the Redis URL names no host") }
        guard let port else { return RedisEndpoint(host: name, port: 6379) }
        guard let number = UInt16(port), number > 0 else {
            throw .configuration("a port in the Redis URL is none")
        }
        return RedisEndpoint(host: name, port: number)
    }

    private static func decoded(_ text: Substring) throws(RedisError) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = String(decoding: rest.prefix(2), as: UTF8.self)
            guard digits.utf8.count == 2, let value = UInt8(digits, radix: 16) else {
                throw .configuration("a percent sign in the Redis URL begins no code")
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        guard let decoded = String(validating: bytes, as: UTF8.self) else {
            throw .configuration("the Redis URL is not UTF-8")
        }
        return decoded
    }
}
