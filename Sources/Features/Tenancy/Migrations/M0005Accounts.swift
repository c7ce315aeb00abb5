extension TenancyMigrations {
    /// Accounts within an institution (schools, departments), their admins, and what else is known of users.
    ///
    /// Each institution has one account without a parent, its root, whose id is the institution's; ids of accounts come from
    /// the same sequence, so that they are unique in the deployment.
    static let m0005Accounts = #"""
        CREATE TABLE accounts (
            institution_id bigint NOT NULL REFERENCES institutions (id),
            id bigint NOT NULL DEFAULT nextval('institutions_id_seq'),
            parent_account_id bigint,
            -- From the root to the account itself.
            path bigint[] NOT NULL,
            name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
            sis_account_id text CHECK (length(sis_account_id) BETWEEN 1 AND 255),
            default_time_zone text NOT NULL DEFAULT 'Etc/UTC',
            workflow_state text NOT NULL DEFAULT 'active' CHECK (workflow_state IN ('active', 'deleted')),
            created_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (institution_id, id),
            CONSTRAINT accounts_sis_id UNIQUE (institution_id, sis_account_id),
            CHECK ((parent_account_id IS NULL) = (id = institution_id)),
            CHECK (path[1] = institution_id AND path[cardinality(path)] = id AND cardinality(path) <= 10),
            FOREIGN KEY (institution_id, parent_account_id) REFERENCES accounts (institution_id, id)
        );
        REVOKE ALL ON accounts FROM cohort_app;
        CREATE INDEX accounts_by_parent ON accounts (institution_id, parent_account_id, id);
        ALTER TABLE accounts ENABLE ROW LEVEL SECURITY;
        ALTER TABLE accounts FORCE ROW LEVEL SECURITY;
        CREATE POLICY accounts_tenant ON accounts
            USING (institution_id = NULLIF(current_setting('cohort.institution', true), '')::bigint)
            WITH CHECK (institution_id = NULLIF(current_setting('cohort.institution', true), '')::bigint);
        GRANT SELECT, INSERT ON accounts TO cohort_app;
        GRANT UPDATE (parent_account_id, path, name, sis_account_id, default_time_zone, workflow_state)
            ON accounts TO cohort_app;
        GRANT USAGE ON SEQUENCE institutions_id_seq TO cohort_app;

        -- Whoever makes an institution makes its root account; nobody has chosen an institution then.
        CREATE FUNCTION tenancy_make_root_account() RETURNS trigger
        LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
        AS $$
        DECLARE
            asked_in text := coalesce(current_setting('cohort.institution', true), '');
        BEGIN
            PERFORM set_config('cohort.institution', NEW.id::text, true);
            INSERT INTO accounts (institution_id, id, path, name)
            VALUES (NEW.id, NEW.id, ARRAY[NEW.id], NEW.name);
            PERFORM set_config('cohort.institution', asked_in, true);
            RETURN NULL;
        END
        $$;
        CREATE TRIGGER institutions_make_root_account AFTER INSERT ON institutions
            FOR EACH ROW EXECUTE FUNCTION tenancy_make_root_account();
        DO $$
        DECLARE
            place record;
        BEGIN
            FOR place IN SELECT id, name FROM institutions LOOP
                PERFORM set_config('cohort.institution', place.id::text, true);
                INSERT INTO accounts (institution_id, id, path, name)
                VALUES (place.id, place.id, ARRAY[place.id], place.name);
            END LOOP;
            PERFORM set_config('cohort.institution', '', true);
        END
        $$;

        -- Admins of accounts below the root; those of the root hold the role.
        CREATE TABLE account_admins (
            institution_id bigint NOT NULL,
            account_id bigint NOT NULL,
            user_id bigint NOT NULL,
            created_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (institution_id, user_id, account_id),
            CHECK (account_id <> institution_id),
            FOREIGN KEY (institution_id, account_id) REFERENCES accounts (institution_id, id),
            FOREIGN KEY (institution_id, user_id) REFERENCES users (institution_id, id) ON DELETE CASCADE
        );
        REVOKE ALL ON account_admins FROM cohort_app;
        CREATE INDEX account_admins_by_account ON account_admins (institution_id, account_id, user_id);
        ALTER TABLE account_admins ENABLE ROW LEVEL SECURITY;
        ALTER TABLE account_admins FORCE ROW LEVEL SECURITY;
        CREATE POLICY account_admins_tenant ON account_admins
            USING (institution_id = NULLIF(current_setting('cohort.institution', true), '')::bigint)
            WITH CHECK (institution_id = NULLIF(current_setting('cohort.institution', true), '')::bigint);
        GRANT SELECT, INSERT, DELETE ON account_admins TO cohort_app;
        CREATE TRIGGER account_admins_note_added AFTER INSERT ON account_admins
            REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION tenancy_note_revocations();
        CREATE TRIGGER account_admins_note_removed AFTER DELETE ON account_admins
            REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION tenancy_note_revocations();

        ALTER TABLE users
            ADD COLUMN sis_user_id text CHECK (length(sis_user_id) BETWEEN 1 AND 255),
            ADD COLUMN integration_id text CHECK (length(integration_id) BETWEEN 1 AND 255),
            ADD COLUMN email text CHECK (length(email) BETWEEN 3 AND 320),
            ADD COLUMN avatar_url text CHECK (length(avatar_url) BETWEEN 1 AND 2000),
            ADD COLUMN time_zone text,
            ADD COLUMN locale text,
            ADD COLUMN bio text CHECK (length(bio) <= 65536),
            ADD COLUMN title text CHECK (length(title) <= 255),
            -- Fields that somebody changed by hand, which an import leaves alone unless it is told otherwise.
            ADD COLUMN stuck_fields text[] NOT NULL DEFAULT '{}',
            ADD CONSTRAINT users_sis_id UNIQUE (institution_id, sis_user_id),
            ADD CONSTRAINT users_integration_id UNIQUE (institution_id, integration_id);
        GRANT UPDATE (sis_user_id, integration_id, email, avatar_url, time_zone, locale, bio, title, stuck_fields)
            ON users TO cohort_app;

        -- What users of an institution sign in with; of no others.
        CREATE FUNCTION tenancy_logins(wanted_users bigint[])
        RETURNS TABLE (user_id bigint, login text)
        LANGUAGE sql STABLE STRICT SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$
            SELECT u.id, p.login FROM users u JOIN people p ON p.id = u.person_id
            WHERE u.institution_id = NULLIF(current_setting('cohort.institution', true), '')::bigint
                AND u.id = ANY (wanted_users)
        $$;
        REVOKE ALL ON FUNCTION tenancy_logins(bigint[]) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION tenancy_logins(bigint[]) TO cohort_app;

        -- The user of an institution who signs in with a login; case does not count.
        CREATE FUNCTION tenancy_user_by_login(wanted_login text)
        RETURNS TABLE (user_id bigint)
        LANGUAGE sql STABLE STRICT SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$
            SELECT u.id FROM people p
            JOIN users u ON u.person_id = p.id
                AND u.institution_id = NULLIF(current_setting('cohort.institution', true), '')::bigint
            WHERE lower(p.login) = lower(wanted_login)
        $$;
        REVOKE ALL ON FUNCTION tenancy_user_by_login(text) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION tenancy_user_by_login(text) TO cohort_app;
        """#
}
