package import Sockets

/// An absolute `http` or `https` URL, taken apart (RFC 3986, RFC 9110 §4.2).
///
/// Narrower than the grammar where programs read URLs differently: no user info, no percent-encoding and nothing but
/// ASCII in the host, no number that could be read as an address but is none in its usual form. A fragment is dropped:
/// it is never sent.
package struct WebURL: Sendable, Hashable, CustomStringConvertible {
    /// The longest text that is looked at, in bytes.
    package static let longest = 4096

    /// Whether it says `https`.
    package let isSecure: Bool
    /// The name in lower-case, or the address without brackets.
    package let host: String
    /// The address, when the host is one.
    package let address: IPAddress?
    /// The port, the scheme's own where none is named.
    package let port: UInt16
    /// Path and query as they are sent; begins with "/".
    package let target: String

    /// Reads a URL.
    package init(_ text: String) throws(BadURL) {
        guard text.utf8.count <= WebURL.longest else { throw .tooLong }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x5C }) else {
            throw .forbiddenCharacter
        }
        let withoutFragment = text.prefix { $0 != "#" }
        guard let colon = withoutFragment.firstIndex(of: ":") else { throw .scheme }
        switch withoutFragment[..<colon].lowercased() {
        case "https": isSecure = true
        case "http": isSecure = false
        default: throw .scheme
        }
        let rest = withoutFragment[withoutFragment.index(after: colon)...]
        guard rest.hasPrefix("//") else { throw .host }
        let afterSlashes = rest.dropFirst(2)
        let authority = afterSlashes.prefix { $0 != "/" && $0 != "?" }
        guard !authority.contains("@") else { throw .userInfo }
        let (host, port) = try WebURL.split(authority)
        (self.host, address) = try WebURL.host(host)
        self.port = try WebURL.port(port) ?? (isSecure ? 443 : 80)
        let tail = afterSlashes[authority.endIndex...]
        target = try WebURL.checked(tail.hasPrefix("/") ? String(tail) : "/" + tail)
    }

    private init(_ base: WebURL, target: String) throws(BadURL) {
        isSecure = base.isSecure
        host = base.host
        address = base.address
        port = base.port
        self.target = try WebURL.checked(target)
    }

    /// Host and port as a request's `Host` has them.
    package var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
    }

    package var description: String { "\(isSecure ? "https" : "http")://\(authority)\(target)" }

    /// Whether `other` is the same scheme, host and port (RFC 6454).
    package func hasOrigin(of other: WebURL) -> Bool {
        isSecure == other.isSecure && host == other.host && port == other.port
    }

    // MARK: References

    /// What a reference means that was found at this URL (RFC 3986 §5.2).
    package func resolving(_ reference: String) throws(BadURL) -> WebURL {
        guard reference.utf8.count <= WebURL.longest else { throw .tooLong }
        let reference = reference.prefix { $0 != "#" }
        if let mark = reference.firstIndex(where: { ":/?".contains($0) }), reference[mark] == ":" {
            return try WebURL(String(reference))
        }
        if reference.hasPrefix("//") { return try WebURL("\(isSecure ? "https" : "http"):\(reference)") }
        let path = target.prefix { $0 != "?" }
        if reference.isEmpty { return self }
        if reference.hasPrefix("?") { return try WebURL(self, target: String(path) + reference) }
        let split = reference.firstIndex(of: "?") ?? reference.endIndex
        let folder = path[...(path.lastIndex(of: "/") ?? path.startIndex)]
        let whole = (reference.hasPrefix("/") ? "" : String(folder)) + reference[..<split]
        return try WebURL(self, target: WebURL.withoutDots(whole) + reference[split...])
    }

    /// Removes "." and ".." (RFC 3986 §5.2.4).
    private static func withoutDots(_ path: String) -> String {
        var kept: [Substring] = []
        let segments = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        for (place, segment) in segments.enumerated() {
            let isLast = place == segments.count - 1
            switch segment {
            case ".": if isLast { kept.append("") }
            case "..":
                _ = kept.popLast()
                if isLast { kept.append("") }
            default: kept.append(segment)
            }
        }
        return "/" + kept.joined(separator: "/")
    }

    // MARK: Parts

    private static func split(_ authority: Substring) throws(BadURL) -> (host: Substring, port: Substring?) {
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { throw .host }
            let after = authority[authority.index(after: end)...]
            guard after.isEmpty || after.hasPrefix(":") else { throw .host }
            return (authority[...end], after.isEmpty ? nil : after.dropFirst())
        }
        guard let colon = authority.firstIndex(of: ":") else { return (authority, nil) }
        return (authority[..<colon], authority[authority.index(after: colon)...])
    }

    private static func host(_ text: Substring) throws(BadURL) -> (String, IPAddress?) {
        if text.hasPrefix("[") {
            guard let address = IPAddress(String(text.dropFirst().dropLast())), address.bytes.count == 16
            else { throw .host }
            return (address.description, address)
        }
        if let address = IPAddress(String(text)) { return (address.description, address) }
        guard text.utf8.count <= 253 else { throw .host }
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        for label in labels {
            guard (1...63).contains(label.utf8.count), !label.hasPrefix("-"), !label.hasSuffix("-"),
                label.utf8.allSatisfy({ isNameByte($0) })
            else { throw .host }
        }
        // "2130706433", "0x7f.1" and "127.1" are 127.0.0.1 to the system's resolver.
        guard let last = labels.last, !isNumber(last) else { throw .host }
        return (text.lowercased(), nil)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            || byte == 0x2D || byte == 0x5F
    }

    private static func isNumber(_ label: Substring) -> Bool {
        if label.lowercased().hasPrefix("0x") { return true }
        return label.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    private static func port(_ text: Substring?) throws(BadURL) -> UInt16? {
        guard let text, !text.isEmpty else { return nil }
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = UInt16(text), port > 0 else {
            throw .port
        }
        return port
    }

    private static func checked(_ target: String) throws(BadURL) -> String {
        let bytes = Array(target.utf8)
        for index in bytes.indices {
            switch bytes[index] {
            case 0x25:
                guard index + 2 < bytes.count, isHex(bytes[index + 1]), isHex(bytes[index + 2]) else {
                    throw .forbiddenCharacter
                }
            case ...0x20, 0x22, 0x3C, 0x3E, 0x5C, 0x5E, 0x60, 0x7B...:
                guard bytes[index] == 0x7E else { throw .forbiddenCharacter }
            default: continue
            }
        }
        return target
    }

    private static func isHex(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
    }
}

/// Why a text is no URL that the server fetches.
package enum BadURL: Error, Equatable, Sendable {
    /// It is neither `http` nor `https`.
    case scheme
    /// It holds a user's name or password, which would be sent to wherever it leads.
    case userInfo
    /// The host is missing, or is neither a name nor an address in its usual form.
    case host
    /// The port is no number from 1 to 65535.
    case port
    /// It holds a character that belongs escaped, or a "%" that escapes nothing.
    case forbiddenCharacter
    /// It is longer than ``WebURL/longest``.
    case tooLong
}
