/// Which declarations of a `style` attribute may be written (CSS Style Attributes §3).
///
/// A declaration is read as a property of the list and a few words of its grammar; every other one is left out. So there
/// is no `url()`, no `expression()`, no variable, no escape, no comment, no `position`, nothing negative and nothing
/// huge: text cannot be laid over what is not its own.
enum StyleRules {
    /// Declarations of one attribute that are looked at.
    private static let declarationLimit = 40
    /// Words of one value.
    private static let wordLimit = 8

    /// The kinds of words that a property takes.
    private enum Grammar {
        case keywords(Set<String>)
        case color
        case lengths(most: Int)
        case fontSize
        case weight
        case family
        case border
        case lineHeight
    }

    /// The declarations that may be written, in their order; `nil` when there is none.
    static func allowed(_ text: String) -> String? {
        var result: [String] = []
        for piece in text.utf8.split(separator: UInt8(ascii: ";"), maxSplits: declarationLimit)
            .prefix(declarationLimit)
        {
            let parts = piece.split(
                separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let name = word(parts[0]), let grammar = properties[name],
                let value = value(String(Substring(parts[1])), grammar)
            else { continue }
            result.append("\(name): \(value)")
        }
        return result.isEmpty ? nil : result.joined(separator: "; ")
    }

    private static let properties: [String: Grammar] = {
        var table: [String: Grammar] = [
            "color": .color, "background-color": .color, "border-color": .color,
            "text-decoration-color": .color,
            "font-size": .fontSize, "font-weight": .weight, "font-family": .family,
            "font-style": .keywords(["normal", "italic", "oblique"]),
            "line-height": .lineHeight,
            "text-align": .keywords(["left", "right", "center", "justify", "start", "end"]),
            "text-decoration": .keywords(["none", "underline", "line-through", "overline"]),
            "text-decoration-line": .keywords(["none", "underline", "line-through", "overline"]),
            "text-transform": .keywords(["none", "uppercase", "lowercase", "capitalize"]),
            "vertical-align": .keywords(["baseline", "top", "middle", "bottom", "sub", "super", "text-top"]),
            "white-space": .keywords(["normal", "nowrap", "pre", "pre-wrap", "pre-line"]),
            "direction": .keywords(["ltr", "rtl"]),
            "float": .keywords(["left", "right", "none"]),
            "clear": .keywords(["left", "right", "both", "none"]),
            "list-style-type": .keywords([
                "none", "disc", "circle", "square", "decimal", "lower-alpha", "upper-alpha", "lower-roman",
                "upper-roman", "lower-greek", "decimal-leading-zero",
            ]),
            "border-collapse": .keywords(["collapse", "separate"]),
            "table-layout": .keywords(["auto", "fixed"]),
            "border-style": .keywords(borderStyles),
            "border": .border, "border-width": .lengths(most: 4), "border-spacing": .lengths(most: 2),
            "border-radius": .lengths(most: 4), "text-indent": .lengths(most: 1),
            "width": .lengths(most: 1), "height": .lengths(most: 1), "max-width": .lengths(most: 1),
            "min-width": .lengths(most: 1), "max-height": .lengths(most: 1),
            "margin": .lengths(most: 4), "padding": .lengths(most: 4),
        ]
        for side in ["top", "right", "bottom", "left"] {
            table["border-\(side)"] = .border
            table["margin-\(side)"] = .lengths(most: 1)
            table["padding-\(side)"] = .lengths(most: 1)
        }
        return table
    }()

    private static let borderStyles: Set<String> = [
        "none", "solid", "dotted", "dashed", "double", "groove", "ridge", "inset", "outset",
    ]

    // MARK: Values

    private static func value(_ text: String, _ grammar: Grammar) -> String? {
        guard text.utf8.count <= 200 else { return nil }
        if case .family = grammar { return family(text) }
        guard let words = words(text), (1...wordLimit).contains(words.count) else { return nil }
        let isFine: Bool =
            switch grammar {
            case .keywords(let known): words.allSatisfy(known.contains)
            case .color: words.count == 1 && isColor(words[0])
            case .lengths(let most): words.count <= most && words.allSatisfy { isLength($0) || $0 == "auto" }
            case .fontSize: words.count == 1 && isFontSize(words[0])
            case .weight: words.count == 1 && isWeight(words[0])
            case .lineHeight:
                words.count == 1
                    && (words[0] == "normal" || isNumber(words[0], most: 5) || isFontSize(words[0]))
            case .border:
                words.count <= 3
                    && words.allSatisfy { isLength($0) || borderStyles.contains($0) || isColor($0) }
            case .family: false
            }
        return isFine ? words.joined(separator: " ") : nil
    }

    /// The words of a value in lower-case; a colour function is one.
    ///
    /// `nil` when a character has no place in any.
    private static func words(_ text: String) -> [String]? {
        var words: [String] = []
        var word = ""
        var isInside = false
        for byte in text.utf8.map(ASCII.lowercased) {
            switch byte {
            case _ where ASCII.isSpace(byte):
                // Within a function blanks separate numbers; one is enough.
                if isInside {
                    if word.last != " ", word.last != "(" { word.append(" ") }
                } else if !word.isEmpty {
                    words.append(word)
                    word = ""
                }
            case UInt8(ascii: "("):
                guard !isInside, ["rgb", "rgba", "hsl", "hsla"].contains(word) else { return nil }
                isInside = true
                word.append("(")
            case UInt8(ascii: ")"):
                guard isInside else { return nil }
                isInside = false
                word.append(")")
                words.append(word)
                word = ""
            case UInt8(ascii: ","), ASCII.slash:
                guard isInside else { return nil }
                word.append(Character(Unicode.Scalar(byte)))
            case _ where ASCII.isLetter(byte) || ASCII.isDigit(byte), UInt8(ascii: "."), UInt8(ascii: "%"),
                ASCII.hash, ASCII.minus:
                word.append(Character(Unicode.Scalar(byte)))
            default: return nil
            }
        }
        guard !isInside else { return nil }
        if !word.isEmpty { words.append(word) }
        return words
    }

    /// A property's name in lower-case.
    private static func word(_ bytes: Substring.UTF8View) -> String? {
        let trimmed = bytes.drop(while: ASCII.isSpace).reversed().drop(while: ASCII.isSpace).reversed()
        guard trimmed.allSatisfy({ ASCII.isLetter($0) || $0 == ASCII.minus }) else { return nil }
        return String(decoding: trimmed.map(ASCII.lowercased), as: UTF8.self)
    }

    private static func isColor(_ word: String) -> Bool {
        let bytes = Array(word.utf8)
        if bytes.first == ASCII.hash {
            return [4, 5, 7, 9].contains(bytes.count)
                && bytes.dropFirst().allSatisfy { ASCII.isDigit($0) || (0x61...0x66).contains($0) }
        }
        if bytes.last == UInt8(ascii: ")") {
            let inner = word.drop { $0 != "(" }.dropFirst().dropLast()
            let numbers = inner.split { $0 == "," || $0 == " " || $0 == "/" }
            return (3...4).contains(numbers.count)
                && numbers.allSatisfy { number in
                    isNumber(number.hasSuffix("%") ? String(number.dropLast()) : String(number), most: 360)
                }
        }
        // A name: what is none is passed over by browsers.
        return (3...24).contains(bytes.count) && bytes.allSatisfy(ASCII.isLetter)
    }

    private static func isLength(_ word: String) -> Bool {
        if word == "0" { return true }
        for (unit, most) in [
            ("px", 4096.0), ("pt", 1000), ("rem", 100), ("em", 100), ("ex", 100), ("ch", 200), ("cm", 100),
            ("mm", 1000), ("in", 40), ("%", 100),
        ]
        where word.hasSuffix(unit) {
            return isNumber(String(word.dropLast(unit.count)), most: most)
        }
        return false
    }

    private static func isFontSize(_ word: String) -> Bool {
        let names: Set<String> = [
            "xx-small", "x-small", "small", "medium", "large", "x-large", "xx-large", "smaller", "larger",
        ]
        if names.contains(word) { return true }
        for (unit, most) in [("px", 100.0), ("pt", 75), ("rem", 6), ("em", 6), ("%", 600)]
        where word.hasSuffix(unit) {
            return isNumber(String(word.dropLast(unit.count)), most: most)
        }
        return false
    }

    private static func isWeight(_ word: String) -> Bool {
        ["normal", "bold", "bolder", "lighter"].contains(word)
            || (word.utf8.count == 3 && word.hasSuffix("00") && word.utf8.allSatisfy(ASCII.isDigit))
    }

    /// A decimal number without a sign, at most `most`.
    private static func isNumber(_ text: String, most: Double) -> Bool {
        let bytes = text.utf8
        guard (1...12).contains(bytes.count),
            bytes.allSatisfy({ ASCII.isDigit($0) || $0 == UInt8(ascii: ".") }),
            let first = bytes.first, ASCII.isDigit(first) || bytes.count > 1, let number = Double(text)
        else { return false }
        return number <= most
    }

    /// Names of fonts, without their quotes: every word of one begins with a letter.
    private static func family(_ text: String) -> String? {
        var names: [String] = []
        for piece in text.split(separator: ",", omittingEmptySubsequences: false) {
            var name = piece.trimmed
            for quote in ["\"", "'"] where name.count > 1 && name.hasPrefix(quote) && name.hasSuffix(quote) {
                name = name.dropFirst().dropLast().trimmed
            }
            let words = name.split(separator: " ")
            guard !words.isEmpty, words.allSatisfy(isFontWord) else { return nil }
            names.append(words.joined(separator: " "))
        }
        return names.isEmpty ? nil : names.joined(separator: ", ")
    }

    private static func isFontWord(_ word: Substring) -> Bool {
        guard let first = word.utf8.first, ASCII.isLetter(first) else { return false }
        return word.utf8.allSatisfy { ASCII.isLetter($0) || ASCII.isDigit($0) || $0 == ASCII.minus }
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        var text = self
        while text.first == " " { text = text.dropFirst() }
        while text.last == " " { text = text.dropLast() }
        return text
    }
}
