extension SearchMigrations {
    /// What has changed and is not yet in the index.
    ///
    /// `changed` is the transaction that changed it. A reader takes rows of transactions that are older than every running one
    /// (`pg_snapshot_xmin`), in the order of (`changed`, `seq`): a transaction that began early and commits late has an old
    /// number, and with a plain sequence its rows would appear behind what was read already.
    static let m0090SearchOutbox = #"""
        CREATE TABLE search_outbox (
            institution_id bigint NOT NULL REFERENCES institutions (id) ON DELETE CASCADE,
            changed xid8 NOT NULL DEFAULT pg_current_xact_id(),
            seq bigint GENERATED ALWAYS AS IDENTITY,
            kind text NOT NULL CHECK (kind ~ '^[a-z_]{1,20}$'),
            id bigint NOT NULL,
            noted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
            PRIMARY KEY (institution_id, changed, seq)
        ) WITH (
            -- Rows live for a second: swept often, so that nobody walks over many dead ones.
            autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000
        );
        REVOKE ALL ON search_outbox FROM cohort_app;
        ALTER TABLE search_outbox ENABLE ROW LEVEL SECURITY;
        ALTER TABLE search_outbox FORCE ROW LEVEL SECURITY;
        CREATE POLICY search_outbox_tenant ON search_outbox
            USING (institution_id = NULLIF(current_setting('cohort.institution', true), '')::bigint)
            WITH CHECK (institution_id = NULLIF(current_setting('cohort.institution', true), '')::bigint);
        GRANT SELECT, DELETE ON search_outbox TO cohort_app;
        GRANT INSERT (institution_id, kind, id) ON search_outbox TO cohort_app;

        -- How often changes were dropped unread: what the index was built with is compared to it.
        CREATE TABLE search_gaps (
            institution_id bigint PRIMARY KEY REFERENCES institutions (id) ON DELETE CASCADE,
            count bigint NOT NULL
        );
        REVOKE ALL ON search_gaps FROM cohort_app;
        ALTER TABLE search_gaps ENABLE ROW LEVEL SECURITY;
        ALTER TABLE search_gaps FORCE ROW LEVEL SECURITY;
        CREATE POLICY search_gaps_tenant ON search_gaps
            USING (institution_id = NULLIF(current_setting('cohort.institution', true), '')::bigint)
            WITH CHECK (institution_id = NULLIF(current_setting('cohort.institution', true), '')::bigint);

        -- Orders what is written to the index: taken under the institution's lock.
        CREATE SEQUENCE search_versions;
        REVOKE ALL ON SEQUENCE search_versions FROM cohort_app;
        GRANT USAGE, SELECT, UPDATE ON SEQUENCE search_versions TO cohort_app;

        -- For migrations: has every change of a table noted that touches one of these columns. The table has the columns
        -- institution_id and id. One row of the outbox for each row of a statement.
        CREATE FUNCTION search_watch(source regclass, kind text, columns text[]) RETURNS void
        LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
        AS $watch$
        DECLARE
            name text := 'search_note_' || kind;
            old_values text;
            new_values text;
        BEGIN
            SELECT string_agg(format('o.%I', c), ', '), string_agg(format('n.%I', c), ', ')
            INTO old_values, new_values FROM unnest(columns) AS c;
            EXECUTE format($make$
                CREATE FUNCTION public.%1$I() RETURNS trigger
                LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
                AS $note$
                BEGIN
                    IF TG_OP = 'INSERT' THEN
                        INSERT INTO search_outbox (institution_id, kind, id)
                        SELECT n.institution_id, %2$L, n.id FROM added n;
                    ELSIF TG_OP = 'DELETE' THEN
                        INSERT INTO search_outbox (institution_id, kind, id)
                        SELECT o.institution_id, %2$L, o.id FROM removed o;
                    ELSE
                        INSERT INTO search_outbox (institution_id, kind, id)
                        SELECT n.institution_id, %2$L, n.id
                        FROM added n JOIN removed o ON o.institution_id = n.institution_id AND o.id = n.id
                        WHERE ROW(%3$s) IS DISTINCT FROM ROW(%4$s);
                    END IF;
                    RETURN NULL;
                END
                $note$;
                CREATE TRIGGER %6$I AFTER INSERT ON %5$s
                    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION public.%1$I();
                CREATE TRIGGER %7$I AFTER UPDATE ON %5$s
                    REFERENCING OLD TABLE AS removed NEW TABLE AS added
                    FOR EACH STATEMENT EXECUTE FUNCTION public.%1$I();
                CREATE TRIGGER %8$I AFTER DELETE ON %5$s
                    REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION public.%1$I();
                $make$, name, kind, old_values, new_values, source, name || '_added', name || '_changed',
                name || '_removed');
        END
        $watch$;
        REVOKE ALL ON FUNCTION search_watch(regclass, text, text[]) FROM PUBLIC;

