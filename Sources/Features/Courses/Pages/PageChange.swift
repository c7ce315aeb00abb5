import JSON
import Tenancy
import WebServer

/// What a request wants of a page: what it does not name stays as it is.
struct PageChange: Hashable, Sendable {
    var title: String?
    var body: String?
    var isPublished: Bool?
    var isFrontPage: Bool?
    var editors: PageEditors?

    /// Reads the members of `wiki_page`.
    ///
    /// `hide_from_students` is the older word for what is not `published`.
    init(_ fields: JSONFields) throws(FieldError) {
        title = try fields.optionalTitle("title")
        body = try RichText.optional("body", in: fields)
        isPublished = try fields.optionalBool("published")
        if isPublished == nil { isPublished = try fields.optionalBool("hide_from_students").map { !$0 } }
        isFrontPage = try fields.optionalBool("front_page")
        if fields.has("editing_roles") { editors = try PageEditors("editing_roles", in: fields) }
    }

    /// Whether it is about the body alone, which is all that students may write.
    var isOfBodyAlone: Bool {
        title == nil && isPublished == nil && isFrontPage == nil && editors == nil
    }

    /// The page after the change; who made it and when is the caller's part.
    ///
    /// - Throws: 400 for a front page that nobody would see.
    func applied(to page: Page) throws(WebError) -> Page {
        var page = page
        if let title { page.title = title }
        if let body { page.body = body }
        if let isPublished { page.isPublished = isPublished }
        if let isFrontPage { page.isFrontPage = isFrontPage }
        if let editors { page.editors = editors }
        guard page.isPublished || !page.isFrontPage else {
            let field = isPublished == false ? "wiki_page.published" : "wiki_page.front_page"
            throw .invalid("The front page must be published.", field: field)
        }
        return page
    }
}
