/// Splits HTML into tags and text as browsers do (HTML §13.2.5).
///
/// Every byte is looked at a bounded number of times. What browsers read as comments (`<!…>`, `<?…>`, `</ …>`) is passed
/// over; an unfinished tag at the end of the text is nothing. Two things differ on purpose, and neither can matter to
/// what is written in the end: a script ends at its first end tag, and a CDATA section is a comment everywhere.
struct HTMLTokenizer {
    let bytes: [UInt8]
    var position = 0
    private let attributeLimit: Int

    init(_ text: String, attributeLimit: Int) {
        bytes = Array(text.utf8)
        self.attributeLimit = attributeLimit
    }

    /// The next token; `nil` at the end.
    mutating func next() -> HTMLToken? {
        while position < bytes.count {
            if bytes[position] == ASCII.less {
                if let token = markup() { return token }
            } else {
                let end = firstIndex(of: ASCII.less, from: position)
                let text = CharacterReferences.decode(bytes[position..<end], isAttribute: false)
                position = end
                if !text.isEmpty { return .text(text) }
            }
        }
        return nil
    }

    /// Passes over text that is no markup until the element's end tag, or the end of everything.
    mutating func skipRawText(until name: String) {
        let name = Array(name.utf8)
        while position < bytes.count {
            position = firstIndex(of: ASCII.less, from: position)
            if endsRawText(name) { return }
            position = min(position + 1, bytes.count)
        }
    }

    /// Passes over all that is left.
    mutating func skipAll() { position = bytes.count }

    private func endsRawText(_ name: [UInt8]) -> Bool {
        let after = position + 2 + name.count
        guard after < bytes.count, bytes[position + 1] == ASCII.slash else { return false }
        for index in name.indices where ASCII.lowercased(bytes[position + 2 + index]) != name[index] {
            return false
        }
        return ASCII.isSpace(bytes[after]) || bytes[after] == ASCII.slash || bytes[after] == ASCII.greater
    }

    // MARK: Markup

    /// Reads what begins with `<`; `nil` when it is nothing.
    private mutating func markup() -> HTMLToken? {
        guard position + 1 < bytes.count else {
            position += 1
            return .text([ASCII.less])
        }
        switch bytes[position + 1] {
        case let byte where ASCII.isLetter(byte): return startTag()
        case ASCII.slash: return endTag()
        case ASCII.exclamation:
            skipDeclaration()
            return nil
        case ASCII.question:
            skipBogusComment()
            return nil
        default:
            position += 1
            return .text([ASCII.less])
        }
    }

    private mutating func startTag() -> HTMLToken? {
        position += 1
        var tag = HTMLTag(name: name())
        guard readAttributes(of: &tag) else { return nil }
        return .start(tag)
    }

    private mutating func endTag() -> HTMLToken? {
        guard position + 2 < bytes.count else {
            defer { position = bytes.count }
            return .text(Array(bytes[position...]))
        }
        guard ASCII.isLetter(bytes[position + 2]) else {
            skipBogusComment()
            return nil
        }
        position += 2
        var tag = HTMLTag(name: name())
        return readAttributes(of: &tag) ? .end(tag.name) : nil
    }

    /// `<!--…-->` with all its ways to end, else everything to the next `>`.
    private mutating func skipDeclaration() {
        guard position + 3 < bytes.count, bytes[position + 2] == ASCII.minus,
            bytes[position + 3] == ASCII.minus
        else { return skipBogusComment() }
        position += 4
        // `<!-->` and `<!--->` are whole comments.
        if byte(at: 0) == ASCII.greater { return position += 1 }
        if byte(at: 0) == ASCII.minus, byte(at: 1) == ASCII.greater { return position += 2 }
        while position < bytes.count {
            position = firstIndex(of: ASCII.minus, from: position)
            guard byte(at: 1) == ASCII.minus else {
                position = min(position + 1, bytes.count)
                continue
            }
            if byte(at: 2) == ASCII.greater { return position += 3 }
            if byte(at: 2) == ASCII.exclamation, byte(at: 3) == ASCII.greater { return position += 4 }
            position += 1
        }
    }

    private mutating func skipBogusComment() {
        position = min(firstIndex(of: ASCII.greater, from: position) + 1, bytes.count)
    }

    private mutating func name() -> String {
        let start = position
        while position < bytes.count, !ASCII.endsName(bytes[position]) { position += 1 }
        return String(decoding: bytes[start..<position].map(ASCII.lowercased), as: UTF8.self)
    }

    // MARK: Attributes

    /// Reads to the end of the tag; `false` when the text ends before.
    private mutating func readAttributes(of tag: inout HTMLTag) -> Bool {
        while true {
            skipSpace()
            switch byte(at: 0) {
            case nil: return false
            case ASCII.greater:
                position += 1
                return true
            case ASCII.slash:
                position += 1
                if byte(at: 0) == ASCII.greater { tag.isSelfClosing = true }
            default: readAttribute(of: &tag)
            }
        }
    }

    private mutating func readAttribute(of tag: inout HTMLTag) {
        let start = position
        // An equals sign in front belongs to the name (§13.2.5.32).
        position += 1
        while position < bytes.count, !ASCII.endsName(bytes[position]), bytes[position] != ASCII.equals {
            position += 1
        }
        let name = start..<position
        skipSpace()
        var value: ArraySlice<UInt8> = []
        if byte(at: 0) == ASCII.equals {
            position += 1
            skipSpace()
            value = readValue()
        }
        guard tag.attributes.count < attributeLimit else { return }
        let text = String(decoding: bytes[name].map(ASCII.lowercased), as: UTF8.self)
        guard !tag.attributes.contains(where: { $0.name == text }) else { return }
        let decoded = CharacterReferences.decode(value, isAttribute: true)
        tag.attributes.append(HTMLAttribute(name: text, value: String(decoding: decoded, as: UTF8.self)))
    }

    private mutating func readValue() -> ArraySlice<UInt8> {
        guard let first = byte(at: 0) else { return [] }
        if first == ASCII.quote || first == ASCII.apostrophe {
            let start = position + 1
            let end = firstIndex(of: first, from: start)
            position = min(end + 1, bytes.count)
            return bytes[start..<end]
        }
        let start = position
        while position < bytes.count, !ASCII.isSpace(bytes[position]), bytes[position] != ASCII.greater {
            position += 1
        }
        return bytes[start..<position]
    }

    // MARK: Bytes

    private func byte(at offset: Int) -> UInt8? {
        position + offset < bytes.count ? bytes[position + offset] : nil
    }

    private mutating func skipSpace() {
        while position < bytes.count, ASCII.isSpace(bytes[position]) { position += 1 }
    }

    /// The first such byte at or after `start`, else the end.
    private func firstIndex(of byte: UInt8, from start: Int) -> Int {
        var index = start
        while index < bytes.count, bytes[index] != byte { index += 1 }
        return index
    }
}
