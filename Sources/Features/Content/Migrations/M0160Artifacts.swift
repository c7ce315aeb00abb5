extension ContentMigrations {
    /// What the program makes for one user to fetch, and the removal of what nobody names any more.
    ///
    /// An artifact's id comes from the files' sequence: a signed link names either by its id.
    static let m0160Artifacts = #"""
        CREATE TABLE artifacts (
            institution_id bigint NOT NULL REFERENCES institutions (id),
            id bigint NOT NULL DEFAULT nextval('files_id_seq'),
            user_id bigint NOT NULL,
            filename text NOT NULL CHECK (octet_length(filename) BETWEEN 1 AND 255),
            content_type text NOT NULL CHECK (octet_length(content_type) BETWEEN 1 AND 255),
            size bigint NOT NULL CHECK (size >= 0),
            sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
            created_at timestamptz NOT NULL DEFAULT now(),
            expires_at timestamptz NOT NULL,
            PRIMARY KEY (institution_id, id),
            FOREIGN KEY (institution_id, user_id) REFERENCES users (institution_id, id)
        );
        REVOKE ALL ON artifacts FROM cohort_app;
        CREATE INDEX artifacts_by_user ON artifacts (institution_id, user_id);
        CREATE INDEX artifacts_by_content ON artifacts (institution_id, sha256);
        ALTER TABLE artifacts ENABLE ROW LEVEL SECURITY;
        ALTER TABLE artifacts FORCE ROW LEVEL SECURITY;
        CREATE POLICY artifacts_tenant ON artifacts
            USING (institution_id = NULLIF(current_setting('cohort.institution', true), '')::bigint)
            WITH CHECK (institution_id = NULLIF(current_setting('cohort.institution', true), '')::bigint);
        GRANT SELECT, INSERT, DELETE, UPDATE (expires_at) ON artifacts TO cohort_app;
        GRANT USAGE ON SEQUENCE files_id_seq TO cohort_app;

        GRANT DELETE ON files, folders, content_usage TO cohort_app;
        CREATE INDEX files_removed ON files (institution_id, updated_at) WHERE workflow_state = 'deleted';
        """#
}
