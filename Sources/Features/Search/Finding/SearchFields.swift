import JSON
import Postgres
import Tenancy
import WebServer

/// What a request looks for, and how far it is through what was found.
extension JSONFields {
    /// A text to look for; `nil` when it is absent or blank.
    ///
    /// - Throws: An error that names the field when it has less than 2 characters, more than ``SearchTerm/longest``, or one
    ///   that no text has.
    func sought(_ name: String) throws(FieldError) -> SearchTerm? {
        guard let given = try optionalString(name, max: SearchTerm.longest) else { return nil }
        let text = String(given.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
        guard !text.isEmpty else { return nil }
        guard text.unicodeScalars.count >= 2 else {
            throw error(name, .other("must have at least 2 characters"))
        }
        guard text.isStorableInPostgres else { throw error(name, .other("must have no U+0000")) }
        return SearchTerm(of: text)
    }
}

extension Paging {
    /// How many items lie before a page of a list that is sorted by how well things fit, so that no item says where it begins.
    ///
    /// - Throws: 400 for a cursor of another list, and beyond ``furthest``.
    func rank() throws(WebError) -> Int {
        guard after == nil else { throw Self.foreign }
        guard let bookmark else { return offset }
        guard bookmark.count == 1, let rank = Int(bookmark[0]), (0...Self.furthest).contains(rank) else {
            throw Self.foreign
        }
        return rank
    }

    /// The cursor of the page that begins with an item; `nil` beyond ``furthest``, where the list ends.
    static func bookmark(ofRank rank: Int) -> [String]? { rank <= furthest ? [String(rank)] : nil }

    private static let foreign = WebError.badRequest(
        "page must be taken from a Link of an earlier answer.", field: "page")
}
