package import Postgres

/// The schema of this feature: numbers 400 to 419.
package enum RosteringMigrations {
    /// All of them, in order.
    package static let all: [Migration] = [
        Migration(number: 400, name: "sis_imports", sql: m0400Imports),
        Migration(number: 405, name: "sis_retention", sql: m0405Retention),
        Migration(number: 410, name: "sticky_roles", sql: m0410StickyRoles),
        Migration(number: 411, name: "imported_admins", sql: m0411Admins),
    ]
}
