import JSON
import Tenancy

/// What a page said at some time.
struct PageRevision: Hashable, Sendable {
    /// Revisions of one page that are kept; of older ones nothing is left.
    static let mostPerPage = 50

    /// Counted from 1 within the page.
    let number: Int64
    let url: String
    let title: String
    let body: String
    let editor: Author
    let createdAt: Int64
    /// Whether it is what the page says now.
    let isLatest: Bool

    /// Writes the revision, with or without what the page said.
    func write(_ json: inout JSONWriter, isSummary: Bool) {
        json.object { json in
            json.member("revision_id", number)
            json.member("updated_at", ISO8601.text(milliseconds: createdAt))
            json.member("latest", isLatest)
            json.name("edited_by")
            editor.write(&json)
            guard !isSummary else { return }
            json.member("url", url)
            json.member("title", title)
            json.member("body", body)
        }
    }
}
