import Postgres

/// One thing that the index found; whether the caller may see it is not said by this.
struct SearchHit: Hashable, Sendable {
    let key: DocumentKey
    let title: String
    let excerpt: Excerpt
    /// 0 to 1.
    let relevance: Double
    /// Whether it only looks like what was asked for.
    let isGuess: Bool

    init(_ row: Row) throws(PostgresError) {
        key = DocumentKey(kind: try row.text(0), id: try row.int(1))
        title = try row.text(2)
        excerpt = Excerpt(marked: try row.text(3))
        relevance = min(max(try row.double(4), 0), 1)
        isGuess = try row.bool(5)
    }
}
