extension TenancyMigrations {
    /// Who is deleted loses, in whatever way that happens, what they could come in with and what they could do to others:
    /// a user who is made again later begins with nothing.
    ///
    /// Roles that give no power over others stay, for a roster's import that is put back.
    static let m0027DeletedUsers = #"""
        CREATE FUNCTION tenancy_end_user() RETURNS trigger
        LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
        AS $$
        BEGIN
            DELETE FROM user_roles
            WHERE institution_id = NEW.institution_id AND user_id = NEW.id AND role = 'admin';
            DELETE FROM account_admins WHERE institution_id = NEW.institution_id AND user_id = NEW.id;
            DELETE FROM observer_links
            WHERE institution_id = NEW.institution_id AND (parent_id = NEW.id OR child_id = NEW.id);
            DELETE FROM pairing_codes WHERE institution_id = NEW.institution_id AND child_id = NEW.id;
            DELETE FROM oidc_links WHERE institution_id = NEW.institution_id AND user_id = NEW.id;
            DELETE FROM sessions WHERE institution_id = NEW.institution_id AND user_id = NEW.id;
            DELETE FROM access_tokens WHERE institution_id = NEW.institution_id AND user_id = NEW.id;
            RETURN NULL;
        END
        $$;
        CREATE TRIGGER users_end AFTER UPDATE OF workflow_state ON users
            FOR EACH ROW WHEN (NEW.workflow_state = 'deleted' AND OLD.workflow_state <> 'deleted')
            EXECUTE FUNCTION tenancy_end_user();
        DO $$
        DECLARE
            place record;
        BEGIN
            FOR place IN SELECT id FROM institutions LOOP
                PERFORM set_config('cohort.institution', place.id::text, true);
                DELETE FROM user_roles r USING users u
                WHERE r.institution_id = place.id AND r.role = 'admin' AND u.institution_id = place.id
                    AND u.id = r.user_id AND u.workflow_state = 'deleted';
                DELETE FROM account_admins a USING users u
                WHERE a.institution_id = place.id AND u.institution_id = place.id
                    AND u.id = a.user_id AND u.workflow_state = 'deleted';
                DELETE FROM observer_links l USING users u
                WHERE l.institution_id = place.id AND u.institution_id = place.id
                    AND u.id IN (l.parent_id, l.child_id) AND u.workflow_state = 'deleted';
                DELETE FROM pairing_codes c USING users u
                WHERE c.institution_id = place.id AND u.institution_id = place.id
                    AND u.id = c.child_id AND u.workflow_state = 'deleted';
                DELETE FROM oidc_links l USING users u
                WHERE l.institution_id = place.id AND u.institution_id = place.id
                    AND u.id = l.user_id AND u.workflow_state = 'deleted';
            END LOOP;
            PERFORM set_config('cohort.institution', '', true);
        END
        $$;
        """#
}
