import HTTP

/// Has links of a copied text lead to the copies.
///
/// Works on markup as the sanitizer writes it: `<` stands nowhere but before a tag, and values of attributes are in double
/// quotes.
struct LinkRewriter: Sendable {
    let source: Int64
    let target: Int64
    /// Where links may begin besides the root, as `https://school.example`.
    let origins: [String]

    // The parts of paths, as pages and the REST surface have them.
    private static let places: [(String, CopyKind)] = [
        ("pages", .page), ("wiki", .page), ("files", .file), ("folders", .folder),
        ("discussion_topics", .topic), ("announcements", .topic), ("assignments", .assignment),
        ("quizzes", .quiz), ("modules", .module),
    ]

    /// What the links of a text lead to.
    func links(in html: String) -> Set<CourseLink> {
        var found: Set<CourseLink> = []
        _ = rewrite(html) { link in
            found.insert(link)
            return nil
        }
        return found
    }

    /// Writes a text anew.
    ///
    /// - Parameters:
    ///   - html: The markup.
    ///   - name: What a thing is called in the target; `nil` when it has no copy.
    /// - Returns: The markup; links to what has no copy stay as they are, and how many those are.
    func rewrite(_ html: String, _ name: (CourseLink) -> String?) -> (html: String, unknown: Int) {
        let text = Array(html.utf8)
        var made: [UInt8] = []
        made.reserveCapacity(text.count)
        var unknown = 0
        var (isInTag, at) = (false, 0)
        while at < text.count {
            let byte = text[at]
            at += 1
            made.append(byte)
            switch byte {
            case UInt8(ascii: "<"): isInTag = true
            case UInt8(ascii: ">"): isInTag = false
            case UInt8(ascii: "\"") where isInTag:
                let end = text[at...].firstIndex(of: UInt8(ascii: "\"")) ?? text.count
                let value = String(decoding: text[at..<end], as: UTF8.self)
                let (changed, isUnknown) = rewrite(value: value, name)
                if isUnknown { unknown += 1 }
                made += Array((changed ?? value).utf8)
                if end < text.count { made.append(UInt8(ascii: "\"")) }
                at = min(end + 1, text.count)
            default: break
            }
        }
        return (String(decoding: made, as: UTF8.self), unknown)
    }

    /// One attribute's value; `nil` when it stays.
    private func rewrite(
        value: String, _ name: (CourseLink) -> String?
    ) -> (changed: String?, isUnknown: Bool) {
        var rest = Substring(value)
        var start = ""
        if let origin = origins.first(where: { rest.hasPrefix($0 + "/") }) {
            start = origin
            rest = rest.dropFirst(origin.count)
        }
        guard rest.hasPrefix("/") else { return (nil, false) }
        if rest.hasPrefix("/api/v1/") {
            start += "/api/v1"
            rest = rest.dropFirst("/api/v1".count)
        }
        if rest.hasPrefix("/files/") {
            // Lasting addresses of files name no course; those of others stay.
            let (id, tail) = Self.segment(rest.dropFirst("/files/".count))
            guard let copy = name(CourseLink(kind: .file, name: id)) else { return (nil, false) }
            return ("\(start)/files/\(copy)\(tail)", false)
        }
        guard rest.hasPrefix("/courses/") else { return (nil, false) }
        let (course, tail) = Self.segment(rest.dropFirst("/courses/".count))
        guard course == String(source) else { return (nil, false) }
        let here = "\(start)/courses/\(target)"
        for (place, kind) in Self.places where tail.hasPrefix("/\(place)/") {
            let (written, end) = Self.segment(tail.dropFirst(place.count + 2))
            guard !written.isEmpty else { break }
            let known =
                kind == .page
                ? PercentCoding.decode(written.utf8.span, plusIsSpace: false) ?? written : written
            guard kind == .page || Int64(known) != nil else { break }
            guard let copy = name(CourseLink(kind: kind, name: known)) else { return (nil, true) }
            let coded = kind == .page ? PercentCoding.encode(copy) : copy
            return ("\(here)/\(place)/\(coded)\(end)", false)
        }
        return ("\(here)\(tail)", false)
    }

    /// What stands before the next `/`, `?` or `#`, and the rest from there on.
    private static func segment(_ text: Substring) -> (String, Substring) {
        let end = text.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? text.endIndex
        return (String(text[..<end]), text[end...])
    }
}
