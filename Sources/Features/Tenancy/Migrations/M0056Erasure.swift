extension TenancyMigrations {
    /// What takes a person out: the link between a user and the person, and addresses in the audit log.
    ///
    /// A user who was erased has no person; the row stays as a pseudonym that grades hang on.
    static let m0056Erasure = #"""
        ALTER TABLE users ALTER COLUMN person_id DROP NOT NULL;

        -- Takes a user of the chosen institution off their person, who goes with the last of their users: login and password
        -- hash, everywhere. Says whether the person is gone; done again it changes nothing.
        CREATE FUNCTION privacy_detach_person(wanted_user bigint)
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
            -- Where a person may have users in another database nobody here can tell that these were the last.
            IF EXISTS (SELECT 1 FROM person_institutions i WHERE i.person_id = person)
                OR EXISTS (SELECT 1 FROM person_shards s WHERE s.person_id = person)
            THEN
                RETURN false;
            END IF;
            DELETE FROM people WHERE id = person;
            RETURN true;
        END
        $$;
        REVOKE ALL ON FUNCTION privacy_detach_person(bigint) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION privacy_detach_person(bigint) TO cohort_app;

        -- Takes the addresses out of what the audit log of the chosen institution says of a user who is deleted; gives how many
        -- rows changed, `most` at most. Events, times and ids stay.
        CREATE FUNCTION privacy_blind_audit(wanted_user bigint, most bigint)
        RETURNS bigint
        LANGUAGE plpgsql VOLATILE STRICT SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$
        DECLARE
            place bigint := NULLIF(current_setting('cohort.institution', true), '')::bigint;
            changed bigint;
        BEGIN
            IF NOT EXISTS (
                SELECT 1 FROM users u
                WHERE u.institution_id = place AND u.id = wanted_user AND u.workflow_state = 'deleted')
            THEN
                RETURN 0;
            END IF;
            UPDATE audit_events e SET remote_address = NULL, request_id = NULL
            WHERE e.institution_id = place AND e.id = ANY (ARRAY(
                SELECT f.id FROM audit_events f
                WHERE f.institution_id = place
                    AND (f.actor_id = wanted_user OR (f.actor_id IS NULL AND f.subject_id = wanted_user))
                    AND (f.remote_address IS NOT NULL OR f.request_id IS NOT NULL)
                LIMIT most));
            GET DIAGNOSTICS changed = ROW_COUNT;
            RETURN changed;
        END
        $$;
        REVOKE ALL ON FUNCTION privacy_blind_audit(bigint, bigint) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION privacy_blind_audit(bigint, bigint) TO cohort_app;

        -- Removes what the audit log of the chosen institution said longer ago than its retention, never less than thirty days.
        CREATE FUNCTION privacy_sweep_audit(days bigint, most bigint)
        RETURNS bigint
        LANGUAGE plpgsql VOLATILE STRICT SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$
        DECLARE
            place bigint := NULLIF(current_setting('cohort.institution', true), '')::bigint;
            gone bigint;
        BEGIN
            DELETE FROM audit_events e
            WHERE e.institution_id = place AND e.id = ANY (ARRAY(
                SELECT f.id FROM audit_events f
                WHERE f.institution_id = place AND f.at < now() - greatest(days, 30) * interval '1 day'
                ORDER BY f.at LIMIT most));
            GET DIAGNOSTICS gone = ROW_COUNT;
            RETURN gone;
        END
        $$;
        REVOKE ALL ON FUNCTION privacy_sweep_audit(bigint, bigint) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION privacy_sweep_audit(bigint, bigint) TO cohort_app;
        """#
}
