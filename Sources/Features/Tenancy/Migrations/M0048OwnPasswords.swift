extension TenancyMigrations {
    /// A password is good in the institution that gave it, and in others only where it is the very same one.
    ///
    /// A person is a login, which several institutions may have users of; what one of them knows or sets of it counts nowhere
    /// else. Two institutions share a password when the person has set it by a letter's link, or has shown to know both: then
    /// the stored forms are the same text, salt and all, which nobody brings about otherwise. `people.password_hash`
    /// is from here on what a letter's link has set last, which makes the link good once.
    static let m0048OwnPasswords = #"""
        ALTER TABLE person_institutions ADD COLUMN password_hash text;
        UPDATE person_institutions pi SET password_hash = p.password_hash FROM people p WHERE p.id = pi.person_id;
        UPDATE people SET password_hash = NULL;

        DROP FUNCTION tenancy_person_by_login(text);
        CREATE FUNCTION tenancy_person_by_login(wanted_login text)
        RETURNS TABLE (person_id bigint, login text)
        LANGUAGE sql STABLE STRICT SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$ SELECT p.id, p.login FROM people p WHERE lower(p.login) = lower(wanted_login) $$;
        REVOKE ALL ON FUNCTION tenancy_person_by_login(text) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION tenancy_person_by_login(text) TO cohort_app;

        -- What a login may be tried with: the person's password in each active institution, null where there is none.
        CREATE FUNCTION tenancy_sign_in(wanted_login text)
        RETURNS TABLE (person_id bigint, institution_id bigint, password_hash text)
        LANGUAGE sql STABLE STRICT SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$
            SELECT p.id, pi.institution_id, pi.password_hash
            FROM people p JOIN person_institutions pi ON pi.person_id = p.id
            JOIN institutions i ON i.id = pi.institution_id AND i.workflow_state = 'active'
            WHERE lower(p.login) = lower(wanted_login) ORDER BY pi.institution_id
        $$;
        REVOKE ALL ON FUNCTION tenancy_sign_in(text) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION tenancy_sign_in(text) TO cohort_app;

        DROP FUNCTION tenancy_create_people(text[], text[]);
        CREATE FUNCTION tenancy_create_people(logins text[])
        RETURNS TABLE (place bigint, person_id bigint)
        LANGUAGE plpgsql VOLATILE STRICT SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$
        #variable_conflict use_column
        BEGIN
            IF EXISTS (SELECT 1 FROM shard_identity WHERE shard <> 0) THEN
                RAISE insufficient_privilege USING MESSAGE = 'people are made at home';
            END IF;
            INSERT INTO people (login) SELECT given.login FROM unnest(logins) AS given (login) ON CONFLICT DO NOTHING;
            RETURN QUERY
                SELECT given.place, p.id
                FROM unnest(logins) WITH ORDINALITY AS given (login, place)
                JOIN people p ON lower(p.login) = lower(given.login)
                ORDER BY given.place;
        END
        $$;
        REVOKE ALL ON FUNCTION tenancy_create_people(text[]) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION tenancy_create_people(text[]) TO cohort_app;

        DROP FUNCTION tenancy_claim_people(text[], text[], integer);
        CREATE FUNCTION tenancy_claim_people(logins text[], wanted_shard integer)
        RETURNS TABLE (place bigint, person_id bigint, login text)
        LANGUAGE plpgsql VOLATILE STRICT SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$
        #variable_conflict use_column
        BEGIN
            -- The next statement sees whom this one has made.
            PERFORM tenancy_create_people(logins);
            RETURN QUERY
                SELECT given.place, p.id, p.login
                FROM unnest(logins) WITH ORDINALITY AS given (login, place)
                JOIN people p ON lower(p.login) = lower(given.login)
                ORDER BY given.place;
            INSERT INTO person_shards (person_id, shard)
            SELECT DISTINCT p.id, wanted_shard FROM people p
            WHERE lower(p.login) IN (SELECT lower(l) FROM unnest(logins) AS l)
            ORDER BY p.id
            ON CONFLICT DO NOTHING;
        END
        $$;
        REVOKE ALL ON FUNCTION tenancy_claim_people(text[], integer) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION tenancy_claim_people(text[], integer) TO cohort_app;

        -- Sets the passwords of users of the chosen institution, good there alone; null for none.
        CREATE FUNCTION tenancy_give_passwords(given_users bigint[], hashes text[]) RETURNS void
        LANGUAGE sql VOLATILE STRICT SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$
            UPDATE person_institutions pi SET password_hash = given.hash
            FROM unnest(given_users, hashes) AS given (user_id, hash), users u
            WHERE u.institution_id = NULLIF(current_setting('cohort.institution', true), '')::bigint
                AND u.id = given.user_id AND pi.person_id = u.person_id AND pi.institution_id = u.institution_id
        $$;
        REVOKE ALL ON FUNCTION tenancy_give_passwords(bigint[], text[]) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION tenancy_give_passwords(bigint[], text[]) TO cohort_app;

        -- Makes the stored forms one of what somebody has just shown to be one password; those that have changed meanwhile
        -- stay apart.
        CREATE FUNCTION tenancy_join_passwords(wanted_person bigint, hashes text[]) RETURNS void
        LANGUAGE sql VOLATILE STRICT SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$
            UPDATE person_institutions SET password_hash = hashes[1]
            WHERE person_id = wanted_person AND password_hash = ANY (hashes[2:])
        $$;
        REVOKE ALL ON FUNCTION tenancy_join_passwords(bigint, text[]) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION tenancy_join_passwords(bigint, text[]) TO cohort_app;

        -- A person's password in the chosen institution, and where in this database it is the very same one.
        CREATE FUNCTION tenancy_own_password(wanted_person bigint) RETURNS text
        LANGUAGE sql STABLE STRICT SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$
            SELECT password_hash FROM person_institutions
            WHERE person_id = wanted_person
                AND institution_id = NULLIF(current_setting('cohort.institution', true), '')::bigint
        $$;
        REVOKE ALL ON FUNCTION tenancy_own_password(bigint) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION tenancy_own_password(bigint) TO cohort_app;
        CREATE FUNCTION tenancy_password_places(wanted_person bigint, wanted_hash text)
        RETURNS TABLE (institution_id bigint)
        LANGUAGE sql STABLE STRICT SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$
            SELECT institution_id FROM person_institutions
            WHERE person_id = wanted_person AND password_hash = wanted_hash
        $$;
        REVOKE ALL ON FUNCTION tenancy_password_places(bigint, text) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION tenancy_password_places(bigint, text) TO cohort_app;

        -- All of a person's passwords of this database in one text, and what was set by a letter last: a link is bound to it.
        CREATE FUNCTION tenancy_passwords_of(wanted_person bigint) RETURNS text
        LANGUAGE sql STABLE STRICT SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$
            SELECT coalesce((SELECT p.password_hash FROM people p WHERE p.id = wanted_person), '') || ';' || coalesce(
                string_agg(institution_id || ':' || coalesce(password_hash, ''), ',' ORDER BY institution_id), '')
            FROM person_institutions WHERE person_id = wanted_person
        $$;
        REVOKE ALL ON FUNCTION tenancy_passwords_of(bigint) FROM PUBLIC;

        CREATE OR REPLACE FUNCTION tenancy_reset_people(wanted text)
        RETURNS TABLE (person_id bigint, login text, password_hash text, address text)
        LANGUAGE sql STABLE STRICT SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$
            WITH meant AS (
                SELECT p.id FROM people p WHERE lower(p.login) = lower(wanted)
                UNION
                SELECT a.person_id FROM person_addresses a WHERE lower(a.address) = lower(wanted)
            )
            SELECT p.id, p.login, tenancy_passwords_of(p.id),
                CASE WHEN p.login LIKE '%_@_%' THEN p.login ELSE (
                    SELECT a.address FROM person_addresses a
                    WHERE a.person_id = p.id AND NOT EXISTS (
                        SELECT 1 FROM person_institutions o
                        WHERE o.person_id = p.id AND o.institution_id <> a.institution_id)
                        AND NOT EXISTS (SELECT 1 FROM person_shards s WHERE s.person_id = p.id)
                ) END
            FROM meant JOIN people p ON p.id = meant.id
            ORDER BY p.id LIMIT 5
        $$;

        CREATE OR REPLACE FUNCTION tenancy_reset_person(wanted_person bigint)
        RETURNS TABLE (login text, password_hash text)
        LANGUAGE sql STABLE STRICT SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$ SELECT p.login, tenancy_passwords_of(p.id) FROM people p WHERE p.id = wanted_person $$;

        CREATE OR REPLACE FUNCTION tenancy_reset_places(wanted_person bigint)
        RETURNS TABLE (login text, password_hash text, shards bigint[], is_home boolean)
        LANGUAGE sql STABLE STRICT SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$
            SELECT p.login, tenancy_passwords_of(p.id),
                ARRAY(SELECT s.shard::bigint FROM person_shards s WHERE s.person_id = p.id ORDER BY s.shard),
                EXISTS (SELECT 1 FROM person_institutions i WHERE i.person_id = p.id)
            FROM people p WHERE p.id = wanted_person
        $$;

        -- As before, with all of the person's passwords in place of the one; shards are told of the new one by the note.
        CREATE OR REPLACE FUNCTION tenancy_set_password(
            wanted_person bigint, known_hash text, new_hash text, remote text, request text)
        RETURNS TABLE (institution_id bigint, user_id bigint)
        LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$
        #variable_conflict use_column
        BEGIN
            -- Two with one link come one after the other.
            PERFORM 1 FROM people WHERE id = wanted_person FOR UPDATE;
            IF NOT FOUND OR tenancy_passwords_of(wanted_person) IS DISTINCT FROM known_hash THEN RETURN; END IF;
            UPDATE people SET password_hash = new_hash WHERE id = wanted_person;
            UPDATE person_shards SET ends_for = jsonb_build_object(
                'at', clock_timestamp(), 'remote', remote, 'request', request, 'hash', new_hash)
            WHERE person_id = wanted_person;
            -- Says that it was done, for a person without any user.
            institution_id := 0;
            user_id := 0;
            RETURN NEXT;
            RETURN QUERY
                SELECT e.institution_id, e.user_id FROM tenancy_end_person(wanted_person, remote, request, new_hash) e;
        END
        $$;

        -- Sets a person's passwords in this database, ends the sessions, and notes in the audit log why. Gives the users.
        DROP FUNCTION tenancy_end_person(bigint, text, text);
        CREATE FUNCTION tenancy_end_person(wanted_person bigint, remote text, request text, new_hash text)
        RETURNS TABLE (institution_id bigint, user_id bigint)
        LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$
        #variable_conflict use_column
        DECLARE
            asked_in text := coalesce(current_setting('cohort.institution', true), '');
            place record;
        BEGIN
            UPDATE person_institutions SET password_hash = new_hash WHERE person_id = wanted_person;
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
        REVOKE ALL ON FUNCTION tenancy_end_person(bigint, text, text, text) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION tenancy_end_person(bigint, text, text, text) TO cohort_app;
        """#
}
