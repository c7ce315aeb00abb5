extension TenancyMigrations {
    /// Under which name institutions are reached, and what operators do to them.
    ///
    /// The application may not change institutions but through these functions: an admin's request renames the chosen one;
    /// suspending and host names are for the operators' commands, which choose none.
    static let m0006Hosts = #"""
        ALTER TABLE institutions
            ADD COLUMN host text CHECK (host = lower(host) AND length(host) BETWEEN 1 AND 253 AND host !~ '[/:@ ]'),
            ADD CONSTRAINT institutions_host UNIQUE (host);

        CREATE FUNCTION tenancy_rename_institution(new_name text) RETURNS void
        LANGUAGE sql STRICT SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$
            UPDATE institutions SET name = new_name
            WHERE id = NULLIF(current_setting('cohort.institution', true), '')::bigint
        $$;
        REVOKE ALL ON FUNCTION tenancy_rename_institution(text) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION tenancy_rename_institution(text) TO cohort_app;

        CREATE FUNCTION tenancy_set_institution_state(wanted bigint, new_state text) RETURNS SETOF bigint
        LANGUAGE sql STRICT SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$
            UPDATE institutions SET workflow_state = new_state
            WHERE id = wanted AND coalesce(current_setting('cohort.institution', true), '') = ''
            RETURNING id
        $$;
        REVOKE ALL ON FUNCTION tenancy_set_institution_state(bigint, text) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION tenancy_set_institution_state(bigint, text) TO cohort_app;

        CREATE FUNCTION tenancy_set_institution_host(wanted bigint, new_host text) RETURNS SETOF bigint
        LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$
            UPDATE institutions SET host = new_host
            WHERE id = wanted AND coalesce(current_setting('cohort.institution', true), '') = ''
            RETURNING id
        $$;
        REVOKE ALL ON FUNCTION tenancy_set_institution_host(bigint, text) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION tenancy_set_institution_host(bigint, text) TO cohort_app;
        """#
}
