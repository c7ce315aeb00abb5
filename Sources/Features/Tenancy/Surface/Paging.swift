import HTTP
import HTTPTypes
package import JSON
package import Postgres
package import WebServer

/// One page of a list: how many items, and where it begins.
///
/// A `Link` leads on by a cursor, so that a list neither skips nor repeats while others write: the last item's id
/// (`page=after:17`), or where lists are sorted otherwise the values that the last item is sorted by
/// (`page=bookmark:…`). Numbers (`page=3`), which scripts count up themselves, are understood too, as far as
/// ``furthest``.
package struct Paging: Hashable, Sendable {
    /// Items of a page unless the client says otherwise.
    package static let usualSize = 10
    /// Items of a page at most; more is cut to this.
    package static let largestSize = 100
    /// Items that a page given by its number may leave out at most: further pages need the cursors of `Link`.
    package static let furthest = 10_000

    /// Items that the page may have.
    package let size: Int
    /// The id after which the page begins; `nil` for the first page.
    package let after: Int64?
    /// The sorting values after which the page begins; `nil` for the first page and where ids are the cursor.
    package let bookmark: [String]?
    /// Items to be left out, for a page given by its number.
    package let offset: Int

    /// Reads `per_page` (the last of several counts) and `page`.
    ///
    /// - Throws: 400 for a size below 1, a page below 1 or too far, and a cursor that no `Link` of ours names.
    package init(_ request: WebRequest) throws(WebError) {
        if let text = request.queryValues("per_page").last {
            guard let size = Int(text), size >= 1 else {
                throw .badRequest("per_page must be a number from 1 on.", field: "per_page")
            }
            self.size = min(size, Paging.largestSize)
        } else {
            size = Paging.usualSize
        }
        var (after, bookmark, offset): (Int64?, [String]?, Int) = (nil, nil, 0)
        switch request.queryValues("page").last {
        case nil, "first": break
        case .some(let text):
            if let number = Int(text), !text.hasPrefix("+") {
                guard number >= 1, number - 1 <= Paging.furthest / size else {
                    throw .badRequest(
                        "page must be a number from 1 to \(Paging.furthest / size + 1), or taken from a Link of an earlier answer.",
                        field: "page")
                }
                offset = (number - 1) * size
            } else if let id = Paging.id(text) {
                after = id
            } else if let values = Paging.values(text) {
                bookmark = values
            } else {
                throw .badRequest("page must be taken from a Link of an earlier answer.", field: "page")
            }
        }
        (self.after, self.bookmark, self.offset) = (after, bookmark, offset)
    }

    /// How many rows to ask for: one more than the page has, which tells whether there is a next one.
    package var limit: PostgresValue { .int(Int64(size + 1)) }
    /// How many rows to leave out.
    package var skip: PostgresValue { .int(Int64(offset)) }
    /// The id after which to begin; 0 for the beginning.
    package var start: PostgresValue { .int(after ?? 0) }

    /// A value of the bookmark; null for the beginning.
    package func mark(_ place: Int) -> PostgresValue {
        guard let bookmark, bookmark.indices.contains(place) else { return .null }
        return .text(bookmark[place])
    }

    /// The id in the bookmark's last place; null for the beginning.
    ///
    /// - Throws: 400 for a bookmark of another list.
    package func markID(_ place: Int) throws(WebError) -> PostgresValue {
        guard let bookmark else { return .int(nil) }
        guard bookmark.count == place + 1, let id = Int64(bookmark[place]) else {
            throw .badRequest("page must be taken from a Link of an earlier answer.", field: "page")
        }
        return .int(id)
    }

    // MARK: Link

    /// The `Link` field (RFC 8288): `current`, `first`, and `next` when there is one.
    ///
    /// The URLs begin with exactly the base that the client used and keep its filters.
    ///
    /// - Parameters:
    ///   - request: The request that is answered.
    ///   - next: The last id of this page when there are items after it.
    /// - Returns: The field's value.
    package func link(for request: WebRequest, next: Int64?) -> String {
        link(for: request, to: next.map { "after:\($0)" })
    }

    /// The `Link` field of a list that is sorted by other values than ids.
    ///
    /// - Parameters:
    ///   - request: The request that is answered.
    ///   - values: What the last item of this page is sorted by, its id last, when there are items after it.
    /// - Returns: The field's value.
    package func link(for request: WebRequest, bookmark values: [String]?) -> String {
        link(
            for: request,
            to: values.map { values in
                let json = RawJSON { $0.array(of: values) { $0.string($1) } }
                return "bookmark:" + Base64.encode(json.bytes, .url)
            })
    }

    private func link(for request: WebRequest, to next: String?) -> String {
        let base = "\(request.base)\(request.path)"
        let filters = request.query.filter { $0.name != "page" && $0.name != "per_page" }
            .map { "\(PercentCoding.encode($0.name))=\(PercentCoding.encode($0.value))" }
        func link(_ page: String, _ relation: String) -> String {
            let query = (filters + ["page=\(page)", "per_page=\(size)"]).joined(separator: "&")
            return "<\(base)?\(query)>; rel=\"\(relation)\""
        }
        // It was understood, so nothing of it needs coding.
        let current = request.queryValues("page").last ?? "first"
        var links = [link(current, "current")]
        if let next { links.append(link(next, "next")) }
        links.append(link("first", "first"))
        return links.joined(separator: ",")
    }

    // MARK: Cursors

    private static func id(_ text: String) -> Int64? {
        guard text.hasPrefix("after:"), !text.hasPrefix("after:+"),
            let id = Int64(text.dropFirst("after:".count)),
            id > 0
        else {
            return nil
        }
        return id
    }

    private static func values(_ text: String) -> [String]? {
        guard text.hasPrefix("bookmark:"), text.utf8.count <= 4096,
            let bytes = Base64.decode(String(text.dropFirst("bookmark:".count)), .url),
            let values = (try? JSONReader.read(bytes))?.array, (1...4).contains(values.count)
        else { return nil }
        let texts = values.compactMap(\.string)
        guard texts.count == values.count, texts.allSatisfy(\.isStorableInPostgres) else { return nil }
        return texts
    }
}

