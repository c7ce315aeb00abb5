import JSON
import Postgres
import Tenancy
import WebServer

/// Pages: staff write them, everybody reads those that are published.
enum PageRoutes {
    /// The largest body of a request: a page of the largest size, as a form with all of it escaped.
    static let bodyLimit = 4 << 20

    /// `GET /api/v1/courses/:course_id/pages`: without bodies unless `include[]=body` asks for them.
    static func list(_ call: CourseCall) async throws -> WebResponse {
        let paging = try Paging(call.request)
        let order = PageQueries.order(
            try call.request.choice("sort", PageQueries.Sort.self) ?? .title,
            try call.request.choice("order", SortDirection.self) ?? .ascending)
        let isPublished = try call.request.flag("published")
        let hasBodies = call.request.includes.contains("body")
        // Whoever is no staff sees what is published, and nothing when asking for the rest.
        guard call.isStaff || isPublished != false else {
            return .page([Page](), paging, for: call.request, id: \.id) { _, _ in }
        }
        let rows = try await call.query(
            PageQueries.list(order),
            [call.courseValue] + order.values(paging) + [
                paging.limit, paging.skip, .text(try call.request.searchTerm()),
                .bool(call.isStaff ? isPublished : true), .bool(hasBodies),
            ])
        var pages: [(page: Page, key: String)] = []
        for row in rows { pages.append((try PageQueries.page(row), try row.text(12))) }
        let (locked, areGuarded) =
            hasBodies
            ? try await ContentLocks.guarded(.page, among: pages.map(\.page.id), for: call) : ([], false)
        var response = WebResponse.page(
            pages, paging, for: call.request, bookmark: { [$0.key, String($0.page.id)] }
        ) {
            json, item in
            json.object { item.page.writeMembers(&$0, isLocked: locked.contains(item.page.id)) }
        }
        response.isKeepable = !areGuarded
        return response
    }

    /// `POST /api/v1/courses/:course_id/pages`: `{"wiki_page": {"title", "body", …}}`.
    static func create(_ call: CourseCall) async throws -> WebResponse {
        let fields = try call.request.fields().unwrapped("wiki_page")
        let change = try PageChange(fields)
        let title = try fields.title("title")
        return try await call.changeContents { transaction in
            let page = try await PageBook(call, transaction).create(
                try change.applied(to: .blank(title: title, by: call)))
            return answer(page)
        }
    }

    /// `GET /api/v1/courses/:course_id/pages/:url_or_id`.
    static func show(_ call: CourseCall) async throws -> WebResponse {
        try await guarded(try await visible(call), call)
    }

    /// `PUT /api/v1/courses/:course_id/pages/:url_or_id`: an address that leads nowhere is a new page, for staff.
    static func update(_ call: CourseCall) async throws -> WebResponse {
        let change = try PageChange(try call.request.fields().unwrapped("wiki_page"))
        guard let reference = PageReference(call.request.parameters["url_or_id"] ?? "") else {
            throw WebError.notFound
        }
        if !call.isStaff { _ = try await unlocked(call) }
        return try await call.changeContents { transaction in
            let book = PageBook(call, transaction)
            guard let page = try await book.find(reference) else {
                guard call.isStaff, case .address(let address, orID: nil) = reference else {
                    throw WebError.notFound
                }
                let title = change.title ?? PageAddress.title(for: address)
                guard NewUser.isName(title) else { throw WebError.notFound }
                return answer(
                    try await book.create(try change.applied(to: .blank(title: title, by: call))))
            }
            return answer(try await changed(page, change, book, call))
        }
    }

    /// `DELETE /api/v1/courses/:course_id/pages/:url_or_id`; 400 for the front page.
    static func delete(_ call: CourseCall) async throws -> WebResponse {
        guard let reference = PageReference(call.request.parameters["url_or_id"] ?? "") else {
            throw WebError.notFound
        }
        return try await call.changeContents { transaction in
            let book = PageBook(call, transaction)
            guard let page = try await book.find(reference) else { throw WebError.notFound }
            guard !page.isFrontPage else {
                throw WebError.invalid("The front page cannot be removed: choose another one first.")
            }
            try await book.delete(page)
            try await ItemShelf(call, transaction).deleteItems(of: .page, page.id)
            return answer(page)
        }
    }

    /// `GET /api/v1/courses/:course_id/front_page`; 404 where none was chosen.
    static func showFront(_ call: CourseCall) async throws -> WebResponse {
        try await guarded(try await front(call), call)
    }

    /// `PUT /api/v1/courses/:course_id/front_page`: makes one where none was chosen.
    static func updateFront(_ call: CourseCall) async throws -> WebResponse {
        let change = try PageChange(try call.request.fields().unwrapped("wiki_page"))
        if !call.isStaff, try await ContentLocks.isLocked(.page, front(call).id, for: call) {
            throw ContentLocks.refusal
        }
        return try await call.changeContents { transaction in
            let book = PageBook(call, transaction)
            let rows = try await transaction.query(PageQueries.front, [call.tenant, call.courseValue])
            guard let page = try rows.first.map(PageQueries.page) else {
                guard call.isStaff else { throw WebError.notFound }
                var blank = Page.blank(title: change.title ?? "Front Page", by: call)
                (blank.isPublished, blank.isFrontPage) = (true, true)
                return answer(try await book.create(try change.applied(to: blank)))
            }
            return answer(try await changed(page, change, book, call))
        }
    }

    // MARK: Shared

    /// The page that the path names, as far as the caller may know of it.
    static func visible(_ call: CourseCall) async throws -> Page {
        guard let reference = PageReference(call.request.parameters["url_or_id"] ?? "") else {
            throw WebError.notFound
        }
        let rows = try await call.query(PageQueries.find, [call.courseValue] + reference.values)
        guard let page = try rows.first.map(PageQueries.page), page.isVisible(to: call.membership.role) else {
            throw WebError.notFound
        }
        return page
    }

    /// Makes a change that the caller may make.
    private static func changed(
        _ page: Page, _ change: PageChange, _ book: PageBook, _ call: CourseCall
    ) async throws -> Page {
        guard page.isVisible(to: call.membership.role) else { throw WebError.notFound }
        guard page.isEditable(by: call.membership.role), call.isStaff || change.isOfBodyAlone else {
            throw WebError.forbidden
        }
        return try await book.change(page, to: try change.applied(to: page))
    }

    /// The page that the path names, which modules do not keep from the caller.
    ///
    /// - Throws: 404 for one that the caller may not know of, 403 for a locked one.
    static func unlocked(_ call: CourseCall) async throws -> Page {
        let page = try await visible(call)
        guard try await !ContentLocks.isLocked(.page, page.id, for: call) else { throw ContentLocks.refusal }
        return page
    }

    private static func front(_ call: CourseCall) async throws -> Page {
        let rows = try await call.query(PageQueries.front, [call.courseValue])
        guard let page = try rows.first.map(PageQueries.page) else { throw WebError.notFound }
        return page
    }

    /// A page as far as modules let the caller see it; kept where none leads to it.
    private static func guarded(_ page: Page, _ call: CourseCall) async throws -> WebResponse {
        let (locked, isGuarded) = try await ContentLocks.guarded(.page, among: [page.id], for: call)
        var response = answer(page, isLocked: !locked.isEmpty)
        response.isKeepable = !isGuarded
        return response
    }

    private static func answer(
        _ page: Page, isLocked: Bool = false
    ) -> WebResponse {
        .json { $0.object { page.writeMembers(&$0, isLocked: isLocked) } }
    }
}
