extension TenancyMigrations {
    /// What an access token is good for, and what changes of it its owner may make.
    static let m0021TokenScopes = #"""
        ALTER TABLE access_tokens
            -- Ways in, as `url:GET|/api/v1/courses/:id`; null for all.
            ADD COLUMN scopes text[] CHECK (cardinality(scopes) BETWEEN 1 AND 1000);
        GRANT SELECT (scopes) ON access_tokens TO cohort_app;
        GRANT UPDATE (purpose, expires_at, scopes) ON access_tokens TO cohort_app;

        -- What a token may no more do, or not for so long, is looked at again like one that is gone.
        CREATE FUNCTION tenancy_note_user_revocation() RETURNS trigger
        LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
        AS $$
        BEGIN
            INSERT INTO revocations (institution_id, user_id) VALUES (NEW.institution_id, NEW.user_id)
            ON CONFLICT (institution_id, user_id) DO UPDATE SET changed = excluded.changed;
            RETURN NULL;
        END
        $$;
        CREATE TRIGGER access_tokens_note_changed AFTER UPDATE OF expires_at, scopes ON access_tokens
            FOR EACH ROW WHEN (OLD.scopes IS DISTINCT FROM NEW.scopes OR OLD.expires_at IS DISTINCT FROM NEW.expires_at)
            EXECUTE FUNCTION tenancy_note_user_revocation();

        -- Another result is another function; callers name its columns, so that older nodes go on.
        DROP FUNCTION tenancy_access_token(bigint, bytea);
        CREATE FUNCTION tenancy_access_token(wanted_institution bigint, wanted_hash bytea)
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
                AND u.workflow_state = 'registered' AND i.workflow_state = 'active'
        $$;
        REVOKE ALL ON FUNCTION tenancy_access_token(bigint, bytea) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION tenancy_access_token(bigint, bytea) TO cohort_app;
        """#
}
