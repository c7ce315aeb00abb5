package import Postgres

/// The live layer's part of the schema.
package enum LiveHubMigrations {
    /// All of them, in the order of their numbers (50 to 55).
    package static let all = [
        Migration(number: 50, name: "live_log", sql: m0050LiveLog),
        Migration(number: 51, name: "log_changes", sql: m0051LogChanges),
        Migration(number: 52, name: "live_nodes", sql: m0052LiveNodes),
        Migration(number: 55, name: "live_privacy", sql: m0055LivePrivacy),
    ]
}
