/// Where an app wants people to be sent back to.
///
/// Compared as it is written (RFC 9700 §2.1), but for the port of an app on the person's own machine (RFC 8252 §7.3).
enum RedirectURI {
    /// For apps without an address, in whose own browser window the code is shown: Canvas's way.
    static let outOfBand = "urn:ietf:wg:oauth:2.0:oob"
    static let longest = 2000
    private static let loopbacks = ["http://127.0.0.1", "http://[::1]", "http://localhost"]

    /// Whether a key may have it: `https`, `http` to the person's own machine, a scheme of the app's own (a reversed domain
    /// name, RFC 8252 §7.1), or ``outOfBand``; without a fragment.
    static func isAcceptable(_ text: String) -> Bool {
        guard (1...longest).contains(text.utf8.count),
            text.utf8.allSatisfy({
                (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "#") && $0 != UInt8(ascii: "\\")
                    && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "<") && $0 != UInt8(ascii: ">")
            })
        else { return false }
        if text == outOfBand { return true }
        guard let colon = text.firstIndex(of: ":") else { return false }
        let scheme = text[..<colon]
        if scheme == "https" {
            guard let host = authority(of: text) else { return false }
            return !host.isEmpty && !host.contains("@")
        }
        if scheme == "http" { return loopback(text) != nil }
        return scheme.utf8.first.map { (0x61...0x7A).contains($0) } == true && scheme.contains(".")
            && scheme.utf8.allSatisfy { byte in
                (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: ".")
                    || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+")
            }
    }

    /// Whether what a request names is one of a key's.
    static func isRegistered(_ text: String, among registered: [String]) -> Bool {
        if registered.contains(text) { return true }
        guard isAcceptable(text), let asked = loopback(text) else { return false }
        return registered.contains { loopback($0).map { $0 == asked } ?? false }
    }

    /// The address with what the person's answer adds to it.
    static func location(_ uri: String, _ items: [(name: String, value: String)]) -> String {
        OAuthForm.location(uri == outOfBand ? "/login/oauth2/auth" : uri, items)
    }

    /// What people can tell an app by: its host, or its scheme.
    static func place(_ uri: String) -> String {
        authority(of: uri).map { String($0.prefix { $0 != "/" }) }
            ?? uri.split(separator: ":").first.map(String.init) ?? uri
    }

    private static func authority(of text: String) -> Substring? {
        guard let start = text.firstRange(of: "://")?.upperBound else { return nil }
        return text[start...].prefix { $0 != "/" && $0 != "?" }
    }

    /// The parts of an address on the person's own machine, but for its port.
    private static func loopback(_ text: String) -> [Substring]? {
        for prefix in loopbacks where text.hasPrefix(prefix) {
            var rest = text.dropFirst(prefix.count)
            if rest.first == ":" {
                rest = rest.dropFirst()
                let digits = rest.prefix { $0.isASCII && $0.isNumber }
                guard let port = UInt16(digits), port > 0 else { return nil }
                rest = rest.dropFirst(digits.count)
            }
            guard rest.isEmpty || rest.first == "/" || rest.first == "?" else { return nil }
            return [Substring(prefix), rest]
        }
        return nil
    }
}