extension WebResponse {
    /// Adds the `Link` field of a page.
    package mutating func setLink(_ value: String) {
        // RFC 8288; HTTPTypes has no constant for it.
        guard let name = HTTPField.Name("Link") else { return }
        headers[name] = value
    }

    /// A page of a list whose cursor is the id.
    ///
    /// - Parameters:
    ///   - items: What was found, one more than the page has when there are more.
    ///   - paging: The page.
    ///   - request: The request that is answered.
    ///   - id: An item's id.
    ///   - envelope: The member that holds the list where Canvas wraps it.
    ///   - write: Writes one item.
    /// - Returns: The answer, with its `Link`.
    package static func page<Item>(
        _ items: [Item], _ paging: Paging, for request: WebRequest, id: (Item) -> Int64,
        in envelope: String? = nil, _ write: (inout JSONWriter, Item) -> Void
    ) -> WebResponse {
        let shown = items.prefix(paging.size)
        var response = list(shown, in: envelope, write)
        response.setLink(
            paging.link(for: request, next: items.count > paging.size ? shown.last.map(id) : nil))
        return response
    }

    /// A page of a list that is sorted by other values than ids.
    ///
    /// - Parameters:
    ///   - items: What was found, one more than the page has when there are more.
    ///   - paging: The page.
    ///   - request: The request that is answered.
    ///   - bookmark: What an item is sorted by, its id last.
    ///   - envelope: The member that holds the list where Canvas wraps it.
    ///   - write: Writes one item.
    /// - Returns: The answer, with its `Link`.
    package static func page<Item>(
        _ items: [Item], _ paging: Paging, for request: WebRequest, bookmark: (Item) -> [String],
        in envelope: String? = nil, _ write: (inout JSONWriter, Item) -> Void
    ) -> WebResponse {
        let shown = items.prefix(paging.size)
        var response = list(shown, in: envelope, write)
        response.setLink(
            paging.link(for: request, bookmark: items.count > paging.size ? shown.last.map(bookmark) : nil))
        return response
    }

    private static func list<Items: Sequence>(
        _ items: Items, in envelope: String?, _ write: (inout JSONWriter, Items.Element) -> Void
    ) -> WebResponse {
        json { json in
            guard let envelope else { return json.array(of: items, write) }
            json.object { json in json.array(envelope, of: items, write) }
        }
    }
}
