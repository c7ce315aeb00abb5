package import Postgres

/// What this feature's tables are to people's privacy.
package enum TenancyTables {
    /// What an erased user is called.
    package static let erasedName = "Erased user"

    /// Ways in: the application may not read whole rows of them.
    private static func ways(_ table: String) -> TableDeclaration.Erasure {
        .statement(
            """
            DELETE FROM \(table) WHERE institution_id = $1 AND id = ANY (ARRAY(
                SELECT id FROM \(table) WHERE institution_id = $1 AND user_id = $2 LIMIT $3))
            """)
    }

    /// All of them.
    package static let all: [TableDeclaration] = [
        .global("institutions", "Names the tenants; the export's manifest tells what it says of its own."),
        .global(
            "people", people: ["id"],
            "Login and password of a person, who may have users elsewhere: goes by privacy_detach_person with the last."
        ),
        .global(
            "person_institutions", people: ["person_id"],
            "Where a person has users: goes by privacy_detach_person."),
        .global(
            "person_addresses", people: ["person_id"],
            "Addresses for letters about passwords: go by privacy_detach_person."),
        .global("cohort_migrations", "The schema's history."),
        .global("shard_identity", "Which database this is."),
        .global("institution_shards", "The routing table: in which database an institution lives."),
        .global(
            "person_shards", people: ["person_id"],
            "In which databases a person may have users; goes with the person."),
        .global(
            "people_left", people: ["person_id"],
            "Ids of people who have left this database; nobody has them."),
        .impersonal("accounts", others: ["parent_account_id"]),
        .personal(
            "users", people: ["id"], others: ["person_id", "sis_user_id"], secrets: ["person_id"],
            erasure: .blank([
                .init("name", "'\(erasedName)'"), .init("sortable_name", "'\(erasedName)'"),
                .init("short_name", "'\(erasedName)'"), .init("workflow_state", "'deleted'"),
                .init("sis_user_id", "NULL"), .init("integration_id", "NULL"), .init("email", "NULL"),
                .init("avatar_url", "NULL"), .init("time_zone", "NULL"), .init("locale", "NULL"),
                .init("bio", "NULL"), .init("title", "NULL"), .init("stuck_fields", "'{}'::text[]"),
            ])),
        .impersonal("course_roles"),
        .personal("user_roles", people: ["user_id"], erasure: .delete),
        .personal("account_admins", people: ["user_id"], erasure: .delete),
        .personal(
            "sessions", people: ["user_id"], secrets: ["token_hash", "csrf"], erasure: ways("sessions"),
            institutionExport: .nothing("Ends in days, and opens nothing elsewhere.")),
        .personal(
            "access_tokens", people: ["user_id"], secrets: ["token_hash"], erasure: ways("access_tokens"),
            institutionExport: .nothing("Opens nothing elsewhere.")),
        .personal("observer_links", people: ["parent_id", "child_id"], erasure: .delete),
        .personal(
            "pairing_codes", people: ["child_id"], secrets: ["code_hash"], erasure: .delete,
            institutionExport: .nothing("Good for a week at most.")),
        .personal(
            "revocations", people: ["user_id"], erasure: .keep("An id and a transaction's number."),
            institutionExport: .nothing("Tells nodes what to look at again.")),
        .personal(
            "idempotency_keys", people: ["user_id"], secrets: ["digest", "body", "key", "location"],
            erasure: .delete, institutionExport: .nothing("Answers to repeated requests, for a day.")),
        .personal(
            "audit_events", people: ["actor_id", "subject_id"],
            guarded: [
                .init("remote_address", "actor_id = $2"), .init("request_id", "actor_id = $2"),
                .init("actor_id", "actor_id = $2"),
            ],
            erasure: .keep(
                "What happened stays, by ids; addresses go by privacy_blind_audit, which alone may change a row."
            )),
        .impersonal("oidc_providers", secrets: ["client_secret"]),
        .personal("oidc_links", people: ["user_id"], others: ["subject"], erasure: .delete),
        .impersonal(
            "oidc_states", secrets: ["state_hash"],
            institutionExport: .nothing("Attempts to sign in, for minutes.")),
    ]
}
