/// A validator of a representation (RFC 9110 §8.8.3).
package struct EntityTag: Sendable, Equatable {
    /// Whether it only promises equal meaning, not equal bytes.
    package let isWeak: Bool
    /// What stands between the quotes.
    package let opaque: String

    /// A tag of the server's; `opaque` must hold neither quotes, spaces nor control characters.
    package init(_ opaque: String, isWeak: Bool = false) {
        precondition(
            opaque.utf8.span.isEntityTagText, "an entity tag holds visible characters without quotes")
        self.opaque = opaque
        self.isWeak = isWeak
    }

    /// Reads one tag, or `nil` where the text is anything else.
    package init?(parsing text: String) {
        var position = 0
        let bytes = text.utf8.span
        guard let tag = Self.next(bytes, &position), position == bytes.count else { return nil }
        self = tag
    }

    private init(isWeak: Bool, opaque: String) {
        self.isWeak = isWeak
        self.opaque = opaque
    }

    /// The text of the tag, with its quotes.
    package var text: String { isWeak ? "W/\"\(opaque)\"" : "\"\(opaque)\"" }

    /// Weak comparison: for `If-None-Match` (RFC 9110 §8.8.3.2).
    package func matchesWeakly(_ other: EntityTag) -> Bool { opaque == other.opaque }

    /// Strong comparison: for `If-Match` and `If-Range`.
    package func matchesStrongly(_ other: EntityTag) -> Bool {
        !isWeak && !other.isWeak && opaque == other.opaque
    }

    /// The tags of a list; `nil` where it is malformed.
    ///
    /// Unlike other lists its elements may hold commas.
    static func list(_ text: String) -> [EntityTag]? {
        let bytes = text.utf8.span
        var position = 0
        var tags: [EntityTag] = []
        while true {
            while position < bytes.count, ASCII.isBlank(bytes[position]) || bytes[position] == ASCII.comma {
                position &+= 1
            }
            guard position < bytes.count else { return tags.isEmpty ? nil : tags }
            guard let tag = next(bytes, &position) else { return nil }
            tags.append(tag)
            ListGrammar.skipBlanks(bytes, &position)
            guard position == bytes.count || bytes[position] == ASCII.comma else { return nil }
        }
    }

    private static func next(_ bytes: Span<UInt8>, _ position: inout Int) -> EntityTag? {
        var index = position
        let isWeak = index + 1 < bytes.count && bytes[index] == 0x57 && bytes[index + 1] == ASCII.slash
        if isWeak { index &+= 2 }
        guard index < bytes.count, bytes[index] == ASCII.quote else { return nil }
        let start = index + 1
        index = start
        while index < bytes.count, bytes[index] != ASCII.quote { index &+= 1 }
        guard index < bytes.count, bytes.extracting(start..<index).isEntityTagText,
            let opaque = String(copyingUTF8: bytes.extracting(start..<index))
        else { return nil }
        position = index + 1
        return EntityTag(isWeak: isWeak, opaque: opaque)
    }
}

extension Span<UInt8> {
    /// `etagc`: visible characters and `obs-text`, without quotes.
    fileprivate var isEntityTagText: Bool {
        for index in indices {
            let byte = self[index]
            if byte <= 0x20 || byte == ASCII.quote || byte == ASCII.delete { return false }
        }
        return true
    }
}
