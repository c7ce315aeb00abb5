package import Postgres

/// What this feature's tables are to people's privacy: the index follows what they are fed with.
package enum SearchTables {
    /// Those of the primary.
    package static let all: [TableDeclaration] = [
        .impersonal("search_outbox", institutionExport: .nothing("Ids of what the index has yet to read.")),
        .impersonal("search_gaps", institutionExport: .nothing("About this deployment's index.")),
    ]
}
