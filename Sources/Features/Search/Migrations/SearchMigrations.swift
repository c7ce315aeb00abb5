package import Postgres

/// The schema of this feature, in two databases.
package enum SearchMigrations {
    /// In the primary, what a source needs to be watched: it comes before whatever is.
    package static let outbox: [Migration] = [
        Migration(number: 90, name: "search_outbox", sql: m0090SearchOutbox)
    ]

    /// All in the primary; 700 to 749 watch the sources of the features below.
    package static let primary: [Migration] =
        outbox + [Migration(number: 700, name: "search_sources", sql: m0700SearchSources)]

    /// In the database of the index, with numbers of its own.
    package static let index: [Migration] = [
        Migration(number: 1, name: "search_documents", sql: i0001Documents),
        Migration(number: 2, name: "search_writing", sql: i0002Writing),
        Migration(number: 3, name: "search_finding", sql: i0003Finding),
    ]

    /// Tables of the index that no policy guards, each with its reason.
    ///
    /// Row-level security would keep `@@` and the trigram operators from their indexes: the application has no grant on these
    /// tables, and reads by functions that take the institution.
    package static let indexTables: [String: String] = [
        "search_documents": "Read by search_find and search_names alone, which take the institution.",
        "search_institutions": "Which generation of each institution is shown. No grant.",
        "cohort_migrations": "Numbers and checksums of the schema's migrations; no tenant's data.",
    ]

    /// Functions of the primary that run with their owner's rights, each with its reason.
    package static let definerFunctions: [String: String] = [
        "search_unread":
            "Workers look which institutions have changes that the index has not read: counts only.",
        "search_places": "All institutions with their language, to tell what the index lacks.",
        "search_discard": "Changes that nobody reads go after their time, whoever's they are.",
    ]

    /// Functions of the index that run with their owner's rights, each with its reason.
    package static let indexFunctions: [String: String] = [
        "search_open": "Makes an institution's partition.",
        "search_begin": "Begins a new generation of an institution.",
        "search_apply": "Writes documents of one institution.",
        "search_swap": "Shows a generation that is complete.",
        "search_sweep": "Removes documents of generations that are not shown.",
        "search_close": "Removes all of an institution.",
        "search_known": "Which institutions the index has, and how they were built: no document.",
        "search_find": "Full text, of one institution.",
        "search_names": "Names, of one institution.",
    ]
}
