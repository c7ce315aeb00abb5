import Postgres
import Tenancy
import WebServer

/// Writes the items of modules within a transaction that holds the course.
///
/// Confined to the loop of its transaction.
struct ItemShelf {
    private let call: CourseCall
    private let transaction: PostgresTransaction

    init(_ call: CourseCall, _ transaction: PostgresTransaction) {
        self.call = call
        self.transaction = transaction
    }

    /// Adds an item to its module.
    ///
    /// - Parameters:
    ///   - item: The item.
    ///   - position: Where it is to be; `nil` for the end.
    ///   - module: The module.
    ///   - isPublishing: Whether the item says whether what it leads to is published.
    /// - Returns: Its id.
    /// - Throws: 400 for a front page that would not be published; what the database throws.
    func add(
        _ item: ModuleItem, at position: Int?, to module: Module, isPublishing: Bool
    ) async throws -> Int64 {
        let rows = try await transaction.query(
            ItemQueries.create,
            [
                call.tenant, call.courseValue, .int(module.id),
                .int(SparseOrder.end(of: module.items.map(\.rank))),
                .int(item.indent), .text(item.kind.rawValue), .text(item.ownTitle), .int(item.content),
                .text(item.externalURL), .bool(item.opensNewTab), .bool(item.isPublished),
                .text(item.requirement?.kind.rawValue), .double(item.requirement?.minScore),
            ])
        guard let id = try rows.first?.int(0) else { throw WebError.notFound }
        if isPublishing { try await publish(item) }
        if position != nil { try await order(id, at: position, in: module, isNew: true) }
        return id
    }

    /// Changes an item, and moves it within its module or to another one.
    func change(_ old: ModuleItem, to new: ModuleItem, at position: Int?, in module: Module) async throws {
        try await transaction.query(
            ItemQueries.update,
            [
                call.tenant, call.courseValue, .int(old.id), .int(new.module), .int(new.indent),
                .text(new.ownTitle), .text(new.externalURL), .bool(new.opensNewTab), .bool(new.isPublished),
                .text(new.requirement?.kind.rawValue), .double(new.requirement?.minScore),
            ])
        if new.isPublished != old.isPublished { try await publish(new) }
        guard new.module != old.module || position != nil else { return }
        try await order(old.id, at: position, in: module, isNew: false)
    }

    /// Removes an item, but not what it leads to.
    func delete(_ item: ModuleItem) async throws {
        try await transaction.query(ItemQueries.delete, [call.tenant, call.courseValue, .int(item.id)])
    }

    /// Removes the items that lead to what is removed itself.
    func deleteItems(of kind: ModuleItem.Kind, _ content: Int64) async throws {
        try await transaction.query(
            ItemQueries.deleteLeadingTo,
            [call.tenant, call.courseValue, .text(kind.rawValue), .int(content)])
    }

    /// Puts an item of the module where it is to be; a new one came last just now.
    private func order(_ id: Int64, at position: Int?, in module: Module, isNew: Bool) async throws {
        var ranks = module.ranks
        if isNew {
            ranks.append(SparseOrder.Ranked(id: id, rank: SparseOrder.end(of: ranks.map(\.rank))))
        }
        let ranked = SparseOrder.placing(id, at: position, in: ranks)
        guard !ranked.isEmpty else { return }
        try await transaction.query(
            ItemQueries.rank,
            [
                call.tenant, call.courseValue, .intArray(ranked.map(\.id)), .intArray(ranked.map(\.rank)),
            ])
    }

    /// Publishing a page's or discussion's item is publishing that.
    private func publish(_ item: ModuleItem) async throws {
        guard let content = item.content else { return }
        switch item.kind {
        case .page:
            let book = PageBook(call, transaction)
            guard let page = try await book.find(.id(content)), page.isPublished != item.isPublished else {
                return
            }
            var wanted = page
            wanted.isPublished = item.isPublished
            guard wanted.isPublished || !wanted.isFrontPage else {
                throw WebError.invalid("The front page must be published.", field: "module_item.published")
            }
            _ = try await book.change(page, to: wanted)
        case .discussion:
            try await transaction.query(
                ItemQueries.publishDiscussion,
                [call.tenant, call.courseValue, .int(content), .bool(item.isPublished)])
        default: break
        }
    }
}
