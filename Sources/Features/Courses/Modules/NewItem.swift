import JSON
import Postgres
import Tenancy
import WebServer

/// What a new item leads to, as a request names it.
struct NewItem: Hashable, Sendable {
    let kind: ModuleItem.Kind
    /// The id of what it leads to.
    let content: Int64?
    /// A page may be named by its address.
    let page: PageReference?
    let change: ItemChange
    private let contentPath: String

    /// Reads the members of `module_item`.
    init(_ fields: JSONFields) throws(FieldError) {
        let text = try fields.string("type", oneOf: ModuleItem.Kind.allCases.map(\.rawValue))
        kind = ModuleItem.Kind(rawValue: text) ?? .subHeader
        change = try ItemChange(fields)
        var page: PageReference?
        switch kind {
        case .page:
            if let url = try fields.optionalString("page_url", in: 1...255) {
                page = PageReference(url)
                if page == nil { throw fields.error("page_url", .other("names no page")) }
            }
            content = page == nil ? try fields.id("content_id") : nil
            contentPath = fields.path(of: page == nil ? "content_id" : "page_url")
            if let content { page = .id(content) }
        case .file, .discussion, .assignment, .quiz:
            content = try fields.id("content_id")
            contentPath = fields.path(of: "content_id")
        case .subHeader, .externalURL, .externalTool:
            content = kind == .externalTool ? try fields.optionalID("content_id") : nil
            contentPath = fields.path(of: "content_id")
        }
        self.page = page
        switch kind {
        case .subHeader, .file: _ = try fields.title("title")
        case .externalURL, .externalTool:
            if change.externalURL == nil { throw fields.error("external_url", .missing) }
            _ = try fields.title("title")
        default: break
        }
    }

    /// Looks for what it leads to, and makes the item.
    ///
    /// - Parameters:
    ///   - module: The module that gets it.
    ///   - call: The call about the course.
    ///   - isKnown: Whether an assignment, quiz or file is there.
    ///   - transaction: The transaction.
    /// - Returns: The item, without id and place.
    /// - Throws: 400 when there is nothing that it leads to.
    func item(
        in module: Int64, _ call: CourseCall, isKnown: Bool, _ transaction: PostgresTransaction
    ) async throws -> ModuleItem {
        var content = content
        var isPublished = false
        var isThere = true
        switch kind {
        case .page:
            let found =
                if let page { try await PageBook(call, transaction).find(page) } else { nil as Page? }
            (content, isPublished, isThere) = (found?.id, found?.isPublished ?? false, found != nil)
        case .discussion:
            let rows = try await transaction.query(
                ItemQueries.discussion, [call.tenant, call.courseValue, .int(content)])
            isThere = !rows.isEmpty
        case .assignment, .quiz, .file: isThere = isKnown
        case .subHeader, .externalURL, .externalTool: break
        }
        guard isThere else {
            throw WebError.invalid("The course has no such \(kind.rawValue).", field: contentPath)
        }
        return try change.applied(
            to: ModuleItem(
                id: 0, module: module, position: 1, indent: 0, kind: kind, title: "", content: content,
                pageURL: nil, opensNewTab: false, isPublished: isPublished))
    }
}
