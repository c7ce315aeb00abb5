extension TenancyMigrations {
    /// Whose credentials or roles may be less than before.
    ///
    /// Written by triggers within the transaction that takes something away, whoever does it: open connections are
    /// looked at again because of these rows, and need not all be asked about every two seconds.
    static let m0003Revocations = #"""
        -- One row per user, with the last transaction that changed something; user 0 stands for everybody there.
        CREATE TABLE revocations (
            institution_id bigint NOT NULL REFERENCES institutions (id) ON DELETE CASCADE,
            user_id bigint NOT NULL,
            changed xid8 NOT NULL DEFAULT pg_current_xact_id(),
            PRIMARY KEY (institution_id, user_id)
        );
        REVOKE ALL ON revocations FROM cohort_app;
        CREATE INDEX revocations_changed ON revocations (institution_id, changed);
        ALTER TABLE revocations ENABLE ROW LEVEL SECURITY;
        ALTER TABLE revocations FORCE ROW LEVEL SECURITY;
        CREATE POLICY revocations_tenant ON revocations
            USING (institution_id = NULLIF(current_setting('cohort.institution', true), '')::bigint)
            WITH CHECK (institution_id = NULLIF(current_setting('cohort.institution', true), '')::bigint);
        GRANT SELECT, INSERT, UPDATE (changed) ON revocations TO cohort_app;

        -- Of rows that name a user. In the order of users, so that two transactions cannot wait for each other.
        CREATE FUNCTION tenancy_note_revocations() RETURNS trigger
        LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
        AS $$
        BEGIN
            INSERT INTO revocations (institution_id, user_id)
            SELECT DISTINCT institution_id, user_id FROM touched ORDER BY institution_id, user_id
            ON CONFLICT (institution_id, user_id) DO UPDATE SET changed = excluded.changed;
            RETURN NULL;
        END
        $$;
        CREATE TRIGGER sessions_note_revocations AFTER DELETE ON sessions
            REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION tenancy_note_revocations();
        CREATE TRIGGER access_tokens_note_revocations AFTER DELETE ON access_tokens
            REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION tenancy_note_revocations();
        CREATE TRIGGER user_roles_note_added AFTER INSERT ON user_roles
            REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION tenancy_note_revocations();
        CREATE TRIGGER user_roles_note_removed AFTER DELETE ON user_roles
            REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION tenancy_note_revocations();

        CREATE FUNCTION tenancy_note_user_state() RETURNS trigger
        LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
        AS $$
        BEGIN
            INSERT INTO revocations (institution_id, user_id) VALUES (NEW.institution_id, NEW.id)
            ON CONFLICT (institution_id, user_id) DO UPDATE SET changed = excluded.changed;
            RETURN NULL;
        END
        $$;
        CREATE TRIGGER users_note_state AFTER UPDATE OF workflow_state ON users
            FOR EACH ROW WHEN (OLD.workflow_state IS DISTINCT FROM NEW.workflow_state)
            EXECUTE FUNCTION tenancy_note_user_state();

        -- An institution is changed by whoever stands above all of them, for whom no institution is chosen.
        CREATE FUNCTION tenancy_note_institution_state() RETURNS trigger
        LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
        AS $$
        DECLARE
            asked_in text := coalesce(current_setting('cohort.institution', true), '');
        BEGIN
            PERFORM set_config('cohort.institution', NEW.id::text, true);
            INSERT INTO revocations (institution_id, user_id) VALUES (NEW.id, 0)
            ON CONFLICT (institution_id, user_id) DO UPDATE SET changed = excluded.changed;
            PERFORM set_config('cohort.institution', asked_in, true);
            RETURN NULL;
        END
        $$;
        CREATE TRIGGER institutions_note_state AFTER UPDATE OF workflow_state ON institutions
            FOR EACH ROW WHEN (OLD.workflow_state IS DISTINCT FROM NEW.workflow_state)
            EXECUTE FUNCTION tenancy_note_institution_state();
        """#
}
