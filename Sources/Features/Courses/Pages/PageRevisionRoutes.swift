import JSON
import Postgres
import Tenancy
import WebServer

/// What pages said before, for those who may write them.
enum PageRevisionRoutes {
    /// `GET …/pages/:url_or_id/revisions`, newest first.
    static func list(_ call: CourseCall) async throws -> WebResponse {
        let paging = try Paging(call.request)
        let page = try await editable(call)
        let rows = try await call.query(
            PageQueries.revisions, [.int(page.id), .int(paging.after), paging.limit, paging.skip])
        return .page(try rows.map(PageQueries.revision), paging, for: call.request, id: \.number) {
            $1.write(&$0, isSummary: true)
        }
    }

    /// `GET …/revisions/:revision_id`, also `latest`; without its texts when `summary` is true.
    static func show(_ call: CourseCall) async throws -> WebResponse {
        let isSummary = try call.request.flag("summary") ?? false
        let number: Int64? =
            call.request.parameters["revision_id"] == "latest" ? nil : try call.request.id("revision_id")
        // The newest is what everybody reads who reads the page.
        let page = number == nil ? try await PageRoutes.unlocked(call) : try await editable(call)
        let rows = try await call.query(PageQueries.revision, [.int(page.id), .int(number)])
        guard let revision = try rows.first.map(PageQueries.revision) else { throw WebError.notFound }
        return .json { revision.write(&$0, isSummary: isSummary) }
    }

    /// `POST …/revisions/:revision_id`: the page says again what it said then, as a new revision.
    static func revert(_ call: CourseCall) async throws -> WebResponse {
        let number = try call.request.id("revision_id")
        let found = try await editable(call)
        return try await call.changeContents { transaction in
            let book = PageBook(call, transaction)
            let rows = try await transaction.query(
                PageQueries.revision, [call.tenant, .int(found.id), .int(number)])
            guard let page = try await book.find(.id(found.id)), page.isEditable(by: call.membership.role),
                let old = try rows.first.map(PageQueries.revision)
            else { throw WebError.notFound }
            var wanted = page
            wanted.body = old.body
            // Students write the body alone.
            if call.isStaff { wanted.title = old.title }
            let changed = try await book.change(page, to: wanted)
            let newest = try await transaction.query(
                PageQueries.revision, [call.tenant, .int(changed.id), .int(nil)])
            guard let revision = try newest.first.map(PageQueries.revision) else { throw WebError.notFound }
            return .json { revision.write(&$0, isSummary: false) }
        }
    }

    private static func editable(_ call: CourseCall) async throws -> Page {
        let page = try await PageRoutes.unlocked(call)
        guard page.isEditable(by: call.membership.role) else { throw WebError.forbidden }
        return page
    }
}
