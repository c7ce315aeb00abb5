import Tenancy
import WebServer

extension Paging {
    /// A page of a list that is at hand whole, sorted by position and id.
    ///
    /// - Parameters:
    ///   - items: The list.
    ///   - key: What an item is sorted by.
    /// - Returns: The page, and the bookmark of the next one when there is one.
    /// - Throws: 400 for a bookmark of another list.
    func cut<Item>(
        _ items: [Item], key: (Item) -> (Int64, Int64)
    ) throws(WebError) -> (items: ArraySlice<Item>, next: [String]?) {
        var rest = items[...]
        if let bookmark {
            guard bookmark.count == 2, let position = Int64(bookmark[0]), let id = Int64(bookmark[1]) else {
                throw .badRequest("page must be taken from a Link of an earlier answer.", field: "page")
            }
            rest = rest.drop { key($0) <= (position, id) }
        }
        rest = rest.dropFirst(offset)
        let page = rest.prefix(size)
        guard rest.count > size, let last = page.last.map(key) else { return (page, nil) }
        return (page, [String(last.0), String(last.1)])
    }
}
