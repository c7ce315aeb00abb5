/// Looks for what a picture in SVG may do besides being one: run scripts, load from elsewhere, lead astray.
///
/// It reads the text as HTML's tokenizer does, which finds a tag wherever an XML parser may find one, and some where it does
/// not: what it calls a picture is one, and a strange picture may be refused. It changes nothing: a picture that was cleaned would
/// not be what somebody has drawn. Pure; any thread may call it; its time grows with the input's length and nothing else.
package enum SVGInspection {
    /// Why a file is more than a picture.
    package enum Finding: String, Sendable, Equatable {
        /// Not UTF-8, or of names that cannot be judged.
        case unreadable = "cannot be read as text in UTF-8"
        case script = "has a script"
        case handler = "has an attribute that runs a script"
        case foreign = "holds another document"
        case entity = "declares entities"
        case link = "refers to something outside of it"
        case style = "has a style that loads something or cannot be judged"
    }

    /// Elements that run something, or hold what is no picture.
    private static let scripts: Set<String> = ["script", "handler", "listener"]
    private static let foreign: Set<String> = [
        "foreignobject", "iframe", "object", "embed", "audio", "video", "html", "body", "link", "meta",
        "base",
    ]
    /// Attributes that lead somewhere.
    private static let references: Set<String> = ["href", "src", "data", "action", "formaction", "poster"]

    /// The first thing that is more than a picture; `nil` for a picture.
    package static func finding(in bytes: [UInt8]) -> Finding? {
        guard !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) else {
            return .unreadable
        }
        if let found = declaration(in: bytes) { return found }
        var tokens = HTMLTokenizer(text, attributeLimit: .max)
        var isInStyle = false
        while let token = tokens.next() {
            switch token {
            case .start(let tag):
                let name = local(tag.name)
                if let found = finding(in: tag, name) { return found }
                if name == "style" { isInStyle = !tag.isSelfClosing }
            case .end(let name): if local(name) == "style" { isInStyle = false }
            case .text(let text):
                if isInStyle, loads(String(decoding: text, as: UTF8.self)) { return .style }
            }
        }
        return nil
    }

    /// What stands outside of tags: entities, style sheets, names that HTML takes for text and XML for a tag.
    private static func declaration(in bytes: [UInt8]) -> Finding? {
        for (place, byte) in bytes.enumerated() where byte == UInt8(ascii: "<") {
            let rest = bytes[(place + 1)...].prefix(16)
            guard let next = rest.first else { continue }
            if next >= 0x80 || next == UInt8(ascii: "_") || next == UInt8(ascii: ":") { return .unreadable }
            let word = String(decoding: rest, as: UTF8.self).lowercased()
            if word.hasPrefix("!entity") { return .entity }
            if word.hasPrefix("?xml-stylesheet") { return .style }
        }
        return nil
    }

    private static func finding(in tag: HTMLTag, _ name: String) -> Finding? {
        if scripts.contains(name) { return .script }
        if foreign.contains(name) { return .foreign }
        for attribute in tag.attributes {
            let key = local(attribute.name)
            let value = attribute.value.lowercased()
            if key.hasPrefix("on"), key.utf8.count > 2 { return .handler }
            // An animation may give an attribute a value that it must not have.
            if key == "attributename", local(value).hasPrefix("on") || references.contains(local(value)) {
                return .link
            }
            if references.contains(key), !mayLead(value, isLink: name == "a") { return .link }
            if key == "base" || value.contains("javascript:") { return .link }
            if key == "style" ? loads(value) : value.contains("url(") && loads(value) { return .style }
        }
        return nil
    }

    /// A reference within the picture, a picture in place, or, of a link that is clicked, an address.
    private static func mayLead(_ value: String, isLink: Bool) -> Bool {
        let address = String(value.unicodeScalars.filter { $0.value > 0x20 })
        if address.isEmpty || address.hasPrefix("#") { return true }
        if isLink { return ["http://", "https://", "mailto:"].contains { address.hasPrefix($0) } }
        return isPictureInPlace(address)
    }

    private static func isPictureInPlace(_ address: String) -> Bool {
        ["png", "jpeg", "jpg", "gif", "webp"].contains { address.hasPrefix("data:image/\($0);base64,") }
    }

    /// Whether a style loads something, or says what it does in escapes.
    private static func loads(_ style: String) -> Bool {
        let style = style.lowercased()
        if style.contains("\\") || style.contains("@import") || style.contains("expression(")
            || style.contains("image-set(") || style.contains("behavior")
        {
            return true
        }
        for part in style.split(separator: "url(", omittingEmptySubsequences: false).dropFirst() {
            let address = String(part.drop { $0.isWhitespace || $0 == "\"" || $0 == "'" })
            guard address.hasPrefix("#") || isPictureInPlace(address) else { return true }
        }
        return false
    }

    /// A name without what stands before a colon.
    private static func local(_ name: String) -> String {
        name.split(separator: ":", omittingEmptySubsequences: false).last.map(String.init) ?? name
    }
}
