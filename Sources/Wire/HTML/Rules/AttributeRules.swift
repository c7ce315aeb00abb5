/// Which attributes each element may have, and with which values.
///
/// An attribute whose value does not fit is left out; the element stays. They are written in one order, whatever the
/// input's, so that two texts that mean the same are the same.
struct AttributeRules {
    let links: LinkRules

    init(_ policy: HTMLPolicy) { links = LinkRules(policy) }

    /// The attributes to write.
    func allowed(_ attributes: [HTMLAttribute], of element: HTMLElement) -> [HTMLAttribute] {
        var result: [HTMLAttribute] = []
        for name in Self.everywhere + (Self.names[element] ?? []) {
            guard let given = attributes.first(where: { $0.name == name }),
                let value = value(of: name, given.value, in: element)
            else { continue }
            result.append(HTMLAttribute(name: name, value: value))
        }
        return result + Self.added(to: element, result)
    }

    /// Attributes of every element.
    private static let everywhere = ["id", "title", "lang", "dir", "style", "aria-label", "aria-hidden"]

    /// Attributes by element.
    private static let names: [HTMLElement: [String]] = [
        .a: ["href", "target"],
        .blockquote: ["cite"], .q: ["cite"], .del: ["cite", "datetime"], .ins: ["cite", "datetime"],
        .time: ["datetime"],
        .ol: ["start", "type", "reversed"], .li: ["value"],
        .details: ["open"],
        .table: ["border"], .col: ["span"], .colgroup: ["span"],
        .td: ["colspan", "rowspan", "headers"], .th: ["colspan", "rowspan", "headers", "scope", "abbr"],
        .img: ["src", "alt", "width", "height"],
        .audio: ["src", "loop"], .video: ["src", "poster", "width", "height", "loop"],
        .source: ["src", "type"], .track: ["src", "kind", "srclang", "label", "default"],
    ]

    /// What an element has whether the author wrote it or not.
    private static func added(to element: HTMLElement, _ attributes: [HTMLAttribute]) -> [HTMLAttribute] {
        switch element {
        case .a where attributes.contains { $0.name == "href" }:
            [HTMLAttribute(name: "rel", value: "noopener noreferrer")]
        case .img: [HTMLAttribute(name: "loading", value: "lazy")]
        case .audio, .video:
            [HTMLAttribute(name: "controls", value: ""), HTMLAttribute(name: "preload", value: "none")]
        default: []
        }
    }

    private func value(of name: String, _ value: String, in element: HTMLElement) -> String? {
        switch name {
        case "id": links.id(value)
        case "style": StyleRules.allowed(value)
        case "href": links.link(value)
        case "src", "poster": links.ownPath(value)
        case "cite": links.webAddress(value)
        case "title", "alt", "aria-label", "label", "abbr": value.utf8.count <= 1000 ? value : nil
        case "lang", "srclang": Self.isWord(value, most: 35) ? value : nil
        case "dir": Self.one(of: ["ltr", "rtl", "auto"], value)
        case "aria-hidden": Self.one(of: ["true", "false"], value)
        case "target": Self.one(of: ["_blank"], value)
        case "scope": Self.one(of: ["row", "col", "rowgroup", "colgroup"], value)
        case "kind": Self.one(of: ["subtitles", "captions", "descriptions", "chapters"], value)
        case "type": type(value, in: element)
        case "reversed", "open", "loop", "default": ""
        case "border": Self.number(value, 0...1)
        case "colspan", "span": Self.number(value, 1...100)
        case "rowspan": Self.number(value, 0...1000)
        case "width", "height": Self.number(value, 1...4096) ?? Self.percentage(value)
        case "start", "value": Self.number(value, -100_000...100_000)
        case "datetime": Self.isTime(value) ? value : nil
        case "headers": headers(value)
        default: nil
        }
    }

    private func type(_ value: String, in element: HTMLElement) -> String? {
        if element == .ol { return ["1", "a", "A", "i", "I"].contains(value) ? value : nil }
        let parts = value.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { Self.isWord(String($0), most: 60) }
            ? value.lowercased() : nil
    }

    private func headers(_ value: String) -> String? {
        let ids = value.split(separator: " ").prefix(10).compactMap { links.id(String($0)) }
        return ids.isEmpty ? nil : ids.joined(separator: " ")
    }

    private static func one(of words: Set<String>, _ value: String) -> String? {
        let word = value.lowercased()
        return words.contains(word) ? word : nil
    }

    /// A whole number in its shortest form.
    private static func number(_ value: String, _ range: ClosedRange<Int>) -> String? {
        guard value.utf8.count <= 8, let number = Int(value), range.contains(number) else { return nil }
        return String(number)
    }

    private static func percentage(_ value: String) -> String? {
        value.hasSuffix("%") ? number(String(value.dropLast()), 1...100).map { $0 + "%" } : nil
    }

    /// Letters, digits, and the signs that join them in names of languages and types.
    private static func isWord(_ value: String, most: Int) -> Bool {
        (1...most).contains(value.utf8.count)
            && value.utf8.allSatisfy {
                ASCII.isLetter($0) || ASCII.isDigit($0) || $0 == ASCII.minus || $0 == UInt8(ascii: ".")
                    || $0 == UInt8(ascii: "+")
            }
    }

    private static func isTime(_ value: String) -> Bool {
        (1...40).contains(value.utf8.count)
            && value.utf8.allSatisfy {
                ASCII.isDigit($0) || ASCII.isLetter($0) || "-+:. ".utf8.contains($0)
            }
    }
}
