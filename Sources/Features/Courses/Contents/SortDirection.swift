/// Which end of a list comes first, in Canvas's words.
package enum SortDirection: String, Hashable, Sendable, CaseIterable {
    case ascending = "asc"
    case descending = "desc"
}