        -- Institutions with unread changes: how many (counted up to `most`), how old the oldest is, and whether any can be
        -- read by now. It looks into one institution after the other.
        CREATE FUNCTION search_unread(most bigint)
        RETURNS TABLE (institution_id bigint, waiting bigint, age_ms bigint, is_readable boolean)
        LANGUAGE plpgsql VOLATILE STRICT SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
            SET enable_seqscan = off
        AS $$
        #variable_conflict use_column
        DECLARE
            asked_in text := coalesce(current_setting('cohort.institution', true), '');
            horizon xid8 := pg_snapshot_xmin(pg_current_snapshot());
            place record;
        BEGIN
            FOR place IN SELECT i.id FROM institutions i ORDER BY i.id LOOP
                PERFORM set_config('cohort.institution', place.id::text, true);
                RETURN QUERY
                    SELECT place.id, count(*),
                        (extract(epoch FROM clock_timestamp() - min(f.noted_at)) * 1000)::bigint,
                        bool_or(f.changed < horizon)
                    FROM (
                        SELECT o.changed, o.noted_at FROM search_outbox o WHERE o.institution_id = place.id
                        ORDER BY o.changed, o.seq LIMIT most
                    ) f
                    HAVING count(*) > 0;
            END LOOP;
            PERFORM set_config('cohort.institution', asked_in, true);
        END
        $$;
        REVOKE ALL ON FUNCTION search_unread(bigint) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION search_unread(bigint) TO cohort_app;

        -- All institutions: their language, and how often changes were dropped.
        CREATE FUNCTION search_places()
        RETURNS TABLE (institution_id bigint, locale text, gaps bigint)
        LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$
        #variable_conflict use_column
        DECLARE
            asked_in text := coalesce(current_setting('cohort.institution', true), '');
            place record;
        BEGIN
            FOR place IN SELECT i.id FROM institutions i ORDER BY i.id LOOP
                PERFORM set_config('cohort.institution', place.id::text, true);
                RETURN QUERY
                    SELECT place.id, a.default_locale,
                        coalesce((SELECT g.count FROM search_gaps g WHERE g.institution_id = place.id), 0)
                    FROM accounts a WHERE a.institution_id = place.id AND a.id = place.id;
            END LOOP;
            PERFORM set_config('cohort.institution', asked_in, true);
        END
        $$;
        REVOKE ALL ON FUNCTION search_places() FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION search_places() TO cohort_app;

        -- Drops changes that nobody has read for so long, and notes that there is a gap; gives how many went.
        CREATE FUNCTION search_discard(older_ms bigint, most bigint)
        RETURNS bigint
        LANGUAGE plpgsql VOLATILE STRICT SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
            SET enable_seqscan = off
        AS $$
        DECLARE
            asked_in text := coalesce(current_setting('cohort.institution', true), '');
            place record;
            gone bigint;
            total bigint := 0;
        BEGIN
            FOR place IN SELECT i.id FROM institutions i ORDER BY i.id LOOP
                PERFORM set_config('cohort.institution', place.id::text, true);
                WITH old AS MATERIALIZED (
                    SELECT f.changed, f.seq FROM (
                        SELECT o.changed, o.seq, o.noted_at FROM search_outbox o WHERE o.institution_id = place.id
                        ORDER BY o.changed, o.seq LIMIT most
                    ) f
                    WHERE f.noted_at < clock_timestamp() - older_ms * interval '1 millisecond'
                )
                DELETE FROM search_outbox o USING old
                WHERE o.institution_id = place.id AND o.changed = old.changed AND o.seq = old.seq;
                GET DIAGNOSTICS gone = ROW_COUNT;
                CONTINUE WHEN gone = 0;
                INSERT INTO search_gaps (institution_id, count) VALUES (place.id, 1)
                ON CONFLICT (institution_id) DO UPDATE SET count = search_gaps.count + 1;
                total := total + gone;
            END LOOP;
            PERFORM set_config('cohort.institution', asked_in, true);
            RETURN total;
        END
        $$;
        REVOKE ALL ON FUNCTION search_discard(bigint, bigint) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION search_discard(bigint, bigint) TO cohort_app;
        """#
}
