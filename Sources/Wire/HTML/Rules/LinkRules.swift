/// Which addresses may be written, and how (WHATWG URL §4.4, as far as telling schemes apart needs it).
///
/// What is looked at is what is written: the text without the characters that URL parsers pass over, with those escaped
/// that have no place in an address.
struct LinkRules {
    private let policy: HTMLPolicy

    init(_ policy: HTMLPolicy) { self.policy = policy }

    /// An address to go to: `http`, `https`, `mailto`, `tel`, or one relative to the page; `nil` for all others.
    func link(_ value: String) -> String? {
        guard let text = cleaned(value) else { return nil }
        if text.hasPrefix("#") { return fragment(text) }
        guard let scheme = LinkRules.scheme(of: text) else {
            return LinkRules.namesHost(text)
                ? LinkRules.isHost("https:" + text) ? "https:" + text : nil : text
        }
        switch scheme {
        case "http", "https": return LinkRules.isHost(text) ? text : nil
        case "mailto", "tel": return text.utf8.count > scheme.utf8.count + 1 ? text : nil
        default: return nil
        }
    }

    /// An address that the page loads by itself: a path of our own server, and nothing else.
    func ownPath(_ value: String) -> String? {
        guard let text = cleaned(value), text.hasPrefix("/"), !LinkRules.namesHost(text) else { return nil }
        return text
    }

    /// An absolute address of the web, as of a source that is cited.
    func webAddress(_ value: String) -> String? {
        guard let text = link(value), text.hasPrefix("https://") || text.hasPrefix("http://") else {
            return nil
        }
        return text
    }

    /// The id with the prefix that all have; `nil` for what is none.
    func id(_ value: String) -> String? {
        guard (1...100).contains(value.utf8.count), value.utf8.allSatisfy(LinkRules.isIDByte) else {
            return nil
        }
        return value.hasPrefix(HTMLPolicy.idPrefix) ? value : HTMLPolicy.idPrefix + value
    }

    /// A link within the text leads to an id, which has got its prefix.
    private func fragment(_ text: String) -> String {
        text == "#" ? text : id(String(text.dropFirst())).map { "#" + $0 } ?? "#"
    }

    private static func isIDByte(_ byte: UInt8) -> Bool {
        ASCII.isLetter(byte) || ASCII.isDigit(byte) || byte == ASCII.minus || byte == UInt8(ascii: "_")
            || byte == UInt8(ascii: ".") || byte == UInt8(ascii: ":")
    }

    /// The address as parsers see it: trimmed, without tabs and line ends; `nil` when it is empty or too long.
    ///
    /// A backslash is what a slash is, to browsers.
    private func cleaned(_ value: String) -> String? {
        guard value.utf8.count <= policy.limits.address else { return nil }
        let trimmed = value.utf8.drop { $0 <= 0x20 }.reversed().drop { $0 <= 0x20 }.reversed()
        var bytes: [UInt8] = []
        for byte in trimmed {
            switch byte {
            case 0x09, 0x0A, 0x0D: continue
            case UInt8(ascii: "\\"): bytes.append(ASCII.slash)
            case 0...0x20, 0x7F, ASCII.quote, ASCII.less, ASCII.greater, ASCII.backtick, ASCII.apostrophe,
                UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "|"), UInt8(ascii: "^"):
                let digits = Array("0123456789ABCDEF".utf8)
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            default: bytes.append(byte)
            }
        }
        guard !bytes.isEmpty, bytes.count <= policy.limits.address else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        for origin in policy.ownOrigins where text.hasPrefix(origin + "/") {
            let path = String(text.dropFirst(origin.count))
            if !LinkRules.namesHost(path) { return path }
        }
        return text
    }

    /// Whether it begins with a host without saying a scheme: `//elsewhere.example`.
    private static func namesHost(_ text: String) -> Bool { text.hasPrefix("//") }

    /// The scheme in lower-case; `nil` when the address is relative.
    static func scheme(of text: String) -> String? {
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let name = text.utf8[..<colon]
        guard let first = name.first, ASCII.isLetter(first) else { return nil }
        let isScheme = name.allSatisfy {
            ASCII.isLetter($0) || ASCII.isDigit($0) || $0 == UInt8(ascii: "+") || $0 == ASCII.minus
                || $0 == UInt8(ascii: ".")
        }
        return isScheme ? String(decoding: name.map(ASCII.lowercased), as: UTF8.self) : nil
    }

    /// Whether two slashes and a host follow the scheme, without the user name that makes one host look like another.
    private static func isHost(_ text: String) -> Bool {
        guard let colon = text.firstIndex(of: ":") else { return false }
        let rest = text[text.index(after: colon)...]
        guard rest.hasPrefix("//") else { return false }
        let host = rest.dropFirst(2).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        return !host.isEmpty && !host.contains("@") && !host.contains("%")
    }
}
