import Postgres
import Tenancy
import WebServer

/// Writes the pages of a course within a transaction that holds the course.
///
/// Confined to the loop of its transaction.
struct PageBook {
    private let call: CourseCall
    private let transaction: PostgresTransaction

    init(_ call: CourseCall, _ transaction: PostgresTransaction) {
        self.call = call
        self.transaction = transaction
    }

    /// The page that a path names; `nil` when there is none.
    func find(_ reference: PageReference) async throws -> Page? {
        try await transaction.query(PageQueries.find, [call.tenant, call.courseValue] + reference.values)
            .first
            .map(PageQueries.page)
    }

    /// Makes a page.
    ///
    /// - Throws: 400 when too many pages have the title already.
    func create(_ wanted: Page) async throws -> Page {
        let url = try await freeAddress(for: wanted.title, of: nil)
        if wanted.isFrontPage { try await clearFront(but: nil) }
        let rows = try await transaction.query(
            PageQueries.create,
            [
                call.tenant, call.courseValue, .text(url), .text(wanted.title), .text(wanted.body ?? ""),
                .text(wanted.state), .text(wanted.editors.text), .bool(wanted.isFrontPage),
                .int(call.principal.user),
            ])
        guard let id = try rows.first?.int(0) else { throw WebError.notFound }
        try await transaction.query([
            (PageQueries.claim, [call.tenant, call.courseValue, .text(url), .int(id)]),
            (PageQueries.keep, [call.tenant, .int(id)]),
        ])
        return try await reread(id)
    }

    /// Changes a page; a new title or body is a new revision, a new title also a new address.
    func change(_ old: Page, to new: Page) async throws -> Page {
        var new = new
        if new.title != old.title { new.url = try await freeAddress(for: new.title, of: old.id) }
        let isRevised = new.title != old.title || new.body != old.body
        if isRevised { new.revision += 1 }
        if new.isFrontPage { try await clearFront(but: old.id) }
        var statements: [(Statement, [PostgresValue])] = [
            (
                PageQueries.update,
                [
                    call.tenant, call.courseValue, .int(old.id), .text(new.url), .text(new.title),
                    .text(new.body ?? ""), .text(new.state), .text(new.editors.text), .bool(new.isFrontPage),
                    .int(new.revision), .int(call.principal.user),
                ]
            )
        ]
        if new.url != old.url {
            statements.append(
                (PageQueries.claim, [call.tenant, call.courseValue, .text(new.url), .int(old.id)]))
            statements.append(
                (
                    PageQueries.forgetAddresses,
                    [
                        call.tenant, call.courseValue, .int(old.id), .int(Int64(PageAddress.mostPerPage)),
                        .text(new.url),
                    ]
                ))
        }
        if isRevised {
            statements.append((PageQueries.keep, [call.tenant, .int(old.id)]))
            statements.append(
                (
                    PageQueries.forgetRevisions,
                    [call.tenant, .int(old.id), .int(Int64(PageRevision.mostPerPage))]
                ))
        }
        try await transaction.query(statements)
        return try await reread(old.id)
    }

    /// Removes a page; its addresses are free again.
    func delete(_ page: Page) async throws {
        try await transaction.query([
            (PageQueries.delete, [call.tenant, call.courseValue, .int(page.id)]),
            (PageQueries.deleteAddresses, [call.tenant, call.courseValue, .int(page.id)]),
        ])
    }

    private func clearFront(but page: Int64?) async throws {
        try await transaction.query(PageQueries.clearFront, [call.tenant, call.courseValue, .int(page)])
    }

    private func freeAddress(for title: String, of page: Int64?) async throws -> String {
        let rows = try await transaction.query(
            PageQueries.freeAddress,
            [
                call.tenant, call.courseValue, .text(PageAddress.of(title: title)), .int(page),
                .int(Int64(PageAddress.numbers)),
            ])
        guard let url = try rows.first?.text(0) else {
            throw WebError.invalid("Too many pages have this title.", field: "wiki_page.title")
        }
        return url
    }

    private func reread(_ id: Int64) async throws -> Page {
        guard let page = try await find(.id(id)) else { throw WebError.notFound }
        return page
    }
}

extension PageReference {
    /// The address and the id as parameters.
    var values: [PostgresValue] {
        switch self {
        case .address(let address, let id): [.text(address), .int(id)]
        case .id(let id): [.text(nil), .int(id)]
        }
    }
}
