extension TenancyMigrations {
    /// What a forgotten password needs: whom to write to, and the change itself.
    ///
    /// A person's password is good in all of their institutions, an address that one institution holds is that
    /// institution's word. So a letter goes to the login where that is an address, which its person signs in with, else to the
    /// address of the person's only institution; an institution cannot make itself the recipient for what its people are
    /// elsewhere.
    static let m0023Passwords = #"""
        CREATE TABLE person_addresses (
            person_id bigint NOT NULL REFERENCES people (id) ON DELETE CASCADE,
            institution_id bigint NOT NULL REFERENCES institutions (id) ON DELETE CASCADE,
            address text NOT NULL,
            PRIMARY KEY (person_id, institution_id)
        );
        REVOKE ALL ON person_addresses FROM cohort_app;
        CREATE INDEX person_addresses_by_address ON person_addresses (lower(address));

        -- Keeps person_addresses in step with users.
        CREATE FUNCTION tenancy_note_address() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$
        BEGIN
            IF NEW.email IS NULL OR NEW.workflow_state = 'deleted' THEN
                DELETE FROM person_addresses
                WHERE person_id = NEW.person_id AND institution_id = NEW.institution_id;
            ELSE
                INSERT INTO person_addresses (person_id, institution_id, address)
                VALUES (NEW.person_id, NEW.institution_id, NEW.email)
                ON CONFLICT (person_id, institution_id) DO UPDATE SET address = excluded.address;
            END IF;
            RETURN NULL;
        END
        $$;
        REVOKE ALL ON FUNCTION tenancy_note_address() FROM PUBLIC;
        CREATE TRIGGER users_note_address AFTER INSERT ON users
            FOR EACH ROW WHEN (NEW.email IS NOT NULL) EXECUTE FUNCTION tenancy_note_address();
        CREATE TRIGGER users_note_other_address AFTER UPDATE OF email, workflow_state ON users
            FOR EACH ROW WHEN (
                OLD.email IS DISTINCT FROM NEW.email OR OLD.workflow_state IS DISTINCT FROM NEW.workflow_state)
            EXECUTE FUNCTION tenancy_note_address();
        DO $$
        DECLARE
            place record;
        BEGIN
            FOR place IN SELECT id FROM institutions LOOP
                PERFORM set_config('cohort.institution', place.id::text, true);
                INSERT INTO person_addresses (person_id, institution_id, address)
                SELECT person_id, institution_id, email FROM users
                WHERE institution_id = place.id AND email IS NOT NULL AND workflow_state <> 'deleted';
            END LOOP;
            PERFORM set_config('cohort.institution', '', true);
        END
        $$;

        -- Whose password may be meant by a login or an address, and where to write; no address where there is no safe one.
        CREATE FUNCTION tenancy_reset_people(wanted text)
        RETURNS TABLE (person_id bigint, login text, password_hash text, address text)
        LANGUAGE sql STABLE STRICT SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$
            WITH meant AS (
                SELECT p.id FROM people p WHERE lower(p.login) = lower(wanted)
                UNION
                SELECT a.person_id FROM person_addresses a WHERE lower(a.address) = lower(wanted)
            )
            SELECT p.id, p.login, p.password_hash,
                CASE WHEN p.login LIKE '%_@_%' THEN p.login ELSE (
                    SELECT a.address FROM person_addresses a
                    WHERE a.person_id = p.id AND NOT EXISTS (
                        SELECT 1 FROM person_institutions o
                        WHERE o.person_id = p.id AND o.institution_id <> a.institution_id)
                ) END
            FROM meant JOIN people p ON p.id = meant.id
            ORDER BY p.id LIMIT 5
        $$;
        REVOKE ALL ON FUNCTION tenancy_reset_people(text) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION tenancy_reset_people(text) TO cohort_app;

        -- Login and password of the person that a signed link names.
        CREATE FUNCTION tenancy_reset_person(wanted_person bigint)
        RETURNS TABLE (login text, password_hash text)
        LANGUAGE sql STABLE STRICT SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$ SELECT p.login, p.password_hash FROM people p WHERE p.id = wanted_person $$;
        REVOKE ALL ON FUNCTION tenancy_reset_person(bigint) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION tenancy_reset_person(bigint) TO cohort_app;

        -- Changes a password that is still the known one, ends all of the person's sessions and notes it, wherever the person
        -- has a user. Gives the users whose sessions ended; no row when the password was another.
        CREATE FUNCTION tenancy_set_password(
            wanted_person bigint, known_hash text, new_hash text, remote text, request text)
        RETURNS TABLE (institution_id bigint, user_id bigint)
        LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$
        #variable_conflict use_column
        DECLARE
            asked_in text := coalesce(current_setting('cohort.institution', true), '');
            place record;
        BEGIN
            UPDATE people SET password_hash = new_hash
            WHERE id = wanted_person AND password_hash IS NOT DISTINCT FROM known_hash;
            IF NOT FOUND THEN RETURN; END IF;
            -- Says that it was done, for a person without any user.
            institution_id := 0;
            user_id := 0;
            RETURN NEXT;
            FOR place IN
                SELECT i.institution_id AS id FROM person_institutions i
                WHERE i.person_id = wanted_person ORDER BY i.institution_id
            LOOP
                PERFORM set_config('cohort.institution', place.id::text, true);
                DELETE FROM sessions s USING users u
                WHERE s.institution_id = place.id AND u.institution_id = place.id AND u.id = s.user_id
                    AND u.person_id = wanted_person;
                INSERT INTO audit_events (
                    institution_id, kind, actor_id, subject_id, remote_address, request_id)
                SELECT place.id, 'password_reset.completed', u.id, u.id, remote, request FROM users u
                WHERE u.institution_id = place.id AND u.person_id = wanted_person;
                RETURN QUERY
                    SELECT u.institution_id, u.id FROM users u
                    WHERE u.institution_id = place.id AND u.person_id = wanted_person;
            END LOOP;
            PERFORM set_config('cohort.institution', asked_in, true);
        END
        $$;
        REVOKE ALL ON FUNCTION tenancy_set_password(bigint, text, text, text, text) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION tenancy_set_password(bigint, text, text, text, text) TO cohort_app;
        """#
}
