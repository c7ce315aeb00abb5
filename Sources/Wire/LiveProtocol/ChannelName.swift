/// A channel's name: `namespace:name`, or `namespace:#user` for what belongs to one user alone; an operator's own channels may
/// do without a namespace.
///
/// The namespace begins with a letter and has letters, digits, `-` and `_`; the rest is visible ASCII without `"`,
/// `\` and `*`; all in all at most 255 bytes. So no name needs escaping in JSON and none looks like another.
package struct ChannelName: Hashable, Sendable {
    /// Why a text is no channel's name.
    package enum Problem: Error, Hashable, Sendable {
        case empty
        case tooLong
        /// A colon, and nothing that may be a namespace before it.
        case noNamespace
        /// Nothing after the colon.
        case noName
        /// A character that names may not have.
        case badCharacter
    }

    /// The longest name in bytes.
    package static let longest = 255

    /// The whole name, as clients write it.
    package let text: String
    /// How many bytes the namespace has; 0 for none, then there is no colon either.
    private let namespaceLength: Int

    /// Checks a name that a client sent.
    package init(_ text: String) throws(Problem) {
        guard !text.isEmpty else { throw .empty }
        guard text.utf8.count <= Self.longest else { throw .tooLong }
        var colon: Int?
        var isNamespace = true
        for (index, byte) in text.utf8.enumerated() {
            guard (0x21...0x7E).contains(byte), byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"),
                byte != UInt8(ascii: "*")
            else { throw .badCharacter }
            guard colon == nil else { continue }
            if byte == UInt8(ascii: ":") {
                guard isNamespace, index > 0 else { throw .noNamespace }
                colon = index
            } else if !Self.mayStandInNamespace(byte, first: index == 0) {
                isNamespace = false
            }
        }
        if let colon, colon + 1 == text.utf8.count { throw .noName }
        self.text = text
        namespaceLength = colon ?? 0
    }

    /// The channel of a namespace that belongs to the thing `id`: `chat:7`.
    package init(_ namespace: StaticString, id: Int64) {
        text = "\(namespace):\(id)"
        namespaceLength = namespace.utf8CodeUnitCount
    }

    /// The channel of a namespace that belongs to one user: `personal:#42`.
    package init(_ namespace: StaticString, user: Int64) {
        text = "\(namespace):#\(user)"
        namespaceLength = namespace.utf8CodeUnitCount
    }

    /// What stands before the first colon; empty when there is none.
    package var namespace: Substring { text[..<colon] }

    /// What stands after the first colon; everything when there is none.
    package var name: Substring {
        namespaceLength == 0 ? text[...] : text[text.utf8.index(after: colon)...]
    }

    /// The id that the name is, when it is one: digits without leading zeros, 1 to 2^53 − 1.
    package var id: Int64? { Self.id(name) }

    /// The user that the channel belongs to, when the name is `#` and a user's id.
    package var user: Int64? { name.utf8.first == UInt8(ascii: "#") ? Self.id(name.dropFirst()) : nil }

    private var colon: String.Index { text.utf8.index(text.startIndex, offsetBy: namespaceLength) }

    private static func id(_ digits: Substring) -> Int64? {
        guard let first = digits.utf8.first, (UInt8(ascii: "1")...UInt8(ascii: "9")).contains(first),
            let id = Int64(digits), id < 1 << 53
        else { return nil }
        return id
    }

    private static func mayStandInNamespace(_ byte: UInt8, first: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"): !first
        default: false
        }
    }
}

extension ChannelName: CustomStringConvertible {
    package var description: String { text }
}
