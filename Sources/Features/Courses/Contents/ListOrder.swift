package import Postgres
package import Tenancy
package import WebServer

/// By what a list is sorted: a column that is text or a number, then the id.
///
/// The bookmark of a page is the pair's values, so that a list neither skips nor repeats while others write.
package struct ListOrder: Hashable, Sendable {
    /// The kinds of column.
    package enum Kind: String, Hashable, Sendable {
        case text
        case bigint
    }

    /// The column as SQL writes it; never from input.
    let column: String
    let kind: Kind
    let isDescending: Bool

    /// An order by a column, or an expression, that is never null.
    package init(_ column: String, _ kind: Kind, isDescending: Bool = false) {
        self.column = column
        self.kind = kind
        self.isDescending = isDescending
    }

    /// A time as a number that can be told apart to the microsecond.
    package static func microseconds(_ column: String) -> String {
        "(extract(epoch FROM \(column)) * 1000000)::bigint"
    }

    /// The column as text, for the bookmark.
    package var written: String { "(\(column))::text" }

    /// The condition that leaves out what earlier pages had, and the order; `$value` and `$id` are the bookmark's.
    ///
    /// - Parameters:
    ///   - id: The id's column.
    ///   - value: The number of the parameter that holds the column's value.
    /// - Returns: The condition, and the sorting.
    package func clauses(id: String, value: Int) -> (condition: String, order: String) {
        let way = isDescending ? "<" : ">"
        let direction = isDescending ? "DESC" : "ASC"
        return (
            "($\(value)::\(kind.rawValue) IS NULL OR (\(column), \(id)) \(way) ($\(value), $\(value + 1)::bigint))",
            "\(column) \(direction), \(id) \(direction)"
        )
    }

    /// The bookmark's two values as parameters; nulls for the first page.
    ///
    /// - Throws: 400 for a bookmark of another list.
    package func values(_ paging: Paging) throws(WebError) -> [PostgresValue] {
        guard let first = paging.bookmark?.first else { return [.null, .int(nil)] }
        let id = try paging.markID(1)
        switch kind {
        case .text: return [.text(first), id]
        case .bigint:
            guard let number = Int64(first) else {
                throw .badRequest("page must be taken from a Link of an earlier answer.", field: "page")
            }
            return [.int(number), id]
        }
    }
}
