import Postgres

/// Changes that were read together: what to read again, and up to where they go.
struct OutboxBatch: Hashable, Sendable {
    /// The end of a batch: everything up to it was read.
    struct Mark: Hashable, Sendable {
        /// The transaction, as Postgres writes it.
        let changed: String
        let seq: Int64
    }

    /// The kind of a change that stands for everything in a course.
    static let contents = "contents"

    /// What changed, each once, by kind; ids ascending.
    private(set) var ids: [String: [Int64]] = [:]
    /// Courses of which everything is to be read again.
    private(set) var courses: [Int64] = []
    /// `nil` for an empty batch.
    private(set) var end: Mark?

    /// Takes changes in the order in which they are read.
    init(_ changes: [(key: DocumentKey, mark: Mark)]) {
        var all = Dictionary(grouping: changes.map(\.key), by: \.kind).mapValues {
            Set($0.map(\.id)).sorted()
        }
        courses = all.removeValue(forKey: Self.contents) ?? []
        ids = all
        end = changes.last?.mark
    }

    /// Whether nothing had changed.
    var isEmpty: Bool { end == nil }
}
