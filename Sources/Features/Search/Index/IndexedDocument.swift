/// One thing as the index has it.
struct IndexedDocument: Hashable, Sendable {
    /// Bytes of a body that are kept: what comes after is not found, and no more than this is looked through for an excerpt.
    static let bodyBytes = 65_536

    var kind: String
    var id: Int64
    var course: Int64?
    var owner: Int64?
    var isPublished: Bool
    /// Whether it is for members only.
    var isRestricted: Bool
    var title: String
    var body: String
    /// One of Postgres's text search configurations.
    var language: String
    /// Milliseconds since 1970.
    var updatedAt: Int64

    /// A text as it is stored: without control characters, which mark what was found, and not too long.
    static func text(_ text: String, bytes limit: Int = bodyBytes) -> String {
        var kept = String.UnicodeScalarView()
        var count = 0
        for scalar in text.unicodeScalars {
            count += UTF8.width(scalar)
            guard count <= limit else { break }
            let isControl = scalar.value < 0x20 && scalar != "\n" && scalar != "\t"
            kept.append(isControl ? " " : scalar)
        }
        return String(kept)
    }
}

/// The name of a thing in the index.
struct DocumentKey: Hashable, Sendable {
    let kind: String
    let id: Int64
}
