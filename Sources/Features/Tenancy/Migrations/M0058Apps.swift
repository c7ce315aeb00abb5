extension TenancyMigrations {
    /// When an app's tokens are good, in one place: tokens of no app, and those of an app whose key is active.
    static let m0058Apps = #"""
        -- PL/pgSQL keeps the plan for the session, which SQL would make anew in each query.
        CREATE FUNCTION tenancy_app_is_on(wanted_institution bigint, wanted_key bigint) RETURNS boolean
        LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp
        AS $$
        BEGIN
            RETURN wanted_key IS NULL OR EXISTS (
                SELECT 1 FROM developer_keys k
                WHERE k.institution_id = wanted_institution AND k.id = wanted_key AND k.workflow_state = 'active');
        END
        $$;
        REVOKE ALL ON FUNCTION tenancy_app_is_on(bigint, bigint) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION tenancy_app_is_on(bigint, bigint) TO cohort_app;

        CREATE OR REPLACE FUNCTION tenancy_access_token(wanted_institution bigint, wanted_hash bytea)
        RETURNS TABLE (
            token_id bigint, last_used_at timestamptz, expires_at timestamptz,
            user_id bigint, person_id bigint, user_name text, login text, roles text[], scopes text[])
        LANGUAGE sql STABLE STRICT SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$
            SELECT t.id, t.last_used_at, t.expires_at, u.id, u.person_id, u.name, p.login,
                ARRAY(
                    SELECT r.role FROM user_roles r
                    WHERE r.institution_id = u.institution_id AND r.user_id = u.id ORDER BY r.role),
                t.scopes
            FROM access_tokens t
            JOIN users u ON u.institution_id = t.institution_id AND u.id = t.user_id
            JOIN people p ON p.id = u.person_id
            JOIN institutions i ON i.id = t.institution_id
            WHERE t.institution_id = wanted_institution AND t.token_hash = wanted_hash
                AND t.institution_id = NULLIF(current_setting('cohort.institution', true), '')::bigint
                AND (t.expires_at IS NULL OR t.expires_at > now())
                AND tenancy_app_is_on(t.institution_id, t.developer_key_id)
                AND u.workflow_state = 'registered' AND i.workflow_state = 'active'
        $$;
        """#
}
