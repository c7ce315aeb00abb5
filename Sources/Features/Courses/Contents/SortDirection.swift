/// Which end of a list comes first, in Canvas's words.
enum SortDirection: String, Hashable, Sendable, CaseIterable {
    case ascending = "asc"
    case descending = "desc"
}
