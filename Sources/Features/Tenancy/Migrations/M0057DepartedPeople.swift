extension TenancyMigrations {
    /// People who have left a shard: home learns it, and forgets who is nowhere any more.
    ///
    /// No transaction spans both databases, so a user may be on the way into the shard while the person leaves it. Every claim
    /// on a person has a number, higher than all before it. A shard that is left notes the number of the last claim that home
    /// knew: whoever comes with that one or an older one is refused and has to claim anew, and home forgets the shard only
    /// while there is no newer claim.
    static let m0057DepartedPeople = #"""
        CREATE SEQUENCE person_claims;
        REVOKE ALL ON SEQUENCE person_claims FROM cohort_app;
        ALTER TABLE person_shards
            ADD COLUMN claim bigint NOT NULL DEFAULT 0,
            -- The person's last user at home is erased: whether the shard still has one is to be asked.
            ADD COLUMN is_in_doubt boolean NOT NULL DEFAULT false;
        CREATE INDEX person_shards_in_doubt ON person_shards (shard, person_id) WHERE is_in_doubt;

        -- In a shard: who has left it, up to which claim, and whether home has yet to hear of it.
        CREATE TABLE people_left (
            person_id bigint PRIMARY KEY,
            claim bigint NOT NULL DEFAULT 0,
            is_due boolean NOT NULL
        );
        REVOKE ALL ON people_left FROM cohort_app;
        CREATE INDEX people_left_due ON people_left (person_id) WHERE is_due;

        DROP FUNCTION tenancy_claim_people(text[], integer);
        CREATE FUNCTION tenancy_claim_people(logins text[], wanted_shard integer)
        RETURNS TABLE (place bigint, person_id bigint, login text, claim bigint)
        LANGUAGE plpgsql VOLATILE STRICT SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$
        #variable_conflict use_column
        DECLARE
            new_claim bigint := nextval('person_claims');
        BEGIN
            -- Each next statement sees whom the one before has made, or waited for.
            PERFORM tenancy_create_people(logins);
            PERFORM 1 FROM people p WHERE lower(p.login) IN (SELECT lower(l) FROM unnest(logins) AS l)
                ORDER BY p.id FOR KEY SHARE;
            INSERT INTO person_shards (person_id, shard, claim)
            SELECT DISTINCT p.id, wanted_shard, new_claim FROM people p
            WHERE lower(p.login) IN (SELECT lower(l) FROM unnest(logins) AS l)
            ORDER BY p.id
            ON CONFLICT (person_id, shard) DO UPDATE SET claim = excluded.claim, is_in_doubt = false;
            RETURN QUERY
                SELECT given.place, p.id, p.login, new_claim
                FROM unnest(logins) WITH ORDINALITY AS given (login, place)
                JOIN people p ON lower(p.login) = lower(given.login)
                ORDER BY given.place;
        END
        $$;
        REVOKE ALL ON FUNCTION tenancy_claim_people(text[], integer) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION tenancy_claim_people(text[], integer) TO cohort_app;

        -- In a shard: notes people as home knows them, and holds them until the transaction ends. Gives those whose claim is too
        -- old, none of whom is noted.
        DROP FUNCTION tenancy_mirror_people(bigint[], text[]);
        CREATE FUNCTION tenancy_mirror_people(ids bigint[], logins text[], claims bigint[]) RETURNS SETOF bigint
        LANGUAGE plpgsql VOLATILE STRICT SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$
        DECLARE
            wanted bigint := (SELECT count(DISTINCT i) FROM unnest(ids) AS i);
            held bigint;
            refused bigint[];
        BEGIN
            IF NOT EXISTS (SELECT 1 FROM shard_identity WHERE shard <> 0) THEN
                RAISE insufficient_privilege USING MESSAGE = 'people are made at home';
            END IF;
            LOOP
                INSERT INTO people (id, login) SELECT DISTINCT g.id, g.login FROM unnest(ids, logins) AS g (id, login)
                ORDER BY g.id ON CONFLICT (id) DO NOTHING;
                PERFORM 1 FROM people WHERE id = ANY (ids) ORDER BY id FOR KEY SHARE;
                GET DIAGNOSTICS held = ROW_COUNT;
                -- Fewer: somebody left between the two statements.
                EXIT WHEN held = wanted;
            END LOOP;
            SELECT coalesce(array_agg(l.person_id), '{}') INTO refused
            FROM people_left l JOIN unnest(ids, claims) AS g (id, claim) ON g.id = l.person_id AND l.claim >= g.claim;
            DELETE FROM people p WHERE p.id = ANY (refused)
                AND NOT EXISTS (SELECT 1 FROM person_institutions i WHERE i.person_id = p.id);
            RETURN QUERY SELECT r FROM unnest(refused) AS r;
        END
        $$;
        REVOKE ALL ON FUNCTION tenancy_mirror_people(bigint[], text[], bigint[]) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION tenancy_mirror_people(bigint[], text[], bigint[]) TO cohort_app;

        -- As before; besides, a shard owes home the word that somebody has left, and home asks the shards that may have them.
        CREATE OR REPLACE FUNCTION privacy_detach_person(wanted_user bigint)
        RETURNS boolean
        LANGUAGE plpgsql VOLATILE STRICT SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$
        DECLARE
            place bigint := NULLIF(current_setting('cohort.institution', true), '')::bigint;
            person bigint;
        BEGIN
            SELECT u.person_id INTO person FROM users u
            WHERE u.institution_id = place AND u.id = wanted_user AND u.workflow_state = 'deleted';
            IF person IS NULL THEN RETURN false; END IF;
            -- Two institutions that erase the same person come one after the other.
            PERFORM 1 FROM people p WHERE p.id = person FOR UPDATE;
            UPDATE users SET person_id = NULL WHERE institution_id = place AND id = wanted_user;
            DELETE FROM person_addresses WHERE person_id = person AND institution_id = place;
            DELETE FROM person_institutions WHERE person_id = person AND institution_id = place;
            IF EXISTS (SELECT 1 FROM person_institutions i WHERE i.person_id = person) THEN RETURN false; END IF;
            IF EXISTS (SELECT 1 FROM shard_identity WHERE shard <> 0) THEN
                INSERT INTO people_left (person_id, is_due) VALUES (person, true)
                ON CONFLICT (person_id) DO UPDATE SET is_due = true;
            ELSE
                UPDATE person_shards SET is_in_doubt = true WHERE person_id = person;
                IF FOUND THEN RETURN false; END IF;
            END IF;
            DELETE FROM people WHERE id = person;
            RETURN true;
        END
        $$;

        -- At home: the people of whom a shard is to be asked, with the last claims; of those given all that are claimed.
        CREATE FUNCTION tenancy_claims_in_doubt(wanted_shard integer, given_people bigint[])
        RETURNS TABLE (person_id bigint, claim bigint)
        LANGUAGE sql STABLE STRICT SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$
            SELECT s.person_id, s.claim FROM person_shards s
            WHERE s.shard = wanted_shard AND (s.is_in_doubt OR s.person_id = ANY (given_people))
            ORDER BY s.person_id LIMIT 400
        $$;
        REVOKE ALL ON FUNCTION tenancy_claims_in_doubt(integer, bigint[]) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION tenancy_claims_in_doubt(integer, bigint[]) TO cohort_app;

        -- In a shard: who has left it since home last heard.
        CREATE FUNCTION tenancy_due_departures() RETURNS SETOF bigint
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$ SELECT person_id FROM people_left WHERE is_due ORDER BY person_id LIMIT 200 $$;
        REVOKE ALL ON FUNCTION tenancy_due_departures() FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION tenancy_due_departures() TO cohort_app;

        -- In a shard: closes it for claims on a person up to one, unless the person has a user here. Says whether it is closed.
        CREATE FUNCTION tenancy_close_departure(wanted_person bigint, known_claim bigint) RETURNS boolean
        LANGUAGE plpgsql VOLATILE STRICT SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$
        BEGIN
            IF NOT EXISTS (SELECT 1 FROM shard_identity WHERE shard <> 0) THEN
                RAISE insufficient_privilege USING MESSAGE = 'nobody leaves home';
            END IF;
            -- Whoever notes the person waits for this row, or has it already and is waited for.
            INSERT INTO people (id, login) VALUES (wanted_person, 'left:' || wanted_person) ON CONFLICT (id) DO NOTHING;
            PERFORM 1 FROM people WHERE id = wanted_person FOR UPDATE;
            IF EXISTS (SELECT 1 FROM person_institutions WHERE person_id = wanted_person) THEN
                UPDATE people_left SET is_due = false WHERE person_id = wanted_person;
                RETURN false;
            END IF;
            INSERT INTO people_left (person_id, claim, is_due) VALUES (wanted_person, known_claim, true)
            ON CONFLICT (person_id) DO UPDATE SET claim = greatest(people_left.claim, excluded.claim), is_due = true;
            DELETE FROM people WHERE id = wanted_person;
            RETURN true;
        END
        $$;
        REVOKE ALL ON FUNCTION tenancy_close_departure(bigint, bigint) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION tenancy_close_departure(bigint, bigint) TO cohort_app;

        -- At home: what a shard has said of a person up to a claim. Whoever is nowhere any more goes, with login and password.
        CREATE FUNCTION tenancy_settle_departure(
            wanted_person bigint, wanted_shard integer, known_claim bigint, has_left boolean) RETURNS void
        LANGUAGE plpgsql VOLATILE STRICT SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$
        BEGIN
            PERFORM 1 FROM people WHERE id = wanted_person FOR UPDATE;
            IF NOT has_left THEN
                UPDATE person_shards SET is_in_doubt = false
                WHERE person_id = wanted_person AND shard = wanted_shard AND claim = known_claim;
                RETURN;
            END IF;
            DELETE FROM person_shards
            WHERE person_id = wanted_person AND shard = wanted_shard AND claim = known_claim;
            IF FOUND AND NOT EXISTS (SELECT 1 FROM person_institutions WHERE person_id = wanted_person)
                AND NOT EXISTS (SELECT 1 FROM person_shards WHERE person_id = wanted_person)
            THEN
                DELETE FROM people WHERE id = wanted_person;
            END IF;
        END
        $$;
        REVOKE ALL ON FUNCTION tenancy_settle_departure(bigint, integer, bigint, boolean) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION tenancy_settle_departure(bigint, integer, bigint, boolean) TO cohort_app;

        -- In a shard: home has heard.
        CREATE FUNCTION tenancy_did_depart(departed bigint[]) RETURNS void
        LANGUAGE sql VOLATILE STRICT SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$ UPDATE people_left SET is_due = false WHERE person_id = ANY (departed) $$;
        REVOKE ALL ON FUNCTION tenancy_did_depart(bigint[]) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION tenancy_did_depart(bigint[]) TO cohort_app;
        """#
}
