package import Postgres

/// The schema of this feature: numbers 150 to 199.
package enum ContentMigrations {
    /// All of them, in order.
    package static let all: [Migration] = [
        Migration(number: 150, name: "files", sql: m0150Files),
        Migration(number: 160, name: "artifacts", sql: m0160Artifacts),
        Migration(number: 161, name: "file_order", sql: m0161FileOrder),
    ]
}
