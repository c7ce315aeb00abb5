import HTTP
import HTTPTypes
package import WebServer

/// One page of a list: how many items, and after which id it begins.
///
/// The cursor is the last item's id (`page=after:17`), so that a list neither skips nor repeats while others write.
package struct Paging: Hashable, Sendable {
    /// Items of a page unless the client says otherwise.
    package static let usualSize = 10
    /// Items of a page at most; more is cut to this.
    package static let largestSize = 100

    /// Items that the page may have.
    package let size: Int
    /// The id after which the page begins; `nil` for the first page.
    package let after: Int64?

    /// Reads `per_page` (the last of several counts) and `page`.
    ///
    /// - Throws: 400 for a size below 1 or a page that no `Link` of ours names.
    package init(_ request: WebRequest) throws(WebError) {
        if let text = request.queryValues("per_page").last {
            guard let size = Int(text), size >= 1 else {
                throw .badRequest("per_page must be a number from 1 on.", field: "per_page")
            }
            self.size = min(size, Paging.largestSize)
        } else {
            size = Paging.usualSize
        }
        switch request.queryValues("page").last {
        case nil, "1", "first":
            after = nil
        case .some(let text):
            let prefix = "after:"
            guard text.hasPrefix(prefix), let id = Int64(text.dropFirst(prefix.count)), id > 0 else {
                throw .badRequest("page must be taken from a Link of an earlier answer.", field: "page")
            }
            after = id
        }
    }

    /// The `Link` field (RFC 8288): `current`, `first`, and `next` when there is one.
    ///
    /// The URLs begin with exactly the base that the client used and keep its filters.
    ///
    /// - Parameters:
    ///   - request: The request that is answered.
    ///   - next: The last id of this page when there are items after it.
    /// - Returns: The field's value.
    package func link(for request: WebRequest, next: Int64?) -> String {
        let base = "\(request.isSecure ? "https" : "http")://\(request.authority)\(request.path)"
        let filters = request.query.filter { $0.name != "page" && $0.name != "per_page" }
            .map { "\(PercentCoding.encode($0.name))=\(PercentCoding.encode($0.value))" }
        func link(_ page: String, _ relation: String) -> String {
            let query = (filters + ["page=\(page)", "per_page=\(size)"]).joined(separator: "&")
            return "<\(base)?\(query)>; rel=\"\(relation)\""
        }
        var links = [link(after.map { "after:\($0)" } ?? "first", "current")]
        if let next { links.append(link("after:\(next)", "next")) }
        links.append(link("first", "first"))
        return links.joined(separator: ",")
    }
}

extension WebResponse {
    /// Adds the `Link` field of a page.
    package mutating func setLink(_ value: String) {
        // RFC 8288; HTTPTypes has no constant for it.
        guard let name = HTTPField.Name("Link") else { return }
        headers[name] = value
    }
}
