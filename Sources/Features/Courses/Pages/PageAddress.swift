import JSON

/// The part of a path that names a page: made from its title, unique in the course.
enum PageAddress {
    /// Characters of an address at most, before a number makes it unique.
    static let longest = 200
    /// Numbers that are tried to make an address unique; beyond them the title must be another.
    static let numbers = 10_000
    /// Addresses of one page at most, the present one counted: of those it had before, the oldest are forgotten.
    static let mostPerPage = 20

    /// The address for a title: letters and digits in lower case, single hyphens between them.
    ///
    /// A title without either is `page`.
    static func of(title: String) -> String {
        var words: [String] = []
        var word = ""
        for scalar in title.lowercased().unicodeScalars {
            if isWordy(scalar) {
                word.unicodeScalars.append(scalar)
            } else if scalar != "'" && scalar != "\u{2019}" && !word.isEmpty {
                words.append(word)
                word = ""
            }
        }
        if !word.isEmpty { words.append(word) }
        var address = String.UnicodeScalarView()
        for scalar in words.joined(separator: "-").unicodeScalars.prefix(longest) { address.append(scalar) }
        while address.last == "-" { address.removeLast() }
        return address.isEmpty ? "page" : String(address)
    }

    /// The title for a page that is made by writing to an address that leads nowhere: `week-1` becomes `week 1`.
    static func title(for address: String) -> String {
        let words = address.split(separator: "-")
        return words.isEmpty ? address : words.joined(separator: " ")
    }

    /// Letters, digits, and the marks that belong to letters.
    private static func isWordy(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .nonspacingMark, .spacingMark, .decimalNumber, .letterNumber, .otherNumber:
            true
        default: false
        }
    }
}

/// How a path names a page: by an address, or by an id.
enum PageReference: Hashable, Sendable {
    /// An address; digits alone may be an id too, where no page has the address.
    case address(String, orID: Int64?)
    /// `page_id:17`.
    case id(Int64)

    /// Reads a path's segment, percent-decoded; `nil` for what names no page.
    init?(_ text: String) {
        if text.hasPrefix("page_id:") {
            guard let id = Self.id(text.dropFirst("page_id:".count)) else { return nil }
            self = .id(id)
            return
        }
        guard (1...255).contains(text.unicodeScalars.count), !text.utf8.contains(0) else { return nil }
        self = .address(text.lowercased(), orID: Self.id(text[...]))
    }

    private static func id(_ text: Substring) -> Int64? {
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let id = Int64(text),
            (1...JSONFields.largestID).contains(id)
        else { return nil }
        return id
    }
}
