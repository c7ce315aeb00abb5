extension TenancyMigrations {
    /// What happened to people's ways in and to what they may: written once, never changed.
    ///
    /// Roles, access tokens, links between parents and children, and an institution's state are noted by triggers within the
    /// transaction that changes them, whoever does it; who asks stands in the setting `cohort.origin` (see ``AuditOrigin``).
    /// Users are named by ids alone and without foreign keys: what happened stays true when they are gone.
    static let m0020Audit = #"""
        CREATE TABLE audit_events (
            institution_id bigint NOT NULL REFERENCES institutions (id),
            id bigint GENERATED ALWAYS AS IDENTITY,
            -- When it was written; whole milliseconds, so that a page's bookmark is exact.
            at timestamptz NOT NULL DEFAULT date_trunc('milliseconds', clock_timestamp()),
            kind text NOT NULL CHECK (kind ~ '^[a-z][a-z_]*(\.[a-z][a-z_]*)*$' AND length(kind) <= 64),
            -- Null for whoever is no user of the institution: a stranger, the operator's commands.
            actor_id bigint,
            subject_id bigint,
            remote_address text CHECK (length(remote_address) <= 64),
            request_id text CHECK (length(request_id) <= 64),
            details jsonb NOT NULL DEFAULT '{}'
                CHECK (jsonb_typeof(details) = 'object' AND length(details::text) <= 4096),
            PRIMARY KEY (institution_id, id)
        );
        REVOKE ALL ON audit_events FROM cohort_app;
        CREATE INDEX audit_events_by_time ON audit_events (institution_id, at, id);
        CREATE INDEX audit_events_by_kind ON audit_events (institution_id, kind, at, id);
        CREATE INDEX audit_events_by_actor ON audit_events (institution_id, actor_id, at, id);
        CREATE INDEX audit_events_by_subject ON audit_events (institution_id, subject_id, at, id);
        ALTER TABLE audit_events ENABLE ROW LEVEL SECURITY;
        ALTER TABLE audit_events FORCE ROW LEVEL SECURITY;
        CREATE POLICY audit_events_tenant ON audit_events
            USING (institution_id = NULLIF(current_setting('cohort.institution', true), '')::bigint)
            WITH CHECK (institution_id = NULLIF(current_setting('cohort.institution', true), '')::bigint);
        GRANT SELECT, INSERT ON audit_events TO cohort_app;

        -- Who asks, as the transaction says: {"actor", "address", "request"}; empty for the operator's commands.
        CREATE FUNCTION tenancy_audit_origin() RETURNS jsonb
        LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp
        AS $$ SELECT coalesce(NULLIF(current_setting('cohort.origin', true), '')::jsonb, '{}') $$;

        CREATE FUNCTION tenancy_audit_roles() RETURNS trigger
        LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
        AS $$
        DECLARE
            origin jsonb := tenancy_audit_origin();
        BEGIN
            INSERT INTO audit_events (institution_id, kind, actor_id, subject_id, remote_address, request_id, details)
            SELECT t.institution_id, TG_ARGV[0], (origin->>'actor')::bigint, t.user_id, origin->>'address',
                origin->>'request', jsonb_build_object('role', t.role)
            FROM touched t ORDER BY t.user_id, t.role;
            RETURN NULL;
        END
        $$;
        CREATE TRIGGER user_roles_audit_added AFTER INSERT ON user_roles
            REFERENCING NEW TABLE AS touched
            FOR EACH STATEMENT EXECUTE FUNCTION tenancy_audit_roles('role.granted');
        CREATE TRIGGER user_roles_audit_removed AFTER DELETE ON user_roles
            REFERENCING OLD TABLE AS touched
            FOR EACH STATEMENT EXECUTE FUNCTION tenancy_audit_roles('role.taken');

        CREATE FUNCTION tenancy_audit_account_admins() RETURNS trigger
        LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
        AS $$
        DECLARE
            origin jsonb := tenancy_audit_origin();
        BEGIN
            INSERT INTO audit_events (institution_id, kind, actor_id, subject_id, remote_address, request_id, details)
            SELECT t.institution_id, TG_ARGV[0], (origin->>'actor')::bigint, t.user_id, origin->>'address',
                origin->>'request', jsonb_build_object('role', 'account_admin', 'account_id', t.account_id)
            FROM touched t ORDER BY t.user_id, t.account_id;
            RETURN NULL;
        END
        $$;
        CREATE TRIGGER account_admins_audit_added AFTER INSERT ON account_admins
            REFERENCING NEW TABLE AS touched
            FOR EACH STATEMENT EXECUTE FUNCTION tenancy_audit_account_admins('role.granted');
        CREATE TRIGGER account_admins_audit_removed AFTER DELETE ON account_admins
            REFERENCING OLD TABLE AS touched
            FOR EACH STATEMENT EXECUTE FUNCTION tenancy_audit_account_admins('role.taken');

        CREATE FUNCTION tenancy_audit_tokens() RETURNS trigger
        LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
        AS $$
        DECLARE
            origin jsonb := tenancy_audit_origin();
        BEGIN
            INSERT INTO audit_events (institution_id, kind, actor_id, subject_id, remote_address, request_id, details)
            SELECT t.institution_id, TG_ARGV[0], (origin->>'actor')::bigint, t.user_id, origin->>'address',
                origin->>'request', jsonb_build_object('token_id', t.id)
            FROM touched t ORDER BY t.id;
            RETURN NULL;
        END
        $$;
        CREATE TRIGGER access_tokens_audit_added AFTER INSERT ON access_tokens
            REFERENCING NEW TABLE AS touched
            FOR EACH STATEMENT EXECUTE FUNCTION tenancy_audit_tokens('token.created');
        CREATE TRIGGER access_tokens_audit_removed AFTER DELETE ON access_tokens
            REFERENCING OLD TABLE AS touched
            FOR EACH STATEMENT EXECUTE FUNCTION tenancy_audit_tokens('token.revoked');

        CREATE FUNCTION tenancy_audit_parents() RETURNS trigger
        LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
        AS $$
        DECLARE
            origin jsonb := tenancy_audit_origin();
        BEGIN
            INSERT INTO audit_events (institution_id, kind, actor_id, subject_id, remote_address, request_id, details)
            SELECT t.institution_id, TG_ARGV[0], (origin->>'actor')::bigint, t.child_id, origin->>'address',
                origin->>'request', jsonb_build_object('parent_id', t.parent_id)
            FROM touched t ORDER BY t.child_id, t.parent_id;
            RETURN NULL;
        END
        $$;
        CREATE TRIGGER observer_links_audit_added AFTER INSERT ON observer_links
            REFERENCING NEW TABLE AS touched
            FOR EACH STATEMENT EXECUTE FUNCTION tenancy_audit_parents('parent.linked');
        CREATE TRIGGER observer_links_audit_removed AFTER DELETE ON observer_links
            REFERENCING OLD TABLE AS touched
            FOR EACH STATEMENT EXECUTE FUNCTION tenancy_audit_parents('parent.unlinked');

        -- An institution is changed by whoever stands above all of them, for whom no institution is chosen.
        CREATE FUNCTION tenancy_audit_institution_state() RETURNS trigger
        LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
        AS $$
        DECLARE
            asked_in text := coalesce(current_setting('cohort.institution', true), '');
        BEGIN
            PERFORM set_config('cohort.institution', NEW.id::text, true);
            INSERT INTO audit_events (institution_id, kind)
            VALUES (NEW.id, CASE NEW.workflow_state
                WHEN 'suspended' THEN 'institution.suspended' ELSE 'institution.activated' END);
            PERFORM set_config('cohort.institution', asked_in, true);
            RETURN NULL;
        END
        $$;
        CREATE TRIGGER institutions_audit_state AFTER UPDATE OF workflow_state ON institutions
            FOR EACH ROW WHEN (OLD.workflow_state IS DISTINCT FROM NEW.workflow_state)
            EXECUTE FUNCTION tenancy_audit_institution_state();
        """#
}
