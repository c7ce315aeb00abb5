extension SearchMigrations {
    /// The two ways of reading the index.
    ///
    /// Each begins with the institution, and every statement names it, so that the planner reaches no partition but its own.
    /// `CH001` says that nothing of the institution is shown yet.
    static let i0003Finding = #"""
        -- Full text, best first. Each language's documents are asked in that language; `websearch_to_tsquery` takes any text. When
        -- nothing is found, the beginning of each document is compared letter by letter: those are guesses, `guesses` at most.
        CREATE FUNCTION search_find(
            institution bigint, query text, kinds text[], course bigint, viewer bigint, sees_all boolean, skip bigint,
            most bigint, guesses bigint)
        RETURNS TABLE (
            kind text, id bigint, title text, excerpt text, relevance double precision, is_guess boolean)
        LANGUAGE plpgsql VOLATILE STRICT SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
            SET plan_cache_mode = force_custom_plan
        AS $$
        #variable_conflict use_column
        DECLARE
            place search_institutions;
            -- Control characters, which no document has, around what was found.
            options text := format(
                'StartSel="%s", StopSel="%s", MaxFragments=2, MinWords=8, MaxWords=28, FragmentDelimiter=" … "',
                chr(2), chr(3));
        BEGIN
            SELECT * INTO place FROM search_institutions i WHERE i.institution_id = institution;
            IF NOT FOUND OR place.generation = 0 THEN
                RAISE EXCEPTION 'the institution is not indexed' USING ERRCODE = 'CH001';
            END IF;
            RETURN QUERY
                SELECT f.kind, f.id, f.title, ts_headline(f.language, f.body, f.query, options), f.relevance, false
                FROM (
                    SELECT d.kind, d.id, d.title, d.body, d.language, q.query,
                        ts_rank_cd(d.words, q.query, 32)::double precision AS relevance
                    FROM unnest(place.languages) AS l (name)
                    CROSS JOIN LATERAL (
                        SELECT l.name::regconfig AS language, websearch_to_tsquery(l.name::regconfig, query) AS query) q
                    JOIN search_documents d ON d.institution_id = institution AND d.generation = place.generation
                        AND d.language = q.language AND d.words @@ q.query
                    WHERE d.kind = ANY (kinds) AND d.course_id = course
                        AND (sees_all OR d.published OR d.owner_id = viewer)
                    ORDER BY 7 DESC, d.kind, d.id OFFSET skip LIMIT most
                ) f
                ORDER BY f.relevance DESC, f.kind, f.id;
            IF FOUND OR skip > 0 THEN RETURN; END IF;
            PERFORM set_config('pg_trgm.word_similarity_threshold', '0.45', true);
            RETURN QUERY
                SELECT d.kind, d.id, d.title, left(d.body, 200), word_similarity(query, d.head)::double precision, true
                FROM search_documents d
                WHERE d.institution_id = institution AND d.generation = place.generation AND query <% d.head
                    AND d.kind = ANY (kinds) AND d.course_id = course
                    AND (sees_all OR d.published OR d.owner_id = viewer)
                ORDER BY 5 DESC, d.kind, d.id LIMIT guesses;
        END
        $$;
        REVOKE ALL ON FUNCTION search_find(bigint, text, text[], bigint, bigint, boolean, bigint, bigint, bigint)
            FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION search_find(bigint, text, text[], bigint, bigint, boolean, bigint, bigint, bigint)
            TO cohort_app;

        -- Names that hold a text, those that begin with it first; when none does, guesses. `pattern` is the text for ILIKE.
        CREATE FUNCTION search_names(
            institution bigint, query text, pattern text, wanted_kind text, is_open boolean, skip bigint, most bigint,
            guesses bigint)
        RETURNS TABLE (id bigint, is_guess boolean)
        LANGUAGE plpgsql VOLATILE STRICT SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
            SET plan_cache_mode = force_custom_plan
        AS $$
        #variable_conflict use_column
        DECLARE
            place search_institutions;
        BEGIN
            SELECT * INTO place FROM search_institutions i WHERE i.institution_id = institution;
            IF NOT FOUND OR place.generation = 0 THEN
                RAISE EXCEPTION 'the institution is not indexed' USING ERRCODE = 'CH001';
            END IF;
            RETURN QUERY
                SELECT d.id, false FROM search_documents d
                WHERE d.institution_id = institution AND d.generation = place.generation AND d.kind = wanted_kind
                    AND d.published AND (NOT is_open OR NOT d.restricted) AND d.head ILIKE pattern
                ORDER BY d.title NOT ILIKE substr(pattern, 2), d.title, d.id OFFSET skip LIMIT most;
            IF FOUND OR skip > 0 THEN RETURN; END IF;
            PERFORM set_config('pg_trgm.word_similarity_threshold', '0.45', true);
            RETURN QUERY
                SELECT d.id, true FROM search_documents d
                WHERE d.institution_id = institution AND d.generation = place.generation AND d.kind = wanted_kind
                    AND d.published AND (NOT is_open OR NOT d.restricted) AND query <% d.head
                ORDER BY word_similarity(query, d.head) DESC, d.title, d.id LIMIT guesses;
        END
        $$;
        REVOKE ALL ON FUNCTION search_names(bigint, text, text, text, boolean, bigint, bigint, bigint) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION search_names(bigint, text, text, text, boolean, bigint, bigint, bigint) TO cohort_app;
        """#
}
