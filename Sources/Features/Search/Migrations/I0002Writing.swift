extension SearchMigrations {
    /// Everything that changes the index.
    static let i0002Writing = #"""
        -- Makes an institution's partition, when it is not there.
        CREATE FUNCTION search_open(institution bigint) RETURNS void
        LANGUAGE plpgsql VOLATILE STRICT SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
            SET lock_timeout = '5s'
        AS $$
        DECLARE
            name text := 'search_documents_' || institution;
        BEGIN
            -- One at a time: who comes second finds the partition.
            PERFORM pg_advisory_xact_lock(hashtextextended('search.open', institution));
            IF EXISTS (SELECT 1 FROM search_institutions i WHERE i.institution_id = institution) THEN RETURN; END IF;
            EXECUTE format('CREATE TABLE public.%I (LIKE search_documents INCLUDING ALL)', name);
            -- The database's default privileges may have granted something.
            EXECUTE format('REVOKE ALL ON public.%I FROM cohort_app', name);
            EXECUTE format('ALTER TABLE search_documents ATTACH PARTITION public.%I FOR VALUES IN (%s)', name, institution);
            INSERT INTO search_institutions (institution_id) VALUES (institution);
        END
        $$;
        REVOKE ALL ON FUNCTION search_open(bigint) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION search_open(bigint) TO cohort_app;

        -- Removes an institution with all that it has; waits briefly for those who search, and fails then.
        CREATE FUNCTION search_close(institution bigint) RETURNS void
        LANGUAGE plpgsql VOLATILE STRICT SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
            SET lock_timeout = '2s'
        AS $$
        BEGIN
            EXECUTE format('DROP TABLE IF EXISTS public.%I', 'search_documents_' || institution);
            DELETE FROM search_institutions i WHERE i.institution_id = institution;
        END
        $$;
        REVOKE ALL ON FUNCTION search_close(bigint) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION search_close(bigint) TO cohort_app;

        CREATE FUNCTION search_known()
        RETURNS TABLE (institution_id bigint, generation bigint, plan text, building_key text)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$
            SELECT i.institution_id, i.generation, i.plan, i.building_key FROM search_institutions i ORDER BY 1
        $$;
        REVOKE ALL ON FUNCTION search_known() FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION search_known() TO cohort_app;

        -- Begins to build a generation beside the shown one, or goes on with what the same builder began; gives how far it is.
        CREATE FUNCTION search_begin(institution bigint, key text)
        RETURNS TABLE (at_kind text, after bigint)
        LANGUAGE plpgsql VOLATILE STRICT SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$
        BEGIN
            UPDATE search_institutions i
            SET last_generation = i.last_generation + 1, building = i.last_generation + 1, building_key = key,
                building_kind = '', building_after = 0
            WHERE i.institution_id = institution AND i.building_key IS DISTINCT FROM key;
            RETURN QUERY
                SELECT i.building_kind, i.building_after FROM search_institutions i WHERE i.institution_id = institution;
        END
        $$;
        REVOKE ALL ON FUNCTION search_begin(bigint, text) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION search_begin(bigint, text) TO cohort_app;

        -- Writes documents of one institution, and removes others: into what is shown and what is being built, or with a key into
        -- what is being built alone. A version must be higher than all before it: a writer that was held up comes too late.
        CREATE FUNCTION search_apply(
            institution bigint, new_version bigint, kinds text[], ids bigint[], courses bigint[], owners bigint[],
            are_published boolean[], are_restricted boolean[], titles text[], bodies text[], their_languages text[],
            updates timestamptz[], gone_kinds text[], gone_ids bigint[], key text, at_kind text, after bigint)
        RETURNS TABLE (outcome text, applied bigint)
        LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
            SET plan_cache_mode = force_custom_plan
        AS $$
        #variable_conflict use_column
        DECLARE
            place search_institutions;
            targets bigint[];
        BEGIN
            SELECT * INTO place FROM search_institutions i WHERE i.institution_id = institution FOR UPDATE;
            IF NOT FOUND THEN
                RETURN QUERY SELECT 'closed', 0::bigint;
                RETURN;
            END IF;
            IF new_version <= place.version THEN
                RETURN QUERY SELECT 'late', place.version;
                RETURN;
            END IF;
            IF key IS NOT NULL AND place.building_key IS DISTINCT FROM key THEN
                RETURN QUERY SELECT 'superseded', place.version;
                RETURN;
            END IF;
            targets := CASE WHEN key IS NOT NULL THEN ARRAY[place.building]
                ELSE array_remove(ARRAY[NULLIF(place.generation, 0), place.building], NULL) END;
            INSERT INTO search_documents (
                institution_id, generation, kind, id, course_id, owner_id, published, restricted, title, body, language,
                updated_at, version)
            SELECT institution, t.generation, g.kind, g.id, g.course, g.owner, g.published, g.restricted, g.title, g.body,
                g.language::regconfig, g.updated, new_version
            FROM unnest(kinds, ids, courses, owners, are_published, are_restricted, titles, bodies, their_languages, updates)
                AS g (kind, id, course, owner, published, restricted, title, body, language, updated)
            CROSS JOIN unnest(targets) AS t (generation)
            ON CONFLICT (institution_id, generation, kind, id) DO UPDATE
            SET course_id = EXCLUDED.course_id, owner_id = EXCLUDED.owner_id, published = EXCLUDED.published,
                restricted = EXCLUDED.restricted, title = EXCLUDED.title, body = EXCLUDED.body,
                language = EXCLUDED.language, updated_at = EXCLUDED.updated_at, version = EXCLUDED.version;
            DELETE FROM search_documents d USING unnest(gone_kinds, gone_ids) AS g (kind, id)
            WHERE d.institution_id = institution AND d.generation = ANY (targets) AND d.kind = g.kind AND d.id = g.id;
            UPDATE search_institutions i SET
                version = new_version,
                languages = ARRAY(
                    SELECT DISTINCT l FROM unnest(place.languages || their_languages) AS l ORDER BY l),
                building_kind = CASE WHEN key IS NULL THEN i.building_kind ELSE at_kind END,
                building_after = CASE WHEN key IS NULL THEN i.building_after ELSE after END
            WHERE i.institution_id = institution;
            RETURN QUERY SELECT 'applied', new_version;
        END
        $$;
        REVOKE ALL ON FUNCTION search_apply(
            bigint, bigint, text[], bigint[], bigint[], bigint[], boolean[], boolean[], text[], text[], text[],
            timestamptz[], text[], bigint[], text, text, bigint) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION search_apply(
            bigint, bigint, text[], bigint[], bigint[], bigint[], boolean[], boolean[], text[], text[], text[],
            timestamptz[], text[], bigint[], text, text, bigint) TO cohort_app;

        -- Shows what was built; false when another builder has begun since.
        CREATE FUNCTION search_swap(institution bigint, key text, built_with text) RETURNS boolean
        LANGUAGE plpgsql VOLATILE STRICT SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$
        BEGIN
            UPDATE search_institutions i
            SET generation = i.building, plan = built_with, building = NULL, building_key = NULL, building_kind = '',
                building_after = 0
            WHERE i.institution_id = institution AND i.building_key = key;
            RETURN FOUND;
        END
        $$;
        REVOKE ALL ON FUNCTION search_swap(bigint, text, text) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION search_swap(bigint, text, text) TO cohort_app;

        -- Removes documents that are neither shown nor being built; gives how many, `most` at most.
        CREATE FUNCTION search_sweep(institution bigint, most bigint) RETURNS bigint
        LANGUAGE plpgsql VOLATILE STRICT SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
            SET plan_cache_mode = force_custom_plan
        AS $$
        DECLARE
            place search_institutions;
            gone bigint;
        BEGIN
            SELECT * INTO place FROM search_institutions i WHERE i.institution_id = institution;
            IF NOT FOUND THEN RETURN 0; END IF;
            DELETE FROM search_documents d USING (
                SELECT o.generation, o.kind, o.id FROM search_documents o
                WHERE o.institution_id = institution AND o.generation <> place.generation
                    AND o.generation IS DISTINCT FROM place.building
                LIMIT most
            ) g
            WHERE d.institution_id = institution AND d.generation = g.generation AND d.kind = g.kind AND d.id = g.id;
            GET DIAGNOSTICS gone = ROW_COUNT;
            RETURN gone;
        END
        $$;
        REVOKE ALL ON FUNCTION search_sweep(bigint, bigint) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION search_sweep(bigint, bigint) TO cohort_app;
        """#
}
