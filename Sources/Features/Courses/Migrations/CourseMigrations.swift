package import Postgres

/// The schema of this feature: numbers 100 to 199.
package enum CourseMigrations {
    /// All of them, in order.
    package static let all: [Migration] = [
        Migration(number: 100, name: "courses", sql: m0100Courses),
        Migration(number: 101, name: "sis_ids", sql: m0101SIS),
        Migration(number: 102, name: "terms", sql: m0102Terms),
        Migration(number: 103, name: "course_locale", sql: m0103CourseLocale),
        Migration(number: 110, name: "pages", sql: m0110Pages),
        Migration(number: 111, name: "discussions", sql: m0111Discussions),
        Migration(number: 112, name: "modules", sql: m0112Modules),
        Migration(
            number: 113, name: "enrollments_of_deleted_users", sql: m0113EnrollmentsOfDeletedUsers),
        Migration(number: 114, name: "parent_enrollments", sql: m0114ParentEnrollments),
        Migration(number: 115, name: "audit_enrollments", sql: m0115AuditEnrollments),
        Migration(number: 116, name: "enrollment_dates", sql: m0116EnrollmentDates),
        Migration(number: 117, name: "discussion_ratings", sql: m0117DiscussionRatings),
        Migration(number: 120, name: "course_batches", sql: m0120CourseBatches),
        Migration(number: 121, name: "content_migrations", sql: m0121ContentMigrations),
        Migration(number: 122, name: "enrollment_roles", sql: m0122EnrollmentRoles),
        Migration(number: 123, name: "account_notifications", sql: m0123AccountNotifications),
        Migration(number: 130, name: "course_erasure", sql: m0130Erasure),
        Migration(number: 162, name: "sparse_order", sql: m0162SparseOrder),
    ]
}
