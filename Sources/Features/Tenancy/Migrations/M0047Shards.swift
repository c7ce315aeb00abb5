extension TenancyMigrations {
    /// Several databases for one deployment: who is where, and what home and the others owe each other.
    ///
    /// Every database has the same schema. Home, shard 0, has the routing table, all people with their passwords, and which
    /// people have users elsewhere; what stands in these tables of another shard is nothing. A shard has the rows of its
    /// institutions, `institutions` and `accounts` among them, and of people the id and the login of those who have users
    /// there.
    static let m0047Shards = #"""
        -- Which shard this database is; written by whoever migrates, no row at home of a deployment without shards.
        CREATE TABLE shard_identity (
            only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
            shard integer NOT NULL CHECK (shard BETWEEN 0 AND 511),
            -- The highest migration whose sequences give ids of the shard's own range.
            prepared integer NOT NULL
        );
        REVOKE ALL ON shard_identity FROM cohort_app;
        GRANT SELECT ON shard_identity TO cohort_app;

        -- The routing table: institutions that live elsewhere than at home.
        CREATE TABLE institution_shards (
            institution_id bigint PRIMARY KEY,
            shard integer NOT NULL CHECK (shard BETWEEN 1 AND 511),
            host text UNIQUE CHECK (host = lower(host) AND length(host) BETWEEN 1 AND 253 AND host !~ '[/:@ ]'),
            placed_at timestamptz NOT NULL DEFAULT now()
        );
        REVOKE ALL ON institution_shards FROM cohort_app;
        GRANT SELECT ON institution_shards TO cohort_app;

        CREATE FUNCTION tenancy_place_institution(wanted bigint, wanted_shard integer) RETURNS void
        LANGUAGE plpgsql STRICT SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$
        BEGIN
            IF coalesce(current_setting('cohort.institution', true), '') <> ''
                OR EXISTS (SELECT 1 FROM institutions WHERE id = wanted)
            THEN
                RAISE insufficient_privilege USING MESSAGE = 'institutions are placed once, and by operators';
            END IF;
            INSERT INTO institution_shards (institution_id, shard) VALUES (wanted, wanted_shard);
        END
        $$;
        REVOKE ALL ON FUNCTION tenancy_place_institution(bigint, integer) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION tenancy_place_institution(bigint, integer) TO cohort_app;

        -- A host name is one institution's, wherever that lives.
        CREATE OR REPLACE FUNCTION tenancy_set_institution_host(wanted bigint, new_host text) RETURNS SETOF bigint
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$
        BEGIN
            IF coalesce(current_setting('cohort.institution', true), '') <> '' THEN RETURN; END IF;
            PERFORM pg_advisory_xact_lock(hashtextextended('cohort institution hosts', 0));
            IF EXISTS (SELECT 1 FROM institutions WHERE host = new_host AND id <> wanted)
                OR EXISTS (SELECT 1 FROM institution_shards WHERE host = new_host AND institution_id <> wanted)
            THEN
                RAISE unique_violation USING MESSAGE = 'another institution has this host';
            END IF;
            RETURN QUERY UPDATE institutions SET host = new_host WHERE id = wanted RETURNING id;
            RETURN QUERY UPDATE institution_shards SET host = new_host WHERE institution_id = wanted
                RETURNING institution_id;
        END
        $$;

        -- In which shards besides home a person may have users: written before the user is, so never too few.
        CREATE TABLE person_shards (
            person_id bigint NOT NULL REFERENCES people (id) ON DELETE CASCADE,
            shard integer NOT NULL CHECK (shard BETWEEN 1 AND 511),
            -- The person's sessions there are to be ended, since a password was changed: where the change came from.
            ends_for jsonb,
            PRIMARY KEY (person_id, shard)
        );
        REVOKE ALL ON person_shards FROM cohort_app;
        CREATE INDEX person_shards_due ON person_shards (shard, person_id) WHERE ends_for IS NOT NULL;

        CREATE FUNCTION tenancy_shards_of_person(wanted_person bigint) RETURNS SETOF bigint
        LANGUAGE sql STABLE STRICT SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$ SELECT shard::bigint FROM person_shards WHERE person_id = wanted_person ORDER BY shard $$;
        REVOKE ALL ON FUNCTION tenancy_shards_of_person(bigint) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION tenancy_shards_of_person(bigint) TO cohort_app;

        -- At home: makes the people that do not exist yet, and notes that all of them may have users in a shard.
        CREATE FUNCTION tenancy_claim_people(logins text[], password_hashes text[], wanted_shard integer)
        RETURNS TABLE (place bigint, person_id bigint, login text, was_created boolean)
        LANGUAGE plpgsql VOLATILE STRICT SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$
        #variable_conflict use_column
        DECLARE
            created bigint[];
        BEGIN
            -- The next statement sees whom this one has made.
            SELECT coalesce(array_agg(c.person_id) FILTER (WHERE c.was_created), '{}') INTO created
            FROM tenancy_create_people(logins, password_hashes) c;
            RETURN QUERY
                SELECT given.place, p.id, p.login, p.id = ANY (created)
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
        REVOKE ALL ON FUNCTION tenancy_claim_people(text[], text[], integer) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION tenancy_claim_people(text[], text[], integer) TO cohort_app;

        -- As before; besides, a shard refuses: it would make people whom home does not know.
        CREATE OR REPLACE FUNCTION tenancy_create_people(logins text[], password_hashes text[])
        RETURNS TABLE (place bigint, person_id bigint, was_created boolean)
        LANGUAGE plpgsql VOLATILE STRICT SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$
        #variable_conflict use_column
        DECLARE
            created bigint[];
        BEGIN
            IF EXISTS (SELECT 1 FROM shard_identity WHERE shard <> 0) THEN
                RAISE insufficient_privilege USING MESSAGE = 'people are made at home';
            END IF;
            WITH added AS (
                INSERT INTO people (login, password_hash)
                SELECT given.login, given.password_hash FROM unnest(logins, password_hashes) AS given (login, password_hash)
                ON CONFLICT DO NOTHING
                RETURNING id
            )
            SELECT coalesce(array_agg(id), '{}') INTO created FROM added;
            RETURN QUERY
                SELECT given.place, p.id, p.id = ANY (created)
                FROM unnest(logins) WITH ORDINALITY AS given (login, place)
                JOIN people p ON lower(p.login) = lower(given.login)
                ORDER BY given.place;
        END
        $$;

        -- In a shard: people as home knows them, without their passwords. Home itself refuses: its people are its own.
        CREATE FUNCTION tenancy_mirror_people(ids bigint[], logins text[]) RETURNS void
        LANGUAGE plpgsql VOLATILE STRICT SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$
        BEGIN
            IF NOT EXISTS (SELECT 1 FROM shard_identity WHERE shard <> 0) THEN
                RAISE insufficient_privilege USING MESSAGE = 'people are made at home';
            END IF;
            INSERT INTO people (id, login) SELECT DISTINCT g.id, g.login FROM unnest(ids, logins) AS g (id, login)
            ORDER BY g.id ON CONFLICT (id) DO NOTHING;
        END
        $$;
        REVOKE ALL ON FUNCTION tenancy_mirror_people(bigint[], text[]) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION tenancy_mirror_people(bigint[], text[]) TO cohort_app;

        -- A person's only address is asked for of home, which knows whether the person is elsewhere, too.
        CREATE OR REPLACE FUNCTION tenancy_reset_people(wanted text)
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
                        AND NOT EXISTS (SELECT 1 FROM person_shards s WHERE s.person_id = p.id)
                ) END
            FROM meant JOIN people p ON p.id = meant.id
            ORDER BY p.id LIMIT 5
        $$;

        -- At home: where else a person may be, and whether the person has users at home.
        CREATE FUNCTION tenancy_reset_places(wanted_person bigint)
        RETURNS TABLE (login text, password_hash text, shards bigint[], is_home boolean)
        LANGUAGE sql STABLE STRICT SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$
            SELECT p.login, p.password_hash,
                ARRAY(SELECT s.shard::bigint FROM person_shards s WHERE s.person_id = p.id ORDER BY s.shard),
                EXISTS (SELECT 1 FROM person_institutions i WHERE i.person_id = p.id)
            FROM people p WHERE p.id = wanted_person
        $$;
        REVOKE ALL ON FUNCTION tenancy_reset_places(bigint) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION tenancy_reset_places(bigint) TO cohort_app;

        -- As before; besides, it notes within the same transaction that the shards have sessions to end.
        CREATE OR REPLACE FUNCTION tenancy_set_password(
            wanted_person bigint, known_hash text, new_hash text, remote text, request text)
        RETURNS TABLE (institution_id bigint, user_id bigint)
        LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$
        #variable_conflict use_column
        BEGIN
            UPDATE people SET password_hash = new_hash
            WHERE id = wanted_person AND password_hash IS NOT DISTINCT FROM known_hash;
            IF NOT FOUND THEN RETURN; END IF;
            UPDATE person_shards SET ends_for = jsonb_build_object(
                'at', clock_timestamp(), 'remote', remote, 'request', request)
            WHERE person_id = wanted_person;
            -- Says that it was done, for a person without any user.
            institution_id := 0;
            user_id := 0;
            RETURN NEXT;
            RETURN QUERY SELECT e.institution_id, e.user_id FROM tenancy_end_person(wanted_person, remote, request) e;
        END
        $$;

        -- Ends the sessions of a person in this database, and notes in the audit log why. Gives the users.
        CREATE FUNCTION tenancy_end_person(wanted_person bigint, remote text, request text)
        RETURNS TABLE (institution_id bigint, user_id bigint)
        LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$
        #variable_conflict use_column
        DECLARE
            asked_in text := coalesce(current_setting('cohort.institution', true), '');
            place record;
        BEGIN
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
        REVOKE ALL ON FUNCTION tenancy_end_person(bigint, text, text) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION tenancy_end_person(bigint, text, text) TO cohort_app;

        -- At home: whose sessions a shard has to end; and that it has done so, unless it was asked anew meanwhile.
        CREATE FUNCTION tenancy_due_ends(wanted_shard integer, wanted_person bigint)
        RETURNS TABLE (person_id bigint, ends_for text)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$
            SELECT s.person_id, s.ends_for::text FROM person_shards s
            WHERE s.shard = wanted_shard AND s.ends_for IS NOT NULL
                AND (s.person_id = wanted_person
                    -- Whoever changed the password is given the time to do it.
                    OR wanted_person IS NULL
                        AND (s.ends_for ->> 'at')::timestamptz < clock_timestamp() - interval '3 seconds')
            ORDER BY s.person_id LIMIT 200
        $$;
        REVOKE ALL ON FUNCTION tenancy_due_ends(integer, bigint) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION tenancy_due_ends(integer, bigint) TO cohort_app;
        CREATE FUNCTION tenancy_did_end(wanted_shard integer, wanted_person bigint, ended_for text) RETURNS void
        LANGUAGE sql STRICT SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$
            UPDATE person_shards SET ends_for = NULL
            WHERE person_id = wanted_person AND shard = wanted_shard AND ends_for = ended_for::jsonb
        $$;
        REVOKE ALL ON FUNCTION tenancy_did_end(integer, bigint, text) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION tenancy_did_end(integer, bigint, text) TO cohort_app;
        """#
}
