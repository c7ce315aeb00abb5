/// A part of a text, with the places of what was looked for: what a client shows as text and marks by itself.
struct Excerpt: Hashable, Sendable {
    /// Places in Unicode code points from the text's beginning.
    struct Highlight: Hashable, Sendable {
        let start: Int
        let length: Int
    }

    /// Plain text; never to be taken for HTML.
    let text: String
    /// Ascending, without overlaps.
    let highlights: [Highlight]

    private static let begin: Unicode.Scalar = "\u{2}"
    private static let end: Unicode.Scalar = "\u{3}"

    /// Takes the marks of the index out of a text: U+0002 before what was found, U+0003 behind it.
    init(marked: String) {
        var plain = String.UnicodeScalarView()
        var found: [Highlight] = []
        var count = 0
        var start: Int?
        for scalar in marked.unicodeScalars {
            switch scalar {
            case Self.begin: start = count
            case Self.end:
                if let start, count > start { found.append(Highlight(start: start, length: count - start)) }
                start = nil
            default:
                plain.append(scalar)
                count += 1
            }
        }
        text = String(plain)
        highlights = found
    }
}
