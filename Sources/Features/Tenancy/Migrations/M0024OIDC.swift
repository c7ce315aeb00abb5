extension TenancyMigrations {
    /// Sign-in by a provider that an institution trusts (OpenID Connect), and whom it has let in.
    static let m0024OIDC = #"""
        CREATE TABLE oidc_providers (
            institution_id bigint PRIMARY KEY REFERENCES institutions (id),
            issuer text NOT NULL CHECK (length(issuer) BETWEEN 1 AND 1000),
            client_id text NOT NULL CHECK (length(client_id) BETWEEN 1 AND 500),
            -- Sealed with a key of the configuration; null for a public client.
            client_secret bytea,
            scopes text[] NOT NULL CHECK (cardinality(scopes) BETWEEN 1 AND 20),
            login_claim text NOT NULL CHECK (length(login_claim) BETWEEN 1 AND 100),
            creates_users boolean NOT NULL DEFAULT false,
            enabled boolean NOT NULL DEFAULT true,
            updated_at timestamptz NOT NULL DEFAULT now()
        );
        REVOKE ALL ON oidc_providers FROM cohort_app;
        ALTER TABLE oidc_providers ENABLE ROW LEVEL SECURITY;
        ALTER TABLE oidc_providers FORCE ROW LEVEL SECURITY;
        CREATE POLICY oidc_providers_tenant ON oidc_providers
            USING (institution_id = NULLIF(current_setting('cohort.institution', true), '')::bigint)
            WITH CHECK (institution_id = NULLIF(current_setting('cohort.institution', true), '')::bigint);
        GRANT SELECT, INSERT, DELETE ON oidc_providers TO cohort_app;
        GRANT UPDATE (issuer, client_id, client_secret, scopes, login_claim, creates_users, enabled, updated_at)
            ON oidc_providers TO cohort_app;

        -- Which user a provider's subject is. Made once, by the login; from then on the subject alone counts.
        CREATE TABLE oidc_links (
            institution_id bigint NOT NULL,
            issuer text NOT NULL,
            subject text NOT NULL CHECK (length(subject) BETWEEN 1 AND 255),
            user_id bigint NOT NULL,
            created_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (institution_id, issuer, subject),
            CONSTRAINT oidc_links_one_per_user UNIQUE (institution_id, issuer, user_id),
            FOREIGN KEY (institution_id, user_id) REFERENCES users (institution_id, id) ON DELETE CASCADE
        );
        REVOKE ALL ON oidc_links FROM cohort_app;
        CREATE INDEX oidc_links_by_user ON oidc_links (institution_id, user_id);
        ALTER TABLE oidc_links ENABLE ROW LEVEL SECURITY;
        ALTER TABLE oidc_links FORCE ROW LEVEL SECURITY;
        CREATE POLICY oidc_links_tenant ON oidc_links
            USING (institution_id = NULLIF(current_setting('cohort.institution', true), '')::bigint)
            WITH CHECK (institution_id = NULLIF(current_setting('cohort.institution', true), '')::bigint);
        GRANT SELECT, INSERT, DELETE ON oidc_links TO cohort_app;

        -- Attempts that came back from the provider: each does so once.
        CREATE TABLE oidc_states (
            institution_id bigint NOT NULL REFERENCES institutions (id) ON DELETE CASCADE,
            state_hash bytea NOT NULL CHECK (length(state_hash) = 32),
            used_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (institution_id, state_hash)
        );
        REVOKE ALL ON oidc_states FROM cohort_app;
        CREATE INDEX oidc_states_by_time ON oidc_states (institution_id, used_at);
        ALTER TABLE oidc_states ENABLE ROW LEVEL SECURITY;
        ALTER TABLE oidc_states FORCE ROW LEVEL SECURITY;
        CREATE POLICY oidc_states_tenant ON oidc_states
            USING (institution_id = NULLIF(current_setting('cohort.institution', true), '')::bigint)
            WITH CHECK (institution_id = NULLIF(current_setting('cohort.institution', true), '')::bigint);
        GRANT SELECT, INSERT, DELETE ON oidc_states TO cohort_app;
        """#
}
