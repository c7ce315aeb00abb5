/// Copies things of some kinds from one course into another; each feature has its own.
///
/// A part is asked batch by batch, each in a transaction that holds the target course; so a process that dies in the middle
/// leaves whole things, and what they became is known (``CopyBatch/note(_:_:became:)``).
package protocol CopyPart: Sendable {
    /// What people are told that is copied now.
    var title: String { get }

    /// Adds to a selection what selected things cannot do without.
    func widen(_ selection: inout CopySelection, in batch: CopyBatch) async throws

    /// Copies what comes next.
    ///
    /// What was copied into the target before is brought up to date; a copy that is not there any more is made anew.
    ///
    /// - Parameters:
    ///   - after: Where the last batch ended; 0 for the first.
    ///   - batch: Where from, where to, and the transaction.
    /// - Returns: Where this batch ended; `nil` when nothing is left.
    /// - Throws: What the database throws.
    func copy(after: Int64, in batch: CopyBatch) async throws -> Int64?
}

extension CopyPart {
    /// Most things do without others.
    package func widen(_ selection: inout CopySelection, in batch: CopyBatch) async throws {}
}

/// What of a course is copied.
package struct CopySelection: Hashable, Sendable {
    /// The ids by kind; `nil` for everything.
    package private(set) var ids: [CopyKind: Set<Int64>]?

    /// Everything, or what is named.
    package init(_ ids: [CopyKind: Set<Int64>]?) { self.ids = ids }

    /// Whether everything is copied, the course's settings too.
    package var isWhole: Bool { ids == nil }

    /// The ids of a kind as a parameter; null for all.
    package func ids(of kind: CopyKind) -> [Int64]? { ids.map { ($0[kind] ?? []).sorted() } }

    /// Adds things; nothing when everything is copied anyway.
    package mutating func add(_ kind: CopyKind, _ more: some Sequence<Int64>) {
        ids?[kind, default: []].formUnion(more)
    }
}
