extension TenancyMigrations {
    /// What was answered to requests that bear an `Idempotency-Key`.
    ///
    /// A row is written in the transaction of the change that it stands for: either both exist or neither does.
    static let m0004Repetitions = #"""
        CREATE TABLE idempotency_keys (
            institution_id bigint NOT NULL,
            user_id bigint NOT NULL,
            key text NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
            -- SHA-256 of the method, the path and the body.
            digest bytea NOT NULL CHECK (length(digest) = 32),
            created_at timestamptz NOT NULL DEFAULT now(),
            status int NOT NULL DEFAULT 0,
            location text,
            body bytea,
            PRIMARY KEY (institution_id, user_id, key),
            FOREIGN KEY (institution_id, user_id) REFERENCES users (institution_id, id) ON DELETE CASCADE
        );
        REVOKE ALL ON idempotency_keys FROM cohort_app;
        ALTER TABLE idempotency_keys ENABLE ROW LEVEL SECURITY;
        ALTER TABLE idempotency_keys FORCE ROW LEVEL SECURITY;
        CREATE POLICY idempotency_keys_tenant ON idempotency_keys
            USING (institution_id = NULLIF(current_setting('cohort.institution', true), '')::bigint)
            WITH CHECK (institution_id = NULLIF(current_setting('cohort.institution', true), '')::bigint);
        GRANT SELECT, INSERT, DELETE ON idempotency_keys TO cohort_app;
        GRANT UPDATE (status, location, body) ON idempotency_keys TO cohort_app;
        """#
}
