/// A part of a course: items in an order, and what must come before it.
struct Module: Hashable, Sendable {
    /// Modules of one course at most.
    static let mostPerCourse = 500

    /// Unique in the deployment.
    let id: Int64
    var name: String
    /// Counted from 1 without gaps.
    var position: Int64
    /// What it is sorted by; see ``SparseOrder``.
    var rank: Int64 = 0
    /// Whether students and observers see it.
    var isPublished: Bool
    /// Before then it is locked; milliseconds since 1970.
    var unlockAt: Int64?
    /// Whether an item is locked until those before it are completed.
    var isSequential: Bool
    /// Modules to be completed first.
    var prerequisites: [Int64]
    /// By position.
    var items: [ModuleItem] = []

    /// The items in their order.
    var ranks: [SparseOrder.Ranked] { items.map { SparseOrder.Ranked(id: $0.id, rank: $0.rank) } }

    /// The items that students and observers see.
    var publishedItems: [ModuleItem] { items.filter(\.isPublished) }
}
