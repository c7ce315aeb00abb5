/// Every change of a job's head.
///
/// Plans are fixed: a queue's table is empty when it is analysed and full a minute later, and what the planner makes of
/// that must not be a scan of all of it. Arguments are `bigint` throughout, as the application sends integers.
let m0061JobFunctions = #"""
    -- Adds jobs of the chosen institution, and gives for each place its id: that of the job that has the key already, where
    -- there is one. Keys are taken in one order, so that two callers cannot wait for each other.
    CREATE FUNCTION job_enqueue(kinds text[], unique_keys text[], payloads jsonb[], run_ats timestamptz[])
    RETURNS TABLE (place bigint, job_id bigint, was_added boolean, job_state text)
    LANGUAGE plpgsql VOLATILE STRICT SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        SET plan_cache_mode = force_generic_plan
    AS $$
    #variable_conflict use_column
    BEGIN
        RETURN QUERY
            WITH given AS MATERIALIZED (
                SELECT nextval('job_ids') AS new_id, g.place, g.kind, g.key, g.payload,
                    coalesce(g.run_at, now()) AS run_at
                FROM unnest(kinds, unique_keys, payloads, run_ats)
                    WITH ORDINALITY AS g (kind, key, payload, run_at, place)
            ), first AS (
                SELECT DISTINCT ON (kind, key, CASE WHEN key IS NULL THEN place END) *
                FROM given ORDER BY kind, key, CASE WHEN key IS NULL THEN place END, place
            ), stored AS (
                INSERT INTO jobs (institution_id, id, kind, payload, unique_key, is_key_held)
                SELECT NULLIF(current_setting('cohort.institution', true), '')::bigint, new_id, kind, payload, key,
                    key IS NOT NULL
                FROM first ORDER BY kind, key
                -- The row is locked, so it keeps the key until the caller has committed.
                ON CONFLICT (institution_id, kind, unique_key) WHERE is_key_held DO UPDATE SET is_key_held = true
                RETURNING institution_id, id, kind, unique_key
            ), heads AS (
                INSERT INTO job_heads (institution_id, id, kind, run_at)
                SELECT s.institution_id, g.new_id, g.kind, g.run_at FROM given g JOIN stored s ON s.id = g.new_id
            ), answers AS (
                SELECT g.place, s.institution_id, s.id, true AS was_added
                FROM given g JOIN stored s ON s.id = g.new_id WHERE g.key IS NULL
                UNION ALL
                SELECT g.place, s.institution_id, s.id, s.id = g.new_id
                FROM given g JOIN stored s ON s.kind = g.kind AND s.unique_key = g.key
            )
            SELECT a.place, a.id, a.was_added, coalesce(h.state, 'available')
            FROM answers a LEFT JOIN job_heads h ON h.institution_id = a.institution_id AND h.id = a.id
            ORDER BY a.place;
    END
    $$;
    REVOKE ALL ON FUNCTION job_enqueue(text[], text[], jsonb[], timestamptz[]) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION job_enqueue(text[], text[], jsonb[], timestamptz[]) TO cohort_app;

    -- Takes due jobs for a worker: of each kind in the given order at most its room, of each institution an equal share,
    -- the institutions in turn from the one after the cursor. At most `breadth` institutions are served of each kind.
    CREATE FUNCTION job_claim(
        by_worker text, wanted_kinds text[], rooms bigint[], caps bigint[], cursors bigint[], lease_ms bigint,
        most bigint, breadth bigint)
    RETURNS TABLE (
        institution_id bigint, id bigint, kind text, attempt bigint, snoozes bigint, fence bigint,
        is_cancelled boolean, waited_ms bigint)
    LANGUAGE plpgsql VOLATILE STRICT SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        SET enable_seqscan = off SET enable_bitmapscan = off SET plan_cache_mode = force_generic_plan
    AS $$
    #variable_conflict use_column
    DECLARE
        this_kind text;
        room bigint;
        running bigint;
        found_rows bigint;
        wanted bigint := most;
        -- Not the transaction's start, which lies before a wait for a kind's lock.
        present timestamptz;
    BEGIN
        FOR place IN 1 .. cardinality(wanted_kinds) LOOP
            EXIT WHEN wanted <= 0;
            this_kind := wanted_kinds[place];
            room := least(rooms[place], wanted);
            IF caps[place] > 0 THEN
                -- One claim at a time counts what runs of a kind that is capped.
                PERFORM pg_advisory_xact_lock(hashtextextended(this_kind, 60));
                SELECT count(*) INTO running FROM job_heads h WHERE h.state = 'running' AND h.kind = this_kind;
                room := least(room, caps[place] - running);
            END IF;
            CONTINUE WHEN room <= 0;
            present := clock_timestamp();
            RETURN QUERY
                WITH RECURSIVE ahead AS (
                    (SELECT h.institution_id, h.run_at FROM job_heads h
                    WHERE h.state = 'available' AND h.kind = this_kind AND h.institution_id > cursors[place]
                    ORDER BY h.institution_id, h.run_at LIMIT 1)
                    UNION ALL
                    SELECT n.institution_id, n.run_at FROM ahead a CROSS JOIN LATERAL (
                        SELECT h.institution_id, h.run_at FROM job_heads h
                        WHERE h.state = 'available' AND h.kind = this_kind AND h.institution_id > a.institution_id
                        ORDER BY h.institution_id, h.run_at LIMIT 1) n
                ), behind AS (
                    (SELECT h.institution_id, h.run_at FROM job_heads h
                    WHERE h.state = 'available' AND h.kind = this_kind
                    ORDER BY h.institution_id, h.run_at LIMIT 1)
                    UNION ALL
                    SELECT n.institution_id, n.run_at FROM behind b CROSS JOIN LATERAL (
                        SELECT h.institution_id, h.run_at FROM job_heads h
                        WHERE h.state = 'available' AND h.kind = this_kind AND h.institution_id > b.institution_id
                        ORDER BY h.institution_id, h.run_at LIMIT 1) n
                    WHERE b.institution_id < cursors[place]
                ), institutions AS MATERIALIZED (
                    SELECT p.institution_id FROM (
                        SELECT * FROM ahead
                        UNION ALL
                        SELECT * FROM behind WHERE institution_id <= cursors[place]) p
                    WHERE p.run_at <= present
                    LIMIT breadth
                ), taken AS MATERIALIZED (
                    SELECT j.institution_id, j.id FROM institutions i CROSS JOIN LATERAL (
                        SELECT h.institution_id, h.id FROM job_heads h
                        WHERE h.state = 'available' AND h.kind = this_kind AND h.institution_id = i.institution_id
                            AND h.run_at <= present
                        ORDER BY h.run_at, h.id
                        LIMIT ceil(room::numeric / (SELECT greatest(count(*), 1) FROM institutions))
                        FOR UPDATE SKIP LOCKED) j
                    LIMIT room
                )
                UPDATE job_heads h SET state = 'running', attempt = h.attempt + 1, fence = h.fence + 1,
                    worker = by_worker, lease_until = present + lease_ms * interval '1 millisecond'
                FROM taken t WHERE h.institution_id = t.institution_id AND h.id = t.id
                RETURNING h.institution_id, h.id, h.kind, h.attempt::bigint, h.snoozes::bigint, h.fence,
                    h.is_cancelled, (extract(epoch FROM present - h.run_at) * 1000)::bigint;
            GET DIAGNOSTICS found_rows = ROW_COUNT;
            wanted := wanted - found_rows;
        END LOOP;
    END
    $$;
    REVOKE ALL ON FUNCTION job_claim(text, text[], bigint[], bigint[], bigint[], bigint, bigint, bigint) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION job_claim(text, text[], bigint[], bigint[], bigint[], bigint, bigint, bigint) TO cohort_app;

    -- Gives back what workers hold whose lease has run out. Who is just committing is left alone.
    CREATE FUNCTION job_rescue(most bigint)
    RETURNS TABLE (kind text, count bigint)
    LANGUAGE sql VOLATILE STRICT SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        SET enable_seqscan = off
    AS $$
        WITH lost AS MATERIALIZED (
            SELECT h.institution_id, h.id FROM job_heads h
            WHERE h.state = 'running' AND h.lease_until < clock_timestamp()
            LIMIT most FOR UPDATE SKIP LOCKED
        ), given_back AS (
            UPDATE job_heads h SET state = 'available', fence = h.fence + 1, worker = NULL, lease_until = NULL
            FROM lost l WHERE h.institution_id = l.institution_id AND h.id = l.id
            RETURNING h.kind
        )
        SELECT g.kind, count(*) FROM given_back g GROUP BY g.kind
    $$;
    REVOKE ALL ON FUNCTION job_rescue(bigint) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION job_rescue(bigint) TO cohort_app;

    -- Extends leases. A job that does not come back is lost; one that is not extended is just being committed.
    CREATE FUNCTION job_heartbeat(institutions bigint[], ids bigint[], fences bigint[], lease_ms bigint)
    RETURNS TABLE (id bigint, fence bigint, is_extended boolean, is_cancelled boolean)
    LANGUAGE sql VOLATILE STRICT SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        SET enable_seqscan = off
    AS $$
        WITH given AS MATERIALIZED (
            SELECT g.institution_id, g.id, g.fence FROM unnest(institutions, ids, fences) AS g (institution_id, id, fence)
        ), held AS MATERIALIZED (
            SELECT h.institution_id, h.id FROM given g
            JOIN job_heads h ON h.institution_id = g.institution_id AND h.id = g.id
            WHERE h.fence = g.fence AND h.state = 'running'
            FOR UPDATE OF h SKIP LOCKED
        ), extended AS (
            UPDATE job_heads h SET lease_until = clock_timestamp() + lease_ms * interval '1 millisecond'
            FROM held WHERE h.institution_id = held.institution_id AND h.id = held.id
            RETURNING h.id
        )
        SELECT h.id, h.fence, e.id IS NOT NULL, h.is_cancelled
        FROM given g
        JOIN job_heads h ON h.institution_id = g.institution_id AND h.id = g.id
            AND h.fence = g.fence AND h.state = 'running'
        LEFT JOIN extended e ON e.id = h.id
    $$;
    REVOKE ALL ON FUNCTION job_heartbeat(bigint[], bigint[], bigint[], bigint) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION job_heartbeat(bigint[], bigint[], bigint[], bigint) TO cohort_app;

    -- Ends jobs of the chosen institution; gives the ids of those that the fences still held.
    CREATE FUNCTION job_complete(ids bigint[], fences bigint[])
    RETURNS SETOF bigint
    LANGUAGE plpgsql VOLATILE STRICT SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        SET enable_seqscan = off SET enable_bitmapscan = off SET plan_cache_mode = force_generic_plan
    AS $$
    BEGIN
        RETURN QUERY
            UPDATE job_heads h
            SET state = 'completed', finished_at = clock_timestamp(), worker = NULL, lease_until = NULL
            FROM unnest(ids, fences) AS g (id, fence)
            WHERE h.institution_id = NULLIF(current_setting('cohort.institution', true), '')::bigint
                AND h.id = g.id AND h.fence = g.fence AND h.state = 'running'
            RETURNING h.id;
    END
    $$;
    REVOKE ALL ON FUNCTION job_complete(bigint[], bigint[]) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION job_complete(bigint[], bigint[]) TO cohort_app;

    -- Puts a job of the chosen institution back ('available', after a pause) or aside ('dead', 'cancelled'); false when the
    -- fence does not hold it any more. A snooze costs no attempt.
    CREATE FUNCTION job_settle(
        wanted_id bigint, wanted_fence bigint, new_state text, pause_ms bigint, is_snooze boolean, new_class text)
    RETURNS boolean
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
    BEGIN
        IF new_state NOT IN ('available', 'dead', 'cancelled') THEN
            RAISE EXCEPTION 'a job is not settled as %', new_state;
        END IF;
        UPDATE job_heads h SET
            state = CASE WHEN h.is_cancelled AND new_state = 'available' THEN 'cancelled' ELSE new_state END,
            run_at = CASE WHEN new_state = 'available'
                THEN clock_timestamp() + pause_ms * interval '1 millisecond' ELSE h.run_at END,
            attempt = CASE WHEN is_snooze THEN h.attempt - 1 ELSE h.attempt END,
            snoozes = CASE WHEN is_snooze THEN h.snoozes + 1 ELSE h.snoozes END,
            error_class = new_class,
            finished_at = CASE WHEN new_state = 'available' AND NOT h.is_cancelled THEN NULL ELSE clock_timestamp() END,
            worker = NULL, lease_until = NULL
        WHERE h.institution_id = NULLIF(current_setting('cohort.institution', true), '')::bigint
            AND h.id = wanted_id AND h.fence = wanted_fence AND h.state = 'running';
        RETURN FOUND;
    END
    $$;
    REVOKE ALL ON FUNCTION job_settle(bigint, bigint, text, bigint, boolean, text) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION job_settle(bigint, bigint, text, bigint, boolean, text) TO cohort_app;

    -- Gives jobs back that a worker will not finish; the attempt does not count.
    CREATE FUNCTION job_release(institutions bigint[], ids bigint[], fences bigint[])
    RETURNS bigint
    LANGUAGE sql VOLATILE STRICT SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        SET enable_seqscan = off
    AS $$
        WITH released AS (
            UPDATE job_heads h SET state = 'available', attempt = h.attempt - 1, fence = h.fence + 1, worker = NULL,
                lease_until = NULL
            FROM unnest(institutions, ids, fences) AS g (institution_id, id, fence)
            WHERE h.institution_id = g.institution_id AND h.id = g.id AND h.fence = g.fence AND h.state = 'running'
            RETURNING h.id
        )
        SELECT count(*) FROM released
    $$;
    REVOKE ALL ON FUNCTION job_release(bigint[], bigint[], bigint[]) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION job_release(bigint[], bigint[], bigint[]) TO cohort_app;

    -- Cancels a job of the chosen institution: one that waits at once, one that runs by a mark that its worker finds. Gives
    -- the state that it is in then; null for a job that is over or is not there.
    CREATE FUNCTION job_cancel(wanted_id bigint)
    RETURNS text
    LANGUAGE sql VOLATILE STRICT SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        SET enable_seqscan = off
    AS $$
        UPDATE job_heads h SET is_cancelled = true,
            state = CASE h.state WHEN 'available' THEN 'cancelled' ELSE h.state END,
            finished_at = CASE h.state WHEN 'available' THEN clock_timestamp() END
        WHERE h.institution_id = NULLIF(current_setting('cohort.institution', true), '')::bigint
            AND h.id = wanted_id AND h.state IN ('available', 'running')
        RETURNING h.state
    $$;
    REVOKE ALL ON FUNCTION job_cancel(bigint) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION job_cancel(bigint) TO cohort_app;

    -- Sends dead letters on their way again, with all their attempts: what is null is not asked for.
    CREATE FUNCTION job_redrive(
        wanted_institution bigint, wanted_id bigint, wanted_kind text, wanted_class text, most bigint)
    RETURNS bigint
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        SET enable_seqscan = off
    AS $$
        WITH chosen AS MATERIALIZED (
            SELECT h.institution_id, h.id FROM job_heads h
            WHERE h.state = 'dead'
                AND (wanted_institution IS NULL OR h.institution_id = wanted_institution)
                AND (wanted_id IS NULL OR h.id = wanted_id)
                AND (wanted_kind IS NULL OR h.kind = wanted_kind)
                AND (wanted_class IS NULL OR h.error_class = wanted_class)
            LIMIT most FOR UPDATE SKIP LOCKED
        ), redriven AS (
            UPDATE job_heads h SET state = 'available', attempt = 0, snoozes = 0, run_at = clock_timestamp(),
                error_class = NULL, finished_at = NULL, is_cancelled = false
            FROM chosen c WHERE h.institution_id = c.institution_id AND h.id = c.id
            RETURNING h.id
        )
        SELECT count(*) FROM redriven
    $$;
    REVOKE ALL ON FUNCTION job_redrive(bigint, bigint, text, text, bigint) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION job_redrive(bigint, bigint, text, text, bigint) TO cohort_app;

    -- Removes jobs that are over for long enough, with all that hangs on them; gives how many.
    CREATE FUNCTION job_sweep(over_ms bigint, dead_ms bigint, most bigint)
    RETURNS bigint
    LANGUAGE sql VOLATILE STRICT SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        SET enable_seqscan = off
    AS $$
        WITH old AS MATERIALIZED (
            (SELECT h.institution_id, h.id FROM job_heads h
            WHERE h.state IN ('completed', 'cancelled')
                AND h.finished_at < clock_timestamp() - over_ms * interval '1 millisecond'
            ORDER BY h.finished_at LIMIT most FOR UPDATE SKIP LOCKED)
        ), dead AS MATERIALIZED (
            SELECT h.institution_id, h.id FROM job_heads h
            WHERE h.state = 'dead' AND h.finished_at < clock_timestamp() - dead_ms * interval '1 millisecond'
            LIMIT most FOR UPDATE SKIP LOCKED
        ), gone AS (
            DELETE FROM job_heads h USING (SELECT * FROM old UNION ALL SELECT * FROM dead) g
            WHERE h.institution_id = g.institution_id AND h.id = g.id
            RETURNING h.id
        )
        SELECT count(*) FROM gone
    $$;
    REVOKE ALL ON FUNCTION job_sweep(bigint, bigint, bigint) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION job_sweep(bigint, bigint, bigint) TO cohort_app;
    """#
