import Assessment
import Search

/// Everything that can be found, listed once: see ``SearchSource`` for what else a new source needs.
enum SearchedThings {
    /// The sources, in the order in which they are read.
    static let all: [SearchSource] = SearchSources.all + [AssignmentSearch.source]
}
