/// What of the database stands outside of the rule "every row belongs to one institution, and row-level security shows
/// it to nobody else".
///
/// This list is reviewed: a table or a definer function that is neither tenant data behind a forced policy nor named
/// here fails the test that walks the whole schema.
package enum TenancyExceptions {
    /// Tables without an institution's policy, each with its reason.
    package static let globalTables: [String: String] = [
        "institutions": "Names the tenants themselves; holds nothing of what belongs to them.",
        "people": "A person signs in before any institution is chosen. The application has no grant on it.",
        "person_institutions":
            "Sign-in asks where a person has users before one is chosen. The application has no grant on it.",
        "person_addresses":
            "A forgotten password is asked for before any institution is chosen. The application has no grant on it.",
        "institution_shards":
            "The routing table: which database has an institution's rows. It is asked before one is chosen.",
        "person_shards":
            "Sign-in asks in which databases a person has users before one is chosen. The application has no grant on it.",
        "people_left": "Ids of people who have left this database. The application has no grant on it.",
        "shard_identity": "One row: which of the deployment's databases this is.",
        "cohort_migrations": "Numbers and checksums of the schema's migrations; no tenant's data.",
    ]

    /// Functions that run with their owner's rights, each with its reason.
    package static let definerFunctions: [String: String] = [
        "tenancy_note_institutions": "A trigger: writes which institutions a new user's person belongs to.",
        "tenancy_person_by_login": "One person by an exact login, before any institution is chosen.",
        "tenancy_users_of_person": "Sign-in and switching: one person's users over all institutions.",
        "tenancy_create_people": "Makes people by login and gives their ids; reads back nothing else.",
        "tenancy_session": "A cookie's session within the institution that the cookie names, with the login.",
        "tenancy_access_token":
            "A bearer's token within the institution that the token names, with the login.",
        "tenancy_rename_institution": "Renames the chosen institution, for its admins.",
        "tenancy_set_institution_state":
            "Suspends and resumes, for operators' commands; not within an institution.",
        "tenancy_set_institution_host":
            "Sets a host name, for operators' commands; not within an institution.",
        "tenancy_logins": "What users of the chosen institution sign in with, for its admins.",
        "tenancy_note_address": "A trigger: writes which addresses institutions hold of a person.",
        "tenancy_reset_people": "A forgotten password: the few people behind one login or address.",
        "tenancy_reset_person": "A forgotten password: the one person that a link of ours names.",
        "tenancy_set_password":
            "A forgotten password: changes one that is still the known one, and ends the person's sessions everywhere.",
        "tenancy_place_institution":
            "Writes into the routing table where a new institution lives, for operators' commands; not within an institution.",
        "tenancy_shards_of_person":
            "Sign-in and switching: in which other databases a person may have users.",
        "tenancy_claim_people":
            "Makes people for an institution of another database and notes where they may have users.",
        "tenancy_mirror_people": "Notes people whom home has made; home itself refuses it.",
        "tenancy_reset_places": "A forgotten password: where the one person is that a look-up found.",
        "tenancy_end_person": "A changed password: ends one person's sessions in this database.",
        "tenancy_due_ends": "A changed password: whose sessions another database has yet to end.",
        "tenancy_did_end": "A changed password: another database has ended a person's sessions.",
        "tenancy_claims_in_doubt":
            "Erasure: of whom another database is to be asked whether they have left it.",
        "tenancy_due_departures": "Erasure: who has left this database since home last heard.",
        "tenancy_close_departure":
            "Erasure: says whether a person has no user in this database, and holds it so for claims known till then.",
        "tenancy_settle_departure":
            "Erasure: home notes that a person has left another database; whoever is nowhere any more goes.",
        "tenancy_did_depart": "Erasure: home has heard who has left this database.",
        "privacy_detach_person":
            "Takes an erased user of the chosen institution off their person, who goes with the last of their users.",
        "privacy_blind_audit":
            "Takes addresses out of the append-only audit log, for a user of the chosen institution who is deleted.",
        "privacy_sweep_audit":
            "Removes what is older than the chosen institution keeps; thirty days at least.",
        "tenancy_sign_in": "Sign-in: the passwords of one exact login, before any institution is chosen.",
        "tenancy_give_passwords": "Sets the passwords of the chosen institution's users, good there alone.",
        "tenancy_join_passwords": "Sign-in: makes passwords one that somebody has shown to be the same.",
        "tenancy_own_password": "Switching: a person's password in the chosen institution, as it is stored.",
        "tenancy_password_places": "Switching: where in this database a person's password is that very one.",
        "tenancy_passwords_of": "What a letter's link is bound to; the application may not call it.",
        "tenancy_user_by_login": "The user of the chosen institution who signs in with a login.",
    ]
}
