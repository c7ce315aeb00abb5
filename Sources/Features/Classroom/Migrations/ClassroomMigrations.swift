package import Postgres

/// The schema of this feature: numbers 300 to 399.
package enum ClassroomMigrations {
    /// All of them, in order.
    package static let all: [Migration] = [
        Migration(number: 300, name: "live_classes", sql: m0300LiveClasses)
    ]
}
