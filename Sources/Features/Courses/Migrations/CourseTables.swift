package import Postgres

/// What this feature's tables are to people's privacy.
///
/// Pages and announcements are the institution's teaching material and stay under a pseudonym; what people said to each other
/// goes.
package enum CourseTables {
    /// All of them.
    package static let all: [TableDeclaration] = [
        .impersonal("enrollment_terms"),
        .impersonal("courses"),
        .impersonal("sections"),
        .personal(
            "enrollments", people: ["user_id", "associated_user_id"], condition: "user_id = $2",
            erasure: .blank([.init("last_activity_at", "NULL")])),
        .personal(
            "pages", people: ["edited_by"], erasure: .keep("The institution's teaching material.")),
        .impersonal("page_urls"),
        .personal(
            "page_revisions", people: ["edited_by"], erasure: .keep("The institution's teaching material.")),
        .personal(
            "discussion_topics", people: ["author_id"],
            erasure: .statement(
                """
                UPDATE discussion_topics SET title = 'Erased', message = ''
                WHERE institution_id = $1 AND id = ANY (ARRAY(
                    SELECT id FROM discussion_topics
                    WHERE institution_id = $1 AND author_id = $2 AND NOT is_announcement
                        AND (title <> 'Erased' OR message <> '')
                    LIMIT $3))
                """)),
        .personal(
            "discussion_entries", people: ["author_id", "editor_id"], others: ["parent_id"],
            condition: "author_id = $2",
            erasure: .blank([
                .init("message", "''"), .init("deleted_at", "coalesce(deleted_at, now())"),
            ])),
        .personal("discussion_reads", people: ["user_id"], erasure: .delete),
        .personal("discussion_entry_marks", people: ["user_id"], erasure: .delete),
        .personal("discussion_ratings", people: ["user_id"], erasure: .delete),
        .personal(
            "content_migrations", people: ["user_id"],
            erasure: .keep("Which course was copied when; whoever asked is a pseudonym.")),
        .impersonal("content_copies"),
        .impersonal("migration_issues"),
        .personal(
            "account_notifications", people: ["user_id"], others: ["subject"],
            erasure: .keep("What the institution told everybody.")
        ),
        .personal("account_notification_closings", people: ["user_id"], erasure: .delete),
        .impersonal("modules"),
        .impersonal("module_items"),
        .personal(
            "module_item_progress", people: ["user_id"],
            erasure: .keep("How far a pseudonym got: part of the record of results.")),
        .personal(
            "module_progressions", people: ["user_id"],
            erasure: .keep("How far a pseudonym got: part of the record of results.")),
    ]
}
