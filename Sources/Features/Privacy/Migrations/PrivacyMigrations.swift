package import Postgres

/// The schema of this feature: numbers 750 to 769, after every table that it must know.
package enum PrivacyMigrations {
    /// All of them, in order.
    package static let all: [Migration] = [
        Migration(number: 750, name: "privacy", sql: m0750Privacy)
    ]
}

/// What this feature's own tables are to people's privacy.
package enum PrivacyTables {
    /// All of them.
    package static let all: [TableDeclaration] = [
        .personal(
            "account_reports", people: ["user_id", "subject_id"],
            erasure: .keep("Who asked for which report, by ids; the file is gone by then."),
            institutionExport: .nothing("What was asked of this deployment.")),
        .personal(
            "privacy_erasures", people: ["user_id", "requested_by"],
            erasure: .keep("That a pseudonym was erased, and by whom: what shows that it was done.")),
        .impersonal("privacy_retention"),
    ]
}
