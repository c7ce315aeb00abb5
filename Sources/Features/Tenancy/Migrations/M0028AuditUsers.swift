extension TenancyMigrations {
    /// The audit log hears of users, accounts and institutions that are made, changed and removed.
    static let m0028AuditUsers = #"""
        CREATE FUNCTION tenancy_audit_users_made() RETURNS trigger
        LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
        AS $$
        DECLARE
            origin jsonb := tenancy_audit_origin();
        BEGIN
            INSERT INTO audit_events (institution_id, kind, actor_id, subject_id, remote_address, request_id)
            SELECT t.institution_id, 'user.created', (origin->>'actor')::bigint, t.id, origin->>'address',
                origin->>'request'
            FROM touched t ORDER BY t.id;
            RETURN NULL;
        END
        $$;
        CREATE TRIGGER users_audit_made AFTER INSERT ON users
            REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION tenancy_audit_users_made();

        -- Which fields, never what is in them.
        CREATE FUNCTION tenancy_audit_user() RETURNS trigger
        LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
        AS $$
        DECLARE
            origin jsonb := tenancy_audit_origin();
            fields text[] := array_remove(ARRAY[
                CASE WHEN OLD.name IS DISTINCT FROM NEW.name THEN 'name' END,
                CASE WHEN OLD.email IS DISTINCT FROM NEW.email THEN 'email' END,
                CASE WHEN OLD.sis_user_id IS DISTINCT FROM NEW.sis_user_id THEN 'sis_user_id' END,
                CASE WHEN OLD.integration_id IS DISTINCT FROM NEW.integration_id THEN 'integration_id' END], NULL);
        BEGIN
            INSERT INTO audit_events (institution_id, kind, actor_id, subject_id, remote_address, request_id, details)
            SELECT NEW.institution_id, k.kind, (origin->>'actor')::bigint, NEW.id, origin->>'address',
                origin->>'request', k.details
            FROM (
                SELECT CASE
                        WHEN NEW.workflow_state = 'deleted' THEN 'user.deleted'
                        WHEN NEW.workflow_state = 'suspended' THEN 'user.suspended'
                        WHEN OLD.workflow_state = 'deleted' THEN 'user.created'
                        ELSE 'user.unsuspended' END AS kind, '{}'::jsonb AS details
                WHERE OLD.workflow_state IS DISTINCT FROM NEW.workflow_state
                UNION ALL
                SELECT 'user.changed', jsonb_build_object('fields', to_jsonb(fields))
                WHERE cardinality(fields) > 0 AND OLD.workflow_state IS NOT DISTINCT FROM NEW.workflow_state
            ) k;
            RETURN NULL;
        END
        $$;
        CREATE TRIGGER users_audit_changed AFTER UPDATE ON users
            FOR EACH ROW WHEN (
                OLD.workflow_state IS DISTINCT FROM NEW.workflow_state OR OLD.name IS DISTINCT FROM NEW.name
                OR OLD.email IS DISTINCT FROM NEW.email OR OLD.sis_user_id IS DISTINCT FROM NEW.sis_user_id
                OR OLD.integration_id IS DISTINCT FROM NEW.integration_id)
            EXECUTE FUNCTION tenancy_audit_user();

        CREATE FUNCTION tenancy_audit_account() RETURNS trigger
        LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
        AS $$
        DECLARE
            origin jsonb := tenancy_audit_origin();
        BEGIN
            INSERT INTO audit_events (institution_id, kind, actor_id, remote_address, request_id, details)
            VALUES (NEW.institution_id,
                CASE WHEN TG_OP = 'INSERT' THEN 'account.created'
                    WHEN NEW.workflow_state = 'deleted' AND OLD.workflow_state <> 'deleted' THEN 'account.deleted'
                    WHEN NEW.workflow_state <> 'deleted' AND OLD.workflow_state = 'deleted' THEN 'account.created'
                    ELSE 'account.changed' END,
                (origin->>'actor')::bigint, origin->>'address', origin->>'request',
                jsonb_build_object('account_id', NEW.id));
            RETURN NULL;
        END
        $$;
        CREATE TRIGGER accounts_audit_made AFTER INSERT ON accounts
            FOR EACH ROW WHEN (NEW.parent_account_id IS NOT NULL) EXECUTE FUNCTION tenancy_audit_account();
        CREATE TRIGGER accounts_audit_changed AFTER UPDATE ON accounts
            FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION tenancy_audit_account();

        -- Names come by an admin's request, which has chosen the institution; hosts by the operator, who chooses none.
        CREATE FUNCTION tenancy_audit_institution() RETURNS trigger
        LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
        AS $$
        DECLARE
            asked_in text := coalesce(current_setting('cohort.institution', true), '');
            origin jsonb := tenancy_audit_origin();
        BEGIN
            PERFORM set_config('cohort.institution', NEW.id::text, true);
            INSERT INTO audit_events (institution_id, kind, actor_id, remote_address, request_id, details)
            VALUES (NEW.id, 'institution.changed', (origin->>'actor')::bigint, origin->>'address', origin->>'request',
                jsonb_build_object('fields', to_jsonb(array_remove(ARRAY[
                    CASE WHEN OLD.name IS DISTINCT FROM NEW.name THEN 'name' END,
                    CASE WHEN OLD.accent IS DISTINCT FROM NEW.accent THEN 'accent' END,
                    CASE WHEN OLD.host IS DISTINCT FROM NEW.host THEN 'host' END], NULL))));
            PERFORM set_config('cohort.institution', asked_in, true);
            RETURN NULL;
        END
        $$;
        CREATE TRIGGER institutions_audit_changed AFTER UPDATE ON institutions
            FOR EACH ROW WHEN (OLD.name IS DISTINCT FROM NEW.name OR OLD.accent IS DISTINCT FROM NEW.accent
                OR OLD.host IS DISTINCT FROM NEW.host)
            EXECUTE FUNCTION tenancy_audit_institution();
        """#
}
