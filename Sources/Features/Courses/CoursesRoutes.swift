import Tenancy
package import WebServer

/// Every way into this feature over HTTP.
package enum CoursesRoutes {
    /// The routes; they need ``CoursesServices`` provided to every loop's context.
    ///
    /// - Parameter additions: What features above add to each course, as `live_classes`.
    /// - Returns: The table.
    package static func all(additions: [any CourseAddition] = []) -> [Route] {
        terms + courses(CourseRoutes(view: CourseView(additions: additions))) + people + sections
            + notifications + migrations + ContentRoutes.all
    }

    private static let terms: [Route] = [
        .account("GET /api/v1/accounts/:account_id/terms", TermRoutes.list),
        .account("POST /api/v1/accounts/:account_id/terms", TermRoutes.create),
        .account("GET /api/v1/accounts/:account_id/terms/:id", TermRoutes.show),
        .account("PUT /api/v1/accounts/:account_id/terms/:id", TermRoutes.update),
        .account("DELETE /api/v1/accounts/:account_id/terms/:id", TermRoutes.delete),
    ]

    private static func courses(_ courses: CourseRoutes) -> [Route] {
        [
            .call("GET /api/v1/courses") { try await courses.list($0) },
            .user("GET /api/v1/users/:user_id/courses", courses.listOfUser),
            .account("GET /api/v1/accounts/:account_id/courses", courses.listOfAccount),
            .account("POST /api/v1/accounts/:account_id/courses", courses.create),
            .account("PUT /api/v1/accounts/:account_id/courses", CourseBatchRoutes.update),
            .course("GET /api/v1/courses/:id", at: "id") { try await courses.show($0) },
            .call("PUT /api/v1/courses/:id") { try await courses.change($0) },
            .course("DELETE /api/v1/courses/:id", at: "id") { try await courses.delete($0) },
            .course("GET /api/v1/courses/:course_id/settings", CourseSettingRoutes.show),
            .course("PUT /api/v1/courses/:course_id/settings", CourseSettingRoutes.update),
            .course("GET /api/v1/courses/:course_id/tabs", CourseSettingRoutes.listTabs),
            .course("GET /api/v1/courses/:course_id/permissions", CourseSettingRoutes.listPermissions),
        ]
    }

    private static let notifications: [Route] = [
        .call("GET /api/v1/accounts/:account_id/account_notifications", AccountNotificationRoutes.list),
        .account("POST /api/v1/accounts/:account_id/account_notifications", AccountNotificationRoutes.create),
        .call("GET /api/v1/accounts/:account_id/account_notifications/:id", AccountNotificationRoutes.show),
        .account(
            "PUT /api/v1/accounts/:account_id/account_notifications/:id", AccountNotificationRoutes.update),
        .call(
            "DELETE /api/v1/accounts/:account_id/account_notifications/:id", AccountNotificationRoutes.delete),
        .user(
            "GET /api/v1/accounts/:account_id/users/:user_id/account_notifications",
            AccountNotificationRoutes.listOfUser),
        .user(
            "DELETE /api/v1/accounts/:account_id/users/:user_id/account_notifications/:id",
            AccountNotificationRoutes.closeOfUser),
    ]

    private static let migrations: [Route] = [
        .course("GET /api/v1/courses/:course_id/content_migrations", ContentMigrationRoutes.list),
        .course("POST /api/v1/courses/:course_id/content_migrations", ContentMigrationRoutes.create),
        .course(
            "GET /api/v1/courses/:course_id/content_migrations/migrators", ContentMigrationRoutes.listKinds),
        .course("GET /api/v1/courses/:course_id/content_migrations/:id", ContentMigrationRoutes.show),
        .course(
            "GET /api/v1/courses/:course_id/content_migrations/:content_migration_id/migration_issues",
            MigrationIssueRoutes.list),
        .course(
            "GET /api/v1/courses/:course_id/content_migrations/:content_migration_id/migration_issues/:id",
            MigrationIssueRoutes.show),
        .course(
            "PUT /api/v1/courses/:course_id/content_migrations/:content_migration_id/migration_issues/:id",
            MigrationIssueRoutes.update),
    ]

    private static let people: [Route] = [
        .course("GET /api/v1/courses/:course_id/users", CourseUserRoutes.list),
        .course("GET /api/v1/courses/:course_id/search_users", CourseUserRoutes.list),
        .course("GET /api/v1/courses/:course_id/recent_students", CourseUserRoutes.listRecent),
        .course("GET /api/v1/courses/:course_id/users/:id", CourseUserRoutes.show),
        .account("GET /api/v1/accounts/:account_id/users", CourseUserRoutes.listOfAccount),
        .course("GET /api/v1/courses/:course_id/enrollments", EnrollmentRoutes.list),
        .call("POST /api/v1/courses/:course_id/enrollments", EnrollmentRoutes.create),
        .course("DELETE /api/v1/courses/:course_id/enrollments/:id", EnrollmentRoutes.end),
        .course("PUT /api/v1/courses/:course_id/enrollments/:id/reactivate", EnrollmentRoutes.reactivate),
        .call("POST /api/v1/courses/:course_id/enrollments/:id/accept") {
            try await EnrollmentRoutes.answerInvitation(true, $0)
        },
        .call("POST /api/v1/courses/:course_id/enrollments/:id/reject") {
            try await EnrollmentRoutes.answerInvitation(false, $0)
        },
        .user("GET /api/v1/users/:user_id/enrollments", EnrollmentRoutes.listOfUser),
        .account("GET /api/v1/accounts/:account_id/enrollments/:id", EnrollmentRoutes.show),
        .account("POST /api/v1/accounts/:account_id/bulk_enrollment", BulkEnrollmentRoutes.create),
    ]

    private static let sections: [Route] = [
        .course("GET /api/v1/courses/:course_id/sections", SectionRoutes.list),
        .course("POST /api/v1/courses/:course_id/sections", SectionRoutes.create),
        .course("GET /api/v1/courses/:course_id/sections/:id", SectionRoutes.show),
        .course("GET /api/v1/sections/:id", of: SectionRoutes.course(ofSection: "id"), SectionRoutes.show),
        .course("PUT /api/v1/sections/:id", of: SectionRoutes.course(ofSection: "id"), SectionRoutes.update),
        .course(
            "DELETE /api/v1/sections/:id", of: SectionRoutes.course(ofSection: "id"), SectionRoutes.delete),
        .course(
            "POST /api/v1/sections/:id/crosslist/:new_course_id",
            of: SectionRoutes.course(ofSection: "id"), SectionRoutes.crossList),
        .course(
            "DELETE /api/v1/sections/:id/crosslist", of: SectionRoutes.course(ofSection: "id"),
            SectionRoutes.undoCrossListing),
        .course(
            "GET /api/v1/sections/:section_id/enrollments",
            of: SectionRoutes.course(ofSection: "section_id"), EnrollmentRoutes.listOfSection),
        .course(
            "POST /api/v1/sections/:section_id/enrollments",
            of: SectionRoutes.course(ofSection: "section_id"), EnrollmentRoutes.createInSection),
    ]
}
